// The step that replaces a file atomically and keeps the attributes of the file it replaces.
import { UNKNOWN, type Unknown } from '../../model/playbook.ts'
import { quoteShell } from '../../model/quoteShell.ts'
import type { Diff } from '../../model/result.ts'
import { type FileFact, type Inode, TEXT_LIMIT } from '../probes/file.ts'
import { sha256 } from '../content/sha256.ts'
import { decodeText } from '../content/sharedContent.ts'
import type { ShellStep, StepOutput } from './step.ts'
import { factDiff } from '../content/textDiff.ts'

/** A file to write. */
export interface FileToWrite {
  readonly path: string
  /** A function is called when the step is due, with the output of the steps before it. */
  readonly content: string | Uint8Array | ((earlier: readonly StepOutput[]) => string)
  /** Default: unchanged; for a new file, 0644. */
  readonly mode?: string | undefined
  /** Default: unchanged; for a new file, the user the task runs as. */
  readonly owner?: string | undefined
  /** Default: unchanged; for a new file, the group of the user the task runs as. */
  readonly group?: string | undefined
  /** Keeps the old content beside the file as PATH.TIMESTAMP~, with its owner and mode. */
  readonly backup?: boolean | undefined
  /** A command that must accept the new content before it is put in place. %s is its path. */
  readonly validate?: string | undefined
}

// The new content is written beside the file and renamed over it, so a reader sees the old or the new, never a part.
// A symbolic link stays: what it points to is replaced. dd both writes and waits until the disk has it. Content that came
// in part (a decoder that is missing or was killed) is not put in place. The backup is a hard link where that can be: it
// is made at once and needs no space.
const REPLACE_FILE = `target=$1 mode=$2 owner=$3 group=$4 backup=$5
if [ -L "$target" ]; then target=$(readlink -f -- "$target") || return; fi
new=$(mktemp "\${target%/*}/.crane-play.XXXXXXXX") || return
trap 'rm -f -- "$new"' EXIT
trap 'exit 143' HUP INT TERM
if [ -f "$target" ]; then
  cp --attributes-only --preserve=all -- "$target" "$new" 2>/dev/null || cp -p -- "$target" "$new" || return
else
  chmod 0644 "$new" || return
fi
dd of="$new" bs=64k conv=fsync status=none || return
if [ "$7" ] && [ "$(wc -c <"$new")" -ne "$7" ]; then echo 'the content arrived incomplete' >&2; return 1; fi
if [ "$owner$group" ]; then chown "$owner\${group:+:$group}" "$new" || return; fi
if [ "$mode" ]; then chmod "$mode" "$new" || return; fi
if [ -e /sys/fs/selinux/enforce ]; then
  if [ -e "$target" ]; then chcon --reference="$target" "$new"; else restorecon "$new"; fi 2>/dev/null
fi
if [ "$6" ]; then
  sh -c "\${6%%%s*}\\"\\$1\\"\${6#*%s}" sh "$new" >&2 </dev/null || { echo "the new content was not accepted by: $6" >&2; return 1; }
fi
if [ "$backup" ] && [ -f "$target" ]; then
  kept=$target.$(date +%Y%m%dT%H%M%S)~
  ln -f -- "$target" "$kept" 2>/dev/null || cp -p -- "$target" "$kept" || { rm -f -- "$kept"; return 1; }
fi
mv -f -- "$new" "$target" && trap - EXIT`

/**
 * Writes a file atomically: a reader sees the old content or the new, never a part of it.
 *
 * @param file - Path, content and attributes. What is left out stays as it is.
 */
export function replaceFile(file: FileToWrite): ShellStep {
  const { path, mode, owner, group, backup, validate, content } = file
  const size = typeof content === 'function' ? undefined : String(Buffer.byteLength(content))
  const words = [path, mode, owner, group, backup ? 'backup' : '', validate, size]
  return {
    kind: 'shell',
    label: `write ${path}`,
    script: `replace_file ${words.map((word) => quoteShell(word ?? '')).join(' ')}`,
    stdin: content,
    functions: { replace_file: REPLACE_FILE },
  }
}

/** `$1` in a cause is what the pattern found. */
const REFUSALS: readonly (readonly [RegExp, string, string])[] = [
  [/No space left on device/, 'there is no space left on its file system', 'run on the host: df -h; df -i'],
  [/Disk quota exceeded/, 'the disk quota is used up', 'run on the host: quota'],
  [
    /Read-only file system/,
    'its file system is read-only',
    'run on the host: findmnt; look in dmesg for a broken disk',
  ],
  [
    /^the new content was not accepted by: (.*)$/m,
    'its new content was refused by `$1`',
    'fix the content; the last lines are what the command printed',
  ],
  [
    /^chown: (?:invalid|unknown) (?:user|group|user\/group):? '?:?([^'\n]*)/m,
    'the host has no user or group $1',
    'create the account in an earlier task, or give a number',
  ],
  [/^chown: .*Operation not permitted/m, 'only root can change the owner', 'add `become: true`'],
  [/^mktemp: .*Permission denied/m, 'permission denied in its directory', 'add `become: true`'],
]

