// ensureDirectory: a directory exists, with the given owner and mode.
import {
  AbsolutePath,
  accountIds,
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
    path: AbsolutePath(
      'The directory. Missing parents are created with mode 0755; below a setgid directory they get its group and are setgid too.',
    ),
    owner: Owner,
    group: Group,
    follow: Follow,
    mode: Type.Optional(Mode("Permission bits, in quotes. Default: unchanged; '0755' for a new directory.")),
  }),
  observe: ({ path, owner, group }) => ({ directory: inode(path), ...accountIds({ owner, group }) }),
  decide({ params, observed: { directory, ownerId, groupId }, context }) {
    const { path } = params
    const wrongType = refuseType(path, directory, 'directory')
    if (wrongType) return wrongType
    const asked = { ...params, ownerId, groupId }
    const there = directory.type === 'directory'
    const wrong = there ? differs(directory, asked) : undefined
    if (there && wrong === undefined) return ok()
    const attributes = there ? attributesDiff(path, directory, asked) : undefined
    return change({
      note: there ? `${wrong} of ${path}` : `create ${path}`,
      diffs: [attributes ?? factDiff(path, 'absent', 'directory')],
      after: { directory: predictDirectory(directory, context.predictedTime, asked) },
      plan: {},
      ...(!there && { mayCreate: directoriesAbove(path) }),
    })
  },
  apply: ({ params: { path, owner, group, mode, follow } }) => [createDirectory({ path, owner, group, mode, follow })],
  explain: (failed, { path }) => explainWriteFailure(failed, path),
})
