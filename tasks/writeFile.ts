// writeFile: a file has the given content, owner and mode.
import {
  AbsolutePath,
  accountIds,
  Backup,
  type FileAttributes,
  attributesDiff,
  refuse,
  change,
  defineTask,
  differs,
  digestedFile,
  explainWriteFailure,
  parentDirectory,
  Follow,
  Group,
  inode,
  Mode,
  ok,
  Owner,
  predictFile,
  refuseType,
  replaceFile,
  sha256,
  TEXT_LIMIT,
  textDiff,
  textFile,
  textOf,
  Type,
  Validate,
} from 'crane-play/task'

const isShort = (text: string | undefined) => text !== undefined && Buffer.byteLength(text) <= TEXT_LIMIT

/** systemd knows the unit once its file is there. */
const isUnitFile = (path: string) => /^\/(etc|usr\/lib|lib)\/systemd\/system\/[^/]+\.[a-z]+$/.test(path)

export default defineTask({
  name: 'writeFile',
  summary: 'Writes a file atomically, with the given content, owner and mode.',
  params: Type.Object({
    path: AbsolutePath('The file on the host. If it is a symbolic link, its target is replaced.'),
    content: Type.Optional(Type.String({ description: 'The content.' })),
    src: Type.Optional(
      Type.String({
        description:
          'A file on the controller with the content, any bytes: absolute, or relative to the file that contains this task. It cannot depend on what a host answered.',
        minLength: 1,
      }),
    ),
    template: Type.Optional(
      Type.String({
        description:
          'A template on the controller, with {{ … }}, {% if %}, {% for %} and {% set %}: absolute, or relative to the file that contains this task. It is checked before any host is touched.',
      }),
    ),
    owner: Owner,
    group: Group,
    mode: Type.Optional(Mode("Permission bits, in quotes. Default: unchanged; '0644' for a new file.")),
    backup: Backup,
    validate: Validate,
    follow: Follow,
  }),
  check: ({ content, src, template }) =>
    [content, src, template].filter((given) => given !== undefined).length === 1
      ? []
      : [{ path: '', message: 'needs exactly one of content, src and template' }],
  controllerFiles: ['src'],
  templates: ['template'],
  writes: ({ path }) => [path],
  observe: ({ path, content, template, owner, group, follow }) => ({
    ...accountIds({ owner, group }),
    // A file longer than the wanted content differs by its size alone.
    file: isShort(content ?? template) ? textFile(path, { follow }) : digestedFile(path, { follow }),
    parent: inode(parentDirectory(path)),
  }),
  decide({ params, observed: { file, parent, ownerId, groupId }, context }) {
    const { path } = params
    const content = params.content ?? params.template ?? context.files.get(params.src ?? '')
    if (content === undefined) return refuse(`${params.src} cannot be read`)
    const wrong = refuseType(path, file, 'file')
    if (wrong) return wrong
    const asked: FileAttributes = { ...params, ownerId, groupId }
    const same = file.type === 'file' && file.size === Buffer.byteLength(content) && file.sha256 === sha256(content)
    if (same && differs(file, asked) === undefined) return ok()
    if (parent.type === 'absent')
      return refuse(`the directory ${parentDirectory(path)} does not exist`, 'create it first with ensureDirectory')
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
      plan: { content, seen: file },
      ...(isUnitFile(path) && { mayCreate: { kinds: ['unit'] } }),
    })
  },
  apply: ({ params: { path, owner, group, mode, backup, validate, follow }, plan }) => [
    replaceFile({ path, content: plan.content, seen: plan.seen, owner, group, mode, backup, validate, follow }),
  ],
  explain: (failed, { path }) => explainWriteFailure(failed, path),
})