/**
 * The cause and hint of a failed `replaceFile`. The old file is unchanged.
 *
 * @param failed - The step's output.
 * @param path - The file.
 * @returns Undefined when the failure is not a known one.
 */
export function explainWriteFailure(
  { stderr }: Pick<StepOutput, 'stderr'>,
  path: string,
): { readonly cause: string; readonly hint: string } | undefined {
  for (const [pattern, cause, hint] of REFUSALS) {
    const found = pattern.exec(stderr)
    if (found) return { cause: `${path} was not written: ${cause.replace('$1', () => found[1] ?? '')}`, hint }
  }
  return undefined
}

/** Mode, owner and group to set. An owner or group of digits is an id. */
export interface FileAttributes {
  readonly mode?: string | undefined
  readonly owner?: string | undefined
  readonly group?: string | undefined
}

const fourDigits = (mode: string) => mode.padStart(4, '0')

const isAccount = (wanted: string, name: string, id: number) => wanted === name || wanted === String(id)

/** The first difference of mode, owner and group: `mode 0755 → 0644`; undefined when there is none. */
export function differs(inode: Inode, { mode, owner, group }: FileAttributes): string | undefined {
  if (mode !== undefined && fourDigits(mode) !== inode.mode) return `mode ${inode.mode} → ${fourDigits(mode)}`
  if (owner !== undefined && !isAccount(owner, inode.owner, inode.uid)) return `owner ${inode.owner} → ${owner}`
  if (group !== undefined && !isAccount(group, inode.group, inode.gid)) return `group ${inode.group} → ${group}`
  return undefined
}

/** A diff of mode and owners, one line each; undefined when there is no difference. */
export function attributesDiff(path: string, inode: Inode, asked: FileAttributes): Diff | undefined {
  if (differs(inode, asked) === undefined) return undefined
  const { mode, owner, group } = { ...inode, ...predictAttributes(asked) }
  return factDiff(path, `${inode.mode} ${inode.owner}:${inode.group}`, `${mode} ${owner}:${group}`)
}

/** Of an account only the name or the id is known, whichever was asked for. */
function predictAttributes({ mode, owner, group }: FileAttributes): Partial<Inode> {
  return {
    ...(mode !== undefined && { mode: fourDigits(mode) }),
    ...(owner !== undefined && (/^\d+$/.test(owner) ? { uid: Number(owner) } : { owner })),
    ...(group !== undefined && (/^\d+$/.test(group) ? { gid: Number(group) } : { group })),
  }
}

/** What the probes will read once a directory exists with these attributes. Otherwise as `predictFile`. */
export function predictDirectory(
  before: FileFact,
  predictedTime: number,
  asked: FileAttributes = {},
): FileFact | Unknown {
  const changed = { changedAt: predictedTime, ...predictAttributes(asked) }
  if (before.type === 'directory') return { ...before, ...changed }
  if (before.type !== 'absent') return UNKNOWN
  const rooted = { mode: '0755', owner: 'root', group: 'root', uid: 0, gid: 0, size: 4096, link: false }
  return { type: 'directory', ...rooted, ...changed }
}

/** The content as a string; null when it is not UTF-8 text. */
export const textOf = (content: string | Uint8Array): string | null =>
  typeof content === 'string' ? content : decodeText(Buffer.from(content))

/**
 * What the probes will read once the content is in place.
 *
 * @param before - What the probe reads now.
 * @param content - The new content.
 * @param predictedTime - `context.predictedTime` of `decide`.
 * @param asked - Attributes that are set; the others stay. A new file is predicted to be root's.
 * @returns `UNKNOWN` when `before` is neither a file nor absent.
 */
export function predictFile(
  before: FileFact,
  content: string | Uint8Array,
  predictedTime: number,
  asked: FileAttributes = {},
): FileFact | Unknown {
  const bytes = Buffer.from(content as string)
  const changed = {
    text: bytes.length > TEXT_LIMIT ? null : decodeText(bytes),
    size: bytes.length,
    sha256: sha256(bytes),
    changedAt: predictedTime,
    ...predictAttributes(asked),
  }
  if (before.type === 'file') return { ...before, ...changed }
  if (before.type !== 'absent') return UNKNOWN
  return { type: 'file', mode: '0644', owner: 'root', group: 'root', uid: 0, gid: 0, link: false, ...changed }
}
