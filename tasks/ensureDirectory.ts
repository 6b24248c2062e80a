// ensureDirectory: a directory exists, with the given owner and mode.
import {
  AbsolutePath,
  attributesDiff,
  change,
  createDirectory,
  defineTask,
  differs,
  directoriesAbove,
  explainWriteFailure,
  factDiff,
  Follow,
  Group,
  inode,
  Mode,
  ok,
  Owner,
  predictDirectory,
  refuseType,
  Type,
} from 'crane-play/task'

export default defineTask({
  name: 'ensureDirectory',
  summary: 'Creates a directory and its missing parents, and sets its owner and mode.',
  shorthand: 'path',
  params: Type.Object({
    path: AbsolutePath('The directory. Missing parents are created with mode 0755.'),
    owner: Owner,
    group: Group,
    follow: Follow,
    mode: Type.Optional(Mode("Permission bits, in quotes. Default: unchanged; '0755' for a new directory.")),
  }),
  observe: ({ path }) => ({ directory: inode(path) }),
  decide({ params, observed: { directory }, context }) {
    const { path } = params
    const wrongType = refuseType(path, directory, 'directory')
    if (wrongType) return wrongType
    const there = directory.type === 'directory'
    const wrong = there ? differs(directory, params) : undefined
    if (there && wrong === undefined) return ok()
    const attributes = there ? attributesDiff(path, directory, params) : undefined
    return change({
      note: there ? `${wrong} of ${path}` : `create ${path}`,
      diffs: [attributes ?? factDiff(path, 'absent', 'directory')],
      after: { directory: predictDirectory(directory, context.predictedTime, params) },
      plan: {},
      ...(!there && { mayCreate: directoriesAbove(path) }),
    })
  },
  apply: ({ params: { path, owner, group, mode, follow } }) => [createDirectory({ path, owner, group, mode, follow })],
  explain: (failed, { path }) => explainWriteFailure(failed, path),
})
