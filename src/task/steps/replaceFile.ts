// The step that replaces a file atomically and keeps the attributes of the file it replaces.
import { quoteShell } from '../../model/quoteShell.ts'
import type { FileFact } from '../probes/file.ts'
import { type Download, DOWNLOAD_FUNCTIONS, DOWNLOAD_REFUSALS, fetchWords } from './download.ts'
import { ENTER_FUNCTIONS } from './enterDirectory.ts'
import { OUTDATED, type ShellStep, type StepOutput } from './step.ts'

/** A file to write. */
export interface FileToWrite {
  readonly path: string
  /** A function is called when the step is due, with the output of the steps before it. A download is fetched by the host. */
  readonly content: string | Uint8Array | Download | ((earlier: readonly StepOutput[]) => string)
  /** What `decide` saw at the path. When the host has something else by now, nothing is written and the task is decided again. */
  readonly seen?: FileFact | undefined
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
  /** Follows symbolic links that another user can replace. */
  readonly follow?: boolean | undefined
}

// The new content is written in a private directory beside the file and renamed over it, so a reader sees the old or the
// new, never a part, and nobody reads or swaps it before its owner and mode are set. The old file is pinned there as a
// hard link: what is compared, copied and kept is one inode, whatever becomes of its name. It is compared again at the
// last instant, since a download or `validate` may take long, and once more afterwards; a new name is linked, which fails
// where there is one by now. Names are used from inside the private directory; moving into `../` renames and never
// follows. dd writes and waits until the disk has the content.
// Of several that are kept in a second none takes the place of another, and their names sort as they were kept.
const REPLACE_FILE = `kept_name() {
  stamp=$name.$(date +%Y%m%dT%H%M%S)~ again=0
  kept=$stamp
  while [ -e "../$kept" ] || [ -L "../$kept" ]; do again=$((again + 1)); kept=$stamp$again~; done
}
mode=$2 owner=$3 group=$4 backup=$5 validate=$6 size=$7 seen=$8 shown=$1 url=\${10} digest=\${11} fetched=\${12} bare=\${13} netrc=\${14}
enter_directory "$1" "$9" '' '' || return
enter_private || return
trap 'rm -f -- "./$name" "./$name".*~ .crane-play.old .crane-play.candidate; cd .. && rmdir -- "$private"' EXIT
trap 'exit 143' HUP INT TERM
old=.crane-play.old linked=
if [ -e "../$name" ] || [ -L "../$name" ]; then
  if ln -- "../$name" "$old" 2>/dev/null; then linked=1; set -- $(stat -c '%u %g %a' "$old")
  else set -- $(stat -c '%u %g %a' "../$name"); cp -pP -- "../$name" "$old" || return
  fi
  if [ -L "$old" ] || [ ! -f "$old" ]; then echo "$shown was replaced while it was read" >&2; return ${OUTDATED}; fi
  if [ "$seen" ]; then
    now=$(sha256sum <"$old") || return
    [ "\${now%% *}" = "$seen" ] || { echo "$shown changed after it was read" >&2; return ${OUTDATED}; }
  fi
  cp --attributes-only --preserve=all -- "$old" "./$name" 2>/dev/null || cp -p -- "$old" "./$name" || return
  keep=1 owner=\${owner:-$1} group=\${group:-$2} mode=\${mode:-$3}
  chmod 0600 "./$name" || return
else
  case $seen in ''|absent) ;; *) echo "$shown was removed after it was read" >&2; return ${OUTDATED} ;; esac
  old= keep= mode=\${mode:-0644}
fi
if [ "$url" ]; then fetch "$url" "$digest" "./$name" "$fetched" "$bare" "$netrc" && sync -- "./$name" || return
else dd of="./$name" bs=64k conv=fsync status=none || return
fi
if [ "$size" ] && [ "$(wc -c <"./$name")" -ne "$size" ]; then echo 'the content arrived incomplete' >&2; return 1; fi
if [ "$owner$group" ]; then chown -- "$owner\${group:+:$group}" "./$name" || return; fi
chmod "$mode" "./$name" || return
if command -v selinuxenabled >/dev/null && selinuxenabled; then
  if [ "$keep" ]; then chcon --reference="$old" -- "./$name"
  else label=$(matchpathcon -n -- "\${within%/*}/$name") && chcon -- "$label" "./$name"
  fi || echo "the SELinux label of $shown could not be set" >&2
fi
if [ "$validate" ]; then
  ( umask 022; accept "$validate" "$within/$name" >&2 </dev/null ) || { echo "the new content was not accepted by: $validate" >&2; return 1; }
fi
if [ "$seen" ] && [ "$old" ]; then
  if [ "$linked" ]; then [ "../$name" -ef "$old" ] && now=$(sha256sum <"$old"); else now=$(sha256sum <"../$name"); fi
  [ $? -eq 0 ] && [ "\${now%% *}" = "$seen" ] || { echo "$shown changed after it was read" >&2; return ${OUTDATED}; }
fi
if [ "$backup" ] && [ "$old" ]; then
  kept_name
  { ln -- "$old" "./$kept" 2>/dev/null || cp -p -- "$old" "./$kept"; } && mv -f -- "./$kept" ../ || return
fi
if [ "$seen" ] && [ ! "$old" ]; then
  ln -- "./$name" ../ 2>/dev/null && return
  if [ -e "../$name" ] || [ -L "../$name" ]; then echo "$shown was made after it was read" >&2; return ${OUTDATED}; fi
fi
mv -f -- "./$name" ../ || return
[ "$seen" ] && [ "$linked" ] || return 0
now=$(sha256sum <"$old") && [ "\${now%% *}" != "$seen" ] || return 0
kept_name
mv -f -- "$old" "./$kept" && mv -f -- "./$kept" ../ && echo "$shown changed while it was replaced: what was there is in $kept" >&2
return 1`

