// downloadFile: a host has fetched a file from a URL, with exactly the content that its digest names.
import {
  AbsolutePath,
  accountIds,
  attributesDiff,
  Backup,
  change,
  defineTask,
  differs,
  explainWriteFailure,
  factDiff,
  fileDigest,
  Follow,
  Group,
  inode,
  Mode,
  ok,
  Owner,
  parentDirectory,
  predictFile,
  refuse,
  refuseType,
  replaceFile,
  shownDigest,
  Sha256,
  Type,
  Url,
} from 'crane-play/task'

export default defineTask({
  name: 'downloadFile',
  summary: 'Lets the host fetch a file from a URL, and puts it in place only if it has the given SHA-256.',
  params: Type.Object({
    url: Url(
      'Where the host fetches it. A login in it, and a token after `?` where the host has curl or wget, is not seen by other users of the host.',
    ),
    path: AbsolutePath('The file on the host. If it is a symbolic link, its target is replaced.'),
    sha256: Sha256('The SHA-256 of its content. The host has the file when the digests are equal.'),
    owner: Owner,
    group: Group,
    mode: Type.Optional(Mode("Permission bits, in quotes. Default: unchanged; '0644' for a new file.")),
    backup: Backup,
    follow: Follow,
  }),
  writes: ({ path }) => [path],
  observe: ({ path, owner, group, follow }) => ({
    ...accountIds({ owner, group }),
    file: fileDigest(path, { follow }),
    parent: inode(parentDirectory(path)),
  }),
  decide({ params, observed: { file, parent, ownerId, groupId }, context }) {
    const { path, sha256 } = params
    const wrong = refuseType(path, file, 'file')
    if (wrong) return wrong
    const asked = { ...params, ownerId, groupId }
    const same = file.type === 'file' && file.sha256 === sha256
    if (same && differs(file, asked) === undefined) return ok({ note: `sha256 ${sha256.slice(0, 12)}…` })
    if (parent.type === 'absent')
      return refuse(`the directory ${parentDirectory(path)} does not exist`, 'create it first with ensureDirectory')
    const attributes = file.type === 'file' ? attributesDiff(path, file, asked) : undefined
    return change({
      note: same ? `${differs(file, asked)} of ${path}` : `download ${path}`,
      diffs: [
        ...(same ? [] : [factDiff(path, shownDigest(file), `sha256 ${sha256}`)]),
        ...(attributes ? [attributes] : []),
      ],
      after: { file: predictFile(file, { url: params.url, sha256 }, context.predictedTime, asked) },
      plan: { seen: file },
    })
  },
  apply: ({ params: { url, path, sha256, owner, group, mode, backup, follow }, plan: { seen } }) => [
    replaceFile({ path, content: { url, sha256 }, seen, owner, group, mode, backup, follow }),
  ],
  explain: (failed, { path }) => explainWriteFailure(failed, path),
  deadlineSeconds: 1800,
})
