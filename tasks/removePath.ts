// removePath: a file, a link or a directory is absent.
import {
  AbsolutePath,
  change,
  defineTask,
  explainWriteFailure,
  factDiff,
  Follow,
  link,
  ok,
  refuse,
  removePath,
  Type,
} from 'crane-play/task'

export default defineTask({
  name: 'removePath',
  summary: 'Removes a file, a symbolic link, or a directory with all that is in it.',
  shorthand: 'path',
  params: Type.Object({
    path: AbsolutePath('What to remove. Of a symbolic link, the link and not its target.'),
    recursive: Type.Optional(
      Type.Boolean({ description: 'Remove a directory with all that is in it.', default: false }),
    ),
    follow: Follow,
  }),
  check: ({ path }) =>
    /^\/+[^/]*\/*$/.test(path)
      ? [{ path: '/path', message: `'${path}' is a directory of the system`, hint: 'name what is in it' }]
      : [],
  writes: ({ path }) => [path],
  observe: ({ path }) => ({ there: link(path) }),
  decide({ params: { path, recursive }, observed: { there } }) {
    if (there.type === 'denied') return refuse(`permission denied: ${path}`, 'add `become: true`')
    if (there.type === 'absent') return ok({ note: `${path} does not exist` })
    if (there.type === 'directory' && !recursive)
      return refuse(`${path} is a directory`, 'add `recursive: true` to remove it with all that is in it')
    const what = there.type === 'link' ? `link to ${there.target}` : there.type === 'directory' ? 'directory' : 'file'
    return change({
      note: `remove ${path}`,
      diffs: [factDiff(path, what, 'absent')],
      after: { there: { type: 'absent' as const } },
      plan: {},
    })
  },
  apply: ({ params: { path, recursive, follow } }) => [removePath(path, { recursive, follow })],
  explain: (failed, { path }) => explainWriteFailure(failed, path),
})