/**
 * `accept COMMAND PATH`: runs a command with the path in place of every %s, whatever quotes it is in: a path with
 * characters that the shell reads gets a second name without them.
 */
const ACCEPT = `command=$1 path=$2 text=
case $path in *[!A-Za-z0-9_./+:@,-]*)
  path=./.crane-play.candidate; ln -- "./$name" "$path" 2>/dev/null || cp -p -- "./$name" "$path" || return ;;
esac
while :; do
  case $command in *%s*) ;; *) break ;; esac
  text=$text\${command%%%s*}$path command=\${command#*%s}
done
sh -c "$text$command"`

/**
 * Writes a file atomically: a reader sees the old content or the new, never a part of it.
 *
 * @param file - Path, content and attributes. What is left out stays as it is.
 */
export function replaceFile(file: FileToWrite): ShellStep {
  const { path, mode, owner, group, backup, validate, content, seen, follow } = file
  const download = isDownload(content) ? content : undefined
  const size = isDownload(content) || typeof content === 'function' ? '' : String(Buffer.byteLength(content))
  const words = [
    path,
    mode,
    owner,
    group,
    backup ? 'backup' : '',
    validate,
    size,
    digestOf(seen),
    follow ? 'follow' : '',
    ...(download ? fetchWords(download) : ['', '', '', '', '']),
  ]
  return {
    kind: 'shell',
    label: `write ${path}`,
    script: `replace_file ${words.map((word) => quoteShell(word ?? '')).join(' ')}`,
    ...(!isDownload(content) && { stdin: content }),
    functions: { ...ENTER_FUNCTIONS, accept: ACCEPT, ...DOWNLOAD_FUNCTIONS, replace_file: `( ${REPLACE_FILE} )` },
    ...(seen && { outdatedStatus: OUTDATED }),
  }
}

const isDownload = (content: FileToWrite['content']): content is Download =>
  typeof content === 'object' && !(content instanceof Uint8Array)

/** Empty where it is not known: then whatever is there is replaced. */
const digestOf = (seen: FileFact | undefined): string =>
  seen?.type === 'absent' ? 'absent' : seen?.type === 'file' ? (seen.sha256 ?? '') : ''

/** `$1` in a cause is what the pattern found. */
const REFUSALS: readonly (readonly [pattern: RegExp, cause: string, hint: string])[] = [
  [/No space left on device/, 'there is no space left on its file system', 'run on the host: df -h; df -i'],
  [/Disk quota exceeded/, 'the disk quota is used up', 'run on the host: quota'],
  ...DOWNLOAD_REFUSALS,
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
    /^(the symbolic link .* can be replaced by another user), and is not followed$/m,
    '$1',
    'name the real path, or add `follow: true`',
  ],
  [/^(.* was replaced(?: while it was (?:entered|read))?)$/m, '$1', 'find out on the host who replaces it'],
  [
    /^chown: (?:invalid|unknown) (?:user|group|user\/group):? '?(?:\d*:)?([^'\n]*)/m,
    'the host has no user or group $1',
    'create the account in an earlier task, or give a number',
  ],
  [/^chown: .*Operation not permitted/m, 'only root can set or keep its owner', 'add `become: true`'],
  [
    /^(a directory that .* makes beside it belongs to .*)$/m,
    '$1',
    'on NFS, an export with root_squash does that: name the owner of its directory in `become_user`',
  ],
  [/^mktemp: .*Permission denied/m, 'permission denied in its directory', 'add `become: true`'],
]

/**
 * The cause and hint of a failed `replaceFile` or `createDirectory`. The old file is unchanged.
 *
 * @param failed - The step's output.
 * @param path - The file or directory.
 * @returns Undefined when the failure is not a known one.
 */
export function explainWriteFailure(
  { stderr }: Pick<StepOutput, 'stderr'>,
  path: string,
): { readonly cause: string; readonly hint: string } | undefined {
  const [, kept] = /^.* changed while it was replaced: what was there is in (.*)$/m.exec(stderr) ?? []
  if (kept !== undefined)
    return {
      cause: `somebody else changed ${path} while it was replaced`,
      hint: `look at ${kept} beside it, which has what they wrote`,
    }
  for (const [pattern, cause, hint] of REFUSALS) {
    const found = pattern.exec(stderr)
    if (found) return { cause: `${path} was not written: ${cause.replace('$1', () => found[1] ?? '')}`, hint }
  }
  return undefined
}
