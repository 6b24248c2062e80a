// Steps that write many files of the controller below a directory, each atomically, as few processes as there are directories.
import { posix } from 'node:path'
import type { TreeFile } from '../../model/controllerTree.ts'
import { commandLine } from '../../model/quoteShell.ts'
import { ENTER_FUNCTIONS } from './enterDirectory.ts'
import { type ShellStep, script } from './step.ts'

/** A file to write below a directory. */
export interface FileToPlace {
  readonly file: TreeFile
  readonly mode: string
  /** As chown takes it: `owner:group`, either of them may be missing; empty: the user the task runs as. */
  readonly account: string
}

// As replaceFile does it, but for many: they are written in a private directory beside their place, where nobody else can
// enter, compared with what they should be, get their owner and mode, and are renamed into place. dd reads from the pipe
// no more than is its own. The disk has all of them once the step is made; what a crash cuts off before differs, and is
// written again by the next run.
const PLACE_FILES = `path=$1 mode=$2 owner=$3 sizes=$5 sums=$6
enter_directory "$path/." "$4" '' '' || return
enter_private || return
shift 6
trap 'rm -rf -- ./..?* ./.[!.]* ./*; cd .. && rmdir -- "$private"' EXIT
trap 'exit 143' HUP INT TERM
for n; do
  dd of="$n" bs=64k count="\${sizes%% *}" iflag=fullblock,count_bytes status=none || return
  sizes=\${sizes#* }
done
printf '%s\\n' "$sums" | sha256sum --status -c - || { echo "what arrived for $path is not what was compared" >&2; return 1; }
[ -z "$owner" ] || chown -- "$owner" "$@" || return
chmod -- "$mode" "$@" || return
mv -f -- "$@" ../ || return
if command -v selinuxenabled >/dev/null && selinuxenabled; then
  ( cd .. && restorecon -- "$@" ) || echo "the SELinux labels of files in $path could not be set" >&2
fi`

/** Bytes of the files that one step brings: what is sent is held in memory. A larger file is a step of its own. */
const STEP_BYTES = 4 * 1024 * 1024
/** Names in one call: the arguments of a command have a limit. */
const CALL_NAMES = 500

/**
 * Writes files below a directory. The directories that they are in exist.
 *
 * @param directory - An absolute path.
 * @param files - What to write. Content is read when its step is due.
 * @param follow - Follows links on the way that another user can replace.
 * @returns Steps of a few MiB each.
 */
export function placeFiles(directory: string, files: readonly FileToPlace[], follow = false): readonly ShellStep[] {
  const steps: FileToPlace[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const one of files) {
    if (size + one.file.size > STEP_BYTES) {
      steps.push([])
      size = 0
    }
    steps.at(-1)?.push(one)
    size += one.file.size
  }
  return steps.map((own) => {
    const calls = callsOf(own)
    return script(
      `write ${own.length === 1 ? own[0]?.file.path : `${own.length} files`} below ${directory}`,
      [...calls.map((call) => callOf(directory, call, follow)), commandLine(['sync', '-f', '--', directory])].join(
        ' &&\n',
      ),
      {
        stdin: () => Buffer.concat(calls.flat().map(({ file }) => contentOf(file))),
        functions: { ...ENTER_FUNCTIONS, place_files: `( ${PLACE_FILES} )` },
      },
    )
  })
}

const directoryOf = ({ file }: FileToPlace) => posix.dirname(file.path)

/** Those of one directory that get the same owner and mode are one call. */
function callsOf(files: readonly FileToPlace[]): readonly (readonly FileToPlace[])[] {
  const calls = new Map<string, FileToPlace[]>()
  for (const one of files) {
    const key = JSON.stringify([directoryOf(one), one.mode, one.account])
    const call = calls.get(key)
    if (call) call.push(one)
    else calls.set(key, [one])
  }
  return [...calls.values()].flatMap((call) =>
    Array.from({ length: Math.ceil(call.length / CALL_NAMES) }, (_, i) =>
      call.slice(i * CALL_NAMES, (i + 1) * CALL_NAMES),
    ),
  )
}

function callOf(directory: string, call: readonly FileToPlace[], follow: boolean): string {
  const [first] = call
  const within = first ? directoryOf(first) : '.'
  const names = call.map(({ file }) => `./${posix.basename(file.path)}`)
  const sums = call.map(({ file }, i) => `${file.sha256}  ${names[i]}`)
  const sizes = call.map(({ file }) => file.size)
  return commandLine([
    'place_files',
    within === '.' ? directory : `${directory}/${within}`,
    first?.mode ?? '',
    first?.account ?? '',
    follow ? 'follow' : '',
    `${sizes.join(' ')} `,
    sums.join('\n'),
    ...names,
  ])
}

/** A file that is gone or was changed since it was compared is found out by the host, which writes nothing of it. */
function contentOf(file: TreeFile): Uint8Array {
  try {
    return file.read()
  } catch {
    return new Uint8Array()
  }
}

/** The cause of a failure of its steps; undefined for others. */
export function explainPlaceFiles(stderr: string): { readonly cause: string; readonly hint: string } | undefined {
  const [, path] = /^what arrived for (.*) is not what was compared$/m.exec(stderr) ?? []
  if (path === undefined) return undefined
  return { cause: `files for ${path} changed on this machine while they were copied`, hint: 'run it again' }
}
