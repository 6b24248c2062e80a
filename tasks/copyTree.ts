// copyTree: a directory of the host has what a directory of the controller has.
import {
  AbsolutePath,
  accountIds,
  change,
  createDirectory,
  createLink,
  defineTask,
  explainPlaceFiles,
  explainWriteFailure,
  Follow,
  Group,
  hostTree,
  Mode,
  ok,
  oneStep,
  Owner,
  placeFiles,
  refuse,
  removePath,
  treeChange,
  type TreeChange,
  Type,
} from 'crane-play/task'

/** `/srv/site/` is `/srv/site`. */
const plain = (path: string) => path.replace(/(.)\/+$/, '$1')

const count = (things: readonly unknown[], one: string, many: string) =>
  things.length === 0 ? [] : [`${things.length} ${things.length === 1 ? one : many}`]

/** `copy 3 files and 1 link to /srv/site, remove 2 paths`. */
function noteOf(path: string, { directories, files, links, removals }: TreeChange): string {
  const made = [
    ...count(files, 'file', 'files'),
    ...count(links, 'link', 'links'),
    ...count(directories, 'directory', 'directories'),
  ]
  const last = made.pop()
  const copied =
    last === undefined ? [] : [`copy ${made.length > 0 ? `${made.join(', ')} and ` : ''}${last} to ${path}`]
  const removed = count(removals, 'path', 'paths').map((paths) => `remove ${paths}${last ? '' : ` below ${path}`}`)
  return [...copied, ...removed].join(', ')
}

export default defineTask({
  name: 'copyTree',
  summary: 'Copies a directory of the controller with all that is in it: files, empty directories and links.',
  params: Type.Object({
    src: Type.String({
      description:
        'The directory on the controller: absolute, or relative to the file that contains this task. What is in it is copied, as it is: templates are not rendered. A symbolic link in it is copied as a link, and must not lead out of it.',
      minLength: 1,
    }),
    path: AbsolutePath(
      'The directory on the host. It and its missing parents are created; one that exists keeps its owner and mode.',
    ),
    exclude: Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^[^/](.*[^/])?$',
          errorMessage: "must be a glob such as '*.swp' or 'build/**', without / at its beginning or end",
        }),
        {
          description:
            'Globs of what is left out and, with `delete`, left alone. One without / fits a name at any depth, one with it the path below `src`.',
          examples: [['*.swp', '.git']],
        },
      ),
    ),
    delete: Type.Optional(
      Type.Boolean({
        description: 'Remove from `path` what `src` does not have and `exclude` does not name.',
        default: false,
      }),
    ),
    owner: Owner,
    group: Group,
    mode: Type.Optional(
      Mode(
        "Permission bits of the files, in quotes. Default: '0755' for a file that its owner can execute on the controller, '0644' for others.",
      ),
    ),
    directoryMode: Type.Optional(
      Mode("Permission bits of the directories, in quotes. Default: unchanged; '0755' for a new directory."),
    ),
    follow: Follow,
  }),
  check: ({ path, delete: removes }) =>
    removes && /^\/+[^/]*\/*$/.test(path)
      ? [{ path: '/path', message: `'${path}' is a directory of the system`, hint: "leave out 'delete'" }]
      : [],
  controllerTree: { directory: 'src', exclude: 'exclude' },
  writes: ({ path }, { tree }) => [
    plain(path),
    ...(tree?.entries ?? []).flatMap((entry) => (entry.type === 'file' ? [`${plain(path)}/${entry.path}`] : [])),
  ],
  observe: ({ path, delete: list, owner, group, follow }, { tree }) => ({
    tree: hostTree(plain(path), tree, { list, follow }),
    ...accountIds({ owner, group }),
  }),
  decide({ params, observed: { tree: there, ownerId, groupId }, context: { tree } }) {
    const { src } = params
    const path = plain(params.path)
    if (!tree) return refuse(`${src} cannot be read`)
    if (there.root === 'denied') return refuse(`permission denied: ${path}`, 'add `become: true`')
    if (there.root === 'other') return refuse(`${path} is not a directory`, 'remove or rename it first')
    const due = treeChange(tree, there, { ...params, path, ownerId, groupId })
    if (due.kind === 'refuse') return due
    const { diffs, after, ...plan } = due
    if ([due.directories, due.files, due.links, due.removals].every((list) => list.length === 0)) return ok()
    return change({ note: noteOf(path, due), diffs, after: { tree: after }, plan })
  },
  apply({ params, plan: { directories, files, links, removals } }) {
    const { follow } = params
    const path = plain(params.path)
    const made = directories.map((directory) => createDirectory({ ...directory, follow }))
    const gone = removals.map((one) => removePath(`${path}/${one.path}`, { recursive: one.directory, follow }))
    const linked = links.map((link) => createLink(`${path}/${link.path}`, link.target, follow))
    return [
      ...(made.length > 0 ? [oneStep(`create directories below ${path}`, made)] : []),
      ...placeFiles(path, files, follow),
      ...(gone.length > 0 ? [oneStep(`remove from ${path} what is not wanted`, gone)] : []),
      ...(linked.length > 0 ? [oneStep(`make the links below ${path}`, linked)] : []),
    ]
  },
  explain: (failed, { path }) => explainPlaceFiles(failed.stderr) ?? explainWriteFailure(failed, path),
})
