// The step that puts a file in place at once and whole, and keeps what the file it replaces had.
import { UNKNOWN, type Unknown } from '../../model/playbook.ts'
import { quoteShell } from '../../model/quoteShell.ts'
import type { Diff } from '../../model/result.ts'
import { type FileFact, type Inode, TEXT_LIMIT } from '../probes/file.ts'
import { sha256 } from '../content/sha256.ts'
import { decodeText } from '../content/sharedContent.ts'
import type { ShellStep, StepOutput } from './step.ts'
import { factDiff } from '../content/textDiff.ts'

export interface FileToWrite {
  readonly path: string
  /** A function is called when the step is due, with what the steps before it gave back. */
  readonly content: string | Uint8Array | ((earlier: readonly StepOutput[]) => string)
  /** Absent: as the file that is replaced, else 0644. */
  readonly mode?: string | undefined
  /** Absent: as the file that is replaced, else who one is on the host. */
  readonly owner?: string | undefined
  readonly group?: string | undefined
  /** Keeps the old content beside the file as PATH.TIMESTAMP~, with its owner and mode. */
  readonly backup?: boolean | undefined
  /** A command that must accept the new content before it is put in place; %s is its path. */
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
if [ "$7" ] && [ "$(wc -c <"$new")" -ne "$7" ]; then echo 'only a part of the content arrived' >&2; return 1; fi
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
  [/No space left on device/, 'there is no space left on its file system', 'on the host: df -h; df -i'],
  [/Disk quota exceeded/, 'the disk quota is used up', 'on the host: quota'],
  [/Read-only file system/, 'its file system is read-only', 'on the host: findmnt; dmesg tells of a broken disk'],
  [
    /^the new content was not accepted by: (.*)$/m,
    'its new content was refused by `$1`',
    'mend the content; what the command said of it is in the last lines',
  ],
  [
    /^chown: (?:invalid|unknown) (?:user|group|user\/group):? '?:?([^'\n]*)/m,
    'it cannot be given to $1: the host has no such user or group',
    'a task before this one may make the account; a number needs none',
  ],
  [/^chown: .*Operation not permitted/m, 'one may not give it to another owner', 'add `become: true`'],
  [/^mktemp: .*Permission denied/m, 'one may not write in its folder', 'add `become: true`'],
]

/** A better cause for a failed `replaceFile`, from what it wrote. The file that was there is as it was. */
export function explainWriteFailure(
  { stderr }: Pick<StepOutput, 'stderr'>,
  path: string,
): { readonly cause: string; readonly hint: string } | undefined {
  for (const [pattern, cause, hint] of REFUSALS) {
    const found = pattern.exec(stderr)
    if (found)
      return { cause: `${path} was not written, and is as it was: ${cause.replace('$1', () => found[1] ?? '')}`, hint }
  }
  return undefined
}

/** What is asked of a file beside its content; an owner or group of digits is an id. */
export interface FileAttributes {
  readonly mode?: string | undefined
  readonly owner?: string | undefined
  readonly group?: string | undefined
}

const fourDigits = (mode: string) => mode.padStart(4, '0')

const isAccount = (wanted: string, name: string, id: number) => wanted === name || wanted === String(id)

/** The first of mode, owner, group that is not as asked: `mode 0755 → 0644`; undefined when all are. */
export function differs(inode: Inode, { mode, owner, group }: FileAttributes): string | undefined {
  if (mode !== undefined && fourDigits(mode) !== inode.mode) return `mode ${inode.mode} → ${fourDigits(mode)}`
  if (owner !== undefined && !isAccount(owner, inode.owner, inode.uid)) return `owner ${inode.owner} → ${owner}`
  if (group !== undefined && !isAccount(group, inode.group, inode.gid)) return `group ${inode.group} → ${group}`
  return undefined
}

/** Mode and owners before and after, as one line each; undefined when nothing of it changes. */
export function attributesDiff(path: string, inode: Inode, asked: FileAttributes): Diff | undefined {
  if (differs(inode, asked) === undefined) return undefined
  const { mode, owner, group } = { ...inode, ...predictAttributes(asked) }
  return factDiff(path, `${inode.mode} ${inode.owner}:${inode.group}`, `${mode} ${owner}:${group}`)
}

/** Ids and names belong together, but only one of the two is known of an account that is asked for. */
function predictAttributes({ mode, owner, group }: FileAttributes): Partial<Inode> {
  return {
    ...(mode !== undefined && { mode: fourDigits(mode) }),
    ...(owner !== undefined && (/^\d+$/.test(owner) ? { uid: Number(owner) } : { owner })),
    ...(group !== undefined && (/^\d+$/.test(group) ? { gid: Number(group) } : { group })),
  }
}

/** The same for a directory that is made or whose owner or mode is set. */
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

/** The content as a text; null when it is none. */
export const textOf = (content: string | Uint8Array): string | null =>
  typeof content === 'string' ? content : decodeText(Buffer.from(content))

/**
 * What the probes will read once the content is in place: as `before` where nothing else is asked for.
 * A new file is taken to be root's, as it is wherever playbooks write system files.
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
