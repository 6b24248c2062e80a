// ensureDirectory: a directory is there, with the given owner and mode.
import {
  AbsolutePath,
  Account,
  attributesDiff,
  refuse,
  change,
  commandLine,
  defineTask,
  differs,
  factDiff,
  inode,
  Mode,
  ok,
  predictDirectory,
  script,
  Type,
  foldersAbove,
} from 'crane-play/task'

export default defineTask({
  name: 'ensureDirectory',
  summary: 'Has a directory, with those above it, and with the given owner and mode.',
  shorthand: 'path',
  params: Type.Object({
    path: AbsolutePath('The directory. Those above it are made too where they are missing, as 0755.'),
    owner: Type.Optional(Account('Left out: as it is, or who one is on the host for a new one.')),
    group: Type.Optional(Account('Left out: as it is, or the group of who one is for a new one.')),
    mode: Type.Optional(Mode("Permission bits, quoted. Left out: as it is, or '0755' for a new one.")),
  }),
  observe: ({ path }) => ({ directory: inode(path) }),
  decide({ params, observed: { directory }, context }) {
    const { path } = params
    if (directory.type === 'denied') return refuse(`${path} may not be looked at`, 'add `become: true`')
    if (directory.type !== 'absent' && directory.type !== 'directory') {
      return refuse(`${path} is no directory but: ${directory.type}`)
    }
    const there = directory.type === 'directory'
    const wrong = there ? differs(directory, params) : undefined
    if (there && wrong === undefined) return ok()
    const attributes = there ? attributesDiff(path, directory, params) : undefined
    return change({
      note: there ? `${wrong} of ${path}` : `make ${path}`,
      diffs: [attributes ?? factDiff(path, 'absent', 'directory')],
      after: { directory: predictDirectory(directory, context.predictedTime, params) },
      plan: {},
      ...(!there && { mayCreate: foldersAbove(path) }),
    })
  },
  apply: ({ params: { path, owner, group, mode } }) => {
    const account = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
    const commands = [
      ['mkdir', '-p', ...(mode === undefined ? [] : ['-m', mode]), '--', path],
      ...(account === '' ? [] : [['chown', account, '--', path]]),
      ...(mode === undefined ? [] : [['chmod', mode, '--', path]]),
    ]
    return [script(`make ${path}`, commands.map(commandLine).join(' && '))]
  },
})
