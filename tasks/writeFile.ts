// writeFile: a file has the given content, owner and mode.
import {
  AbsolutePath,
  Account,
  type FileAttributes,
  attributesDiff,
  refuse,
  change,
  defineTask,
  differs,
  digestedFile,
  explainWriteFailure,
  folderOf,
  inode,
  Mode,
  ok,
  predictFile,
  replaceFile,
  sha256,
  TEXT_LIMIT,
  textDiff,
  textFile,
  textOf,
  Type,
} from 'crane-play/task'

export default defineTask({
  name: 'writeFile',
  summary: 'Puts a file in place, whole and at once, with the given content, owner and mode.',
  params: Type.Object({
    path: AbsolutePath('The file on the host. A symbolic link stays, what it points to is replaced.'),
    content: Type.Optional(Type.String({ description: 'The content itself.' })),
    src: Type.Optional(
      Type.String({
        description:
          'A file of this machine whose content it is, any bytes: absolute, or beside the file that this task stands in. What hosts answered may not choose it.',
        minLength: 1,
      }),
    ),
    owner: Type.Optional(Account('Left out: as the file is, or who one is on the host for a new one.')),
    group: Type.Optional(Account('Left out: as the file is, or the group of who one is for a new one.')),
    mode: Type.Optional(Mode("Permission bits, quoted. Left out: as the file is, or '0644' for a new one.")),
    backup: Type.Optional(Type.Boolean({ description: 'Keep the old file beside the new one.', default: false })),
    validate: Type.Optional(
      Type.String({
        description: 'A command that must accept the new content before it is put in place; %s is its path.',
        pattern: '%s',
        errorMessage: 'must have %s where the path of the new content goes',
        examples: ['visudo -cf %s'],
      }),
    ),
  }),
  check: ({ content, src }) =>
    (content === undefined) === (src === undefined)
      ? [{ path: '', message: 'needs one of content and src, and only one' }]
      : [],
  controllerFiles: ['src'],
  writes: ({ path }) => [path],
  observe: ({ path, content }) => ({
    // A file that is longer than what is wanted differs by its size alone.
    file: content !== undefined && Buffer.byteLength(content) <= TEXT_LIMIT ? textFile(path) : digestedFile(path),
    folder: inode(folderOf(path)),
  }),
  decide({ params, observed: { file, folder }, context }) {
    const { path } = params
    const content = params.content ?? context.files.get(params.src ?? '')
    if (content === undefined) return refuse(`${params.src} cannot be read`)
    if (file.type === 'denied') return refuse(`${path} may not be looked at`, 'add `become: true`')
    if (file.type !== 'absent' && file.type !== 'file') return refuse(`${path} is no file but: ${file.type}`)
    const asked: FileAttributes = params
    const same = file.type === 'file' && file.size === Buffer.byteLength(content) && file.sha256 === sha256(content)
    if (same && differs(file, asked) === undefined) return ok()
    if (folder.type === 'absent') return refuse(`there is no folder ${folderOf(path)}`, 'ensureDirectory makes it')
    const attributes = file.type === 'file' ? attributesDiff(path, file, asked) : undefined
    return change({
      note: same ? `${differs(file, asked)} of ${path}` : `write ${path}`,
      diffs: [
        ...(same
          ? []
          : [
              textDiff(
                path,
                file.type === 'file' ? (file.text ?? 'other bytes\n') : null,
                textOf(content) ?? `${content.length} bytes\n`,
              ),
            ]),
        ...(attributes ? [attributes] : []),
      ],
      after: { file: predictFile(file, content, context.predictedTime, asked) },
      plan: { content },
    })
  },
  apply: ({ params: { path, owner, group, mode, backup, validate }, plan }) => [
    replaceFile({ path, content: plan.content, owner, group, mode, backup, validate }),
  ],
  explain: (failed, { path }) => explainWriteFailure(failed, path),
})
