// The step that puts a file in place at once and whole, and keeps what the file it replaces had.
import { UNKNOWN, type Unknown } from '../model/playbook.ts'
import { quoteShell } from '../model/quoteShell.ts'
import type { FileFact } from './probes/file.ts'
import type { ShellStep } from './step.ts'

export interface FileToWrite {
  readonly path: string
  readonly content: string | Uint8Array
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
// A symbolic link stays: what it points to is replaced. dd both writes and waits until the disk has it.
const REPLACE_FILE = `target=$1 mode=$2 owner=$3 group=$4 backup=$5
if [ -L "$target" ]; then target=$(readlink -f -- "$target") || return; fi
new=$(mktemp "\${target%/*}/.crane-play.XXXXXXXX") || return
trap 'rm -f -- "$new"' EXIT
trap 'exit 143' HUP INT TERM
if [ -f "$target" ]; then
  cp --attributes-only --preserve=all -- "$target" "$new" 2>/dev/null || cp -p -- "$target" "$new" || return
  if [ "$backup" ]; then cp -p -- "$target" "$target.$(date +%Y%m%dT%H%M%S)~" || return; fi
else
  chmod 0644 "$new" || return
fi
dd of="$new" bs=64k conv=fsync status=none || return
if [ "$owner$group" ]; then chown "$owner\${group:+:$group}" "$new" || return; fi
if [ "$mode" ]; then chmod "$mode" "$new" || return; fi
if [ -e /sys/fs/selinux/enforce ]; then
  if [ -e "$target" ]; then chcon --reference="$target" "$new"; else restorecon "$new"; fi 2>/dev/null
fi
if [ "$6" ]; then
  sh -c "\${6%%%s*}\"\$1\"\${6#*%s}" sh "$new" >&2 </dev/null || { echo "the new content was not accepted by: $6" >&2; return 1; }
fi
mv -f -- "$new" "$target" && trap - EXIT`

export function replaceFile(file: FileToWrite): ShellStep {
  const words = [file.path, file.mode, file.owner, file.group, file.backup ? 'backup' : '', file.validate]
  return {
    kind: 'shell',
    label: `write ${file.path}`,
    script: `replace_file ${words.map((word) => quoteShell(word ?? '')).join(' ')}`,
    stdin: file.content,
    functions: { replace_file: REPLACE_FILE },
  }
}

/**
 * What the probes will read once `text` is in place: as `before` where nothing else is asked for.
 * A new file is taken to be root's, as it is wherever playbooks write system files.
 */
export function predictFile(
  before: FileFact,
  text: string,
  soon: number,
  wanted: {
    readonly mode?: string | undefined
    readonly owner?: string | undefined
    readonly group?: string | undefined
  } = {},
): FileFact | Unknown {
  const size = Buffer.byteLength(text)
  const changed = { text, size, sha256: null, changedAt: soon }
  const asked = {
    ...(wanted.mode && { mode: wanted.mode }),
    ...(wanted.owner && { owner: wanted.owner }),
    ...(wanted.group && { group: wanted.group }),
  }
  if (before.type === 'file') return { ...before, ...changed, ...asked }
  if (before.type !== 'absent') return UNKNOWN
  return { type: 'file', mode: '0644', owner: 'root', group: 'root', uid: 0, gid: 0, link: false, ...changed, ...asked }
}
