// ensureLink: a symbolic link points to a path.
import {
  AbsolutePath,
  change,
  createLink,
  defineTask,
  explainWriteFailure,
  factDiff,
  Follow,
  inode,
  link,
  ok,
  parentDirectory,
  refuse,
  Type,
} from 'crane-play/task'

export default defineTask({
  name: 'ensureLink',
  summary: 'Makes a symbolic link, or points an existing one elsewhere.',
  params: Type.Object({
    path: AbsolutePath('The link. A file or directory there is not replaced.'),
    target: Type.String({
      description: 'What it points to: absolute, or relative to the directory of the link. It need not exist.',
      pattern: '^[^\\x00-\\x1f]+$',
      errorMessage: 'must be a path',
      examples: ['../releases/42'],
    }),
    follow: Follow,
  }),
  writes: ({ path }) => [path],
  observe: ({ path }) => ({ link: link(path), parent: inode(parentDirectory(path)) }),
  decide({ params: { path, target }, observed: { link, parent } }) {
    if (link.type === 'denied') return refuse(`permission denied: ${path}`, 'add `become: true`')
    if (link.type === 'directory' || link.type === 'other')
      return refuse(`${path} exists and is not a symbolic link`, 'remove it first with removePath')
    if (link.type === 'link' && link.target === target) return ok()
    if (parent.type === 'absent')
      return refuse(`the directory ${parentDirectory(path)} does not exist`, 'create it first with ensureDirectory')
    return change({
      note: `link ${path} to ${target}`,
      diffs: [factDiff(path, link.type === 'link' ? link.target : 'absent', target)],
      after: { link: { type: 'link' as const, target } },
      plan: {},
    })
  },
  apply: ({ params: { path, target, follow } }) => [createLink(path, target, follow)],
  explain: (failed, { path }) => explainWriteFailure(failed, path),
})
