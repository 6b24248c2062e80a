// Attributes of files: how they differ from what is asked, and what the probes will read once they are set.
import { UNKNOWN, type Unknown } from '../../model/computed.ts'
import type { Diff } from '../../model/result.ts'
import { sha256 } from '../content/sha256.ts'
import { decodeText } from '../content/sharedContent.ts'
import { factDiff } from '../content/textDiff.ts'
import type { Download } from './download.ts'
import { type FileFact, type Inode, TEXT_LIMIT } from '../probes/file.ts'

/** Mode, owner and group to set. An owner or group of digits is an id. */
export interface FileAttributes {
  /** The numbers of owner and group, as the probes of `accountIds` read them. */
  readonly ownerId?: number | null | undefined
  readonly groupId?: number | null | undefined
  readonly mode?: string | undefined
  readonly owner?: string | undefined
  readonly group?: string | undefined
}

const fourDigits = (mode: string) => mode.padStart(4, '0')

const isAccount = (wanted: string, wantedId: number | null | undefined, name: string, id: number) =>
  wanted === name || wanted === String(id) || wantedId === id

/** The first difference of mode, owner and group: `mode 0755 → 0644`; undefined when there is none. */
export function differs(inode: Inode, { mode, owner, group, ownerId, groupId }: FileAttributes): string | undefined {
  if (mode !== undefined && fourDigits(mode) !== inode.mode) return `mode ${inode.mode} → ${fourDigits(mode)}`
  if (owner !== undefined && !isAccount(owner, ownerId, inode.owner, inode.uid))
    return `owner ${inode.owner} → ${owner}`
  if (group !== undefined && !isAccount(group, groupId, inode.group, inode.gid))
    return `group ${inode.group} → ${group}`
  return undefined
}

/** A diff of mode and owners, one line each; undefined when there is no difference. */
export function attributesDiff(path: string, inode: Inode, asked: FileAttributes): Diff | undefined {
  if (differs(inode, asked) === undefined) return undefined
  const { mode, owner, group } = { ...inode, ...predictAttributes(asked) }
  return factDiff(path, `${inode.mode} ${inode.owner}:${inode.group}`, `${mode} ${owner}:${group}`)
}

/** What setting attributes makes of them. The name is known when a name was asked for, the number when it is given or the host knows it. */
export function predictAttributes({ mode, owner, group, ownerId, groupId }: FileAttributes): Partial<Inode> {
  const uid = numberOf(owner, ownerId)
  const gid = numberOf(group, groupId)
  return {
    ...(mode !== undefined && { mode: fourDigits(mode) }),
    ...(owner !== undefined && !/^\d+$/.test(owner) && { owner }),
    ...(group !== undefined && !/^\d+$/.test(group) && { group }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  }
}

const numberOf = (name: string | undefined, id: number | null | undefined): number | undefined =>
  name !== undefined && /^\d+$/.test(name) ? Number(name) : name === 'root' ? 0 : (id ?? undefined)

const ROOT = { owner: 'root', group: 'root', uid: 0, gid: 0 }

const creatorOf = (before: FileFact) => (before.type === 'absent' ? before.creator : undefined) ?? ROOT

/** What the probes will read once a directory exists with these attributes. Otherwise as `predictFile`. */
export function predictDirectory(
  before: FileFact,
  predictedTime: number,
  asked: FileAttributes = {},
): FileFact | Unknown {
  const changed = { changedAt: predictedTime, writtenAt: undefined, ...predictAttributes(asked) }
  if (before.type === 'directory') return { ...before, ...changed }
  if (before.type !== 'absent') return UNKNOWN
  return { type: 'directory', mode: '0755', ...creatorOf(before), size: 4096, link: false, ...changed }
}

/** The content as a string; null when it is not UTF-8 text. */
export const textOf = (content: string | Uint8Array): string | null =>
  typeof content === 'string' ? content : decodeText(Buffer.from(content))

/**
 * What the probes will read once the content is in place.
 *
 * @param before - What the probe reads now.
 * @param content - The new content; `UNKNOWN` where it is made with the change, as a key is. Then a task that asks for the
 *   content depends on the change, and one that asks for attributes does not. Of a download the digest is known.
 * @param predictedTime - `context.predictedTime` of `decide`.
 * @param asked - Attributes that are set; the others stay. A new file belongs to the user the task runs as.
 * @returns `UNKNOWN` when `before` is neither a file nor absent.
 */
export function predictFile(
  before: FileFact,
  content: string | Uint8Array | Download | Unknown,
  predictedTime: number,
  asked: FileAttributes = {},
): FileFact | Unknown {
  const changed = {
    ...predictContent(content),
    changedAt: predictedTime,
    writtenAt: undefined,
    ...predictAttributes(asked),
  }
  if (before.type === 'file') return { ...before, ...changed }
  if (before.type !== 'absent') return UNKNOWN
  return { type: 'file', mode: '0644', ...creatorOf(before), link: false, ...changed }
}

const contentFacts = (bytes: Buffer) => ({
  text: bytes.length > TEXT_LIMIT ? null : decodeText(bytes),
  size: bytes.length,
  sha256: sha256(bytes),
})

function predictContent(content: string | Uint8Array | Download | Unknown) {
  if (content === UNKNOWN) return OPEN
  const known = content as string | Uint8Array | Download
  if (typeof known === 'object' && !(known instanceof Uint8Array)) return { ...OPEN, sha256: known.sha256 }
  return contentFacts(Buffer.from(known as string))
}

/** The file's kind of probe knows it by this: see its `isOpen`. */
const OPEN = { text: UNKNOWN, size: UNKNOWN, sha256: UNKNOWN } as unknown as ReturnType<typeof contentFacts>
