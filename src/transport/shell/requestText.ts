// Writes what is sent to a host's shell: the preamble, the functions, and one request with its marks.
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { quoteShell } from '../../model/quoteShell.ts'
import type { Script, ScriptPart } from '../session.ts'

/** Says of a process, whoever its parent and whichever its session, which part started it. */
export const PART_VARIABLE = 'CRANE_PLAY_PART'

/**
 * Sent once for the life of a shell. The environment is fixed so that every host answers alike; `cd /` because the
 * home directory may lie on a mount that nobody asked about. `_group` is the process group, if this shell or its parent (sudo)
 * leads it: only then may the group be ended without hitting others. No command is forked.
 *
 * A step (`_body`) prints to pipes of its own, each with a `sed` that copies it until the line `$1`. What the step
 * leaves running in the background keeps these pipes, and not the streams of the shell: what it prints later is thrown
 * away on the host. `$1` is an argument of sed, and so not the boundary.
 */
export const PREAMBLE = `LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TZ=UTC
export LC_ALL PATH TZ ${PART_VARIABLE}
unset ENV BASH_ENV CDPATH LANG LANGUAGE GREP_OPTIONS POSIXLY_CORRECT SSH_ASKPASS TMPDIR
IFS=' \t
'
umask 022
cd /
read -r _stat </proc/$$/stat
set -- \${_stat##*) }
case \${3:-0} in $$|$PPID) _group=$3 ;; *) _group=0 ;; esac
set --
unset _stat
_end() {
echo "
$1 $2 $3"
echo "
$1 $2" >&2
}
_end_step() {
case $3 in 0) ;; *) _failed=1 ;; esac
echo "$1 $2 $3"
echo "$1 $2" >&2
}
_relay() {
sed -n "/^$1\\$/q;p"
{ read -r _line && exec cat; } <&6 >/dev/null 2>&1 3>&- 4>&- 5>&- 7>&- &
}
_cut() {
echo "
$1"
echo "
$1" >&2
}
_step() {
{ _status=$(
( ( ( _body; echo $? >&7; _cut $1
) 2>&1 >&5 5>&- | ( _relay $1 ) 6<&0 >&4
) 5>&1 | ( _relay $1 ) 6<&0 >&3
) 7>&1 )
} 3>&1 4>&2
}
`

/** A function's definition; a body that is not a shell program fails in the call, not here. */
function defineFunction(name: string, body: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`not a shell function name: ${name}`)
  return `command eval ${quoteShell(`${name}() {\n${body}\n}`)}\n`
}

/** Bytes of input from which on a part is fed: bash reads its own input, the request, one byte at a time. */
const FED_FROM = 32 * 1024

/** Whether a part's input is sent by itself, when the shell asks for it. */
export const isFed = ({ stdin }: ScriptPart): boolean => stdin !== undefined && Buffer.byteLength(stdin) >= FED_FROM

/** Everybody may know it: the boundary does not follow from it. */
export const partMark = (boundary: string, index: number): string => `${digestOf(boundary)}.${index}.`

const digestOf = (boundary: string) => createHash('sha256').update(boundary).digest('hex').slice(0, 32)

/**
 * One request. `boundary` is 32 random hexadecimal digits, new for each request; nothing of it is an argument of any
 * process, because `echo` is built in and the text comes through stdin. `known` are functions the shell has already.
 */
export function requestText(script: Script, boundary: string, known: ReadonlyMap<string, string>): string {
  const text: string[] = []
  for (const [name, body] of Object.entries(script.functions ?? {})) {
    if (known.get(name) !== body) text.push(defineFunction(name, body))
  }
  // Before the first mark, so that a body that does not parse does not complain on some part's stderr.
  text.push(`_failed=\n_end ${boundary} start "$$ $_group"\n`)
  const cut = digestOf(boundary)
  for (const [index, part] of script.parts.entries()) {
    text.push(`${PART_VARIABLE}=${partMark(boundary, index)}\n`)
    const body = partText(part, `${boundary} feed ${index}`)
    if (part.as === 'probe') {
      text.push(`${isFed(part) ? `{ ${body}\n} 3>&1` : body}\n_end ${boundary} ${index} $?\n`)
    } else {
      text.push(
        `case $_failed in\n'') _body() { ${body}\n}\n_step ${cut}\n_end_step ${boundary} ${index} $_status ;;\n`,
      )
      text.push(`*) _end ${boundary} ${index} not-run ;;\nesac\n`)
    }
  }
  // Parsed as a whole before it runs: the shell must not take what it is fed for the rest of the request.
  return script.parts.some(isFed) ? `{\n${text.join('')}}\n` : text.join('')
}

/** The script goes through `eval`, so that one that does not parse ends its own subshell only. */
function partText(part: ScriptPart, mark: string): string {
  const environment = Object.entries(part.environment ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`not a variable name: ${name}`)
    return `${name}=${quoteShell(value)}`
  })
  const exported = environment.length > 0 ? `export ${environment.join(' ')}; ` : ''
  const script = part.script.startsWith('-') ? `\n${part.script}` : part.script
  if (part.inShell) return `{ command eval ${quoteShell(script)}\n} </dev/null`
  const body = `( ${exported}eval ${quoteShell(script)} )${part.as === 'step' ? ' 3>&- 4>&- 5>&- 6>&- 7>&-' : isFed(part) ? ' 3>&-' : ''}`
  if (part.stdin === undefined) return `${body} </dev/null`
  const feed = feedText(part.stdin, isFed(part), mark)
  // What the script does not read is read here: it would be taken for the next request.
  return isFed(part) ? `${feed} | { ${body}; _read=$?; cat >/dev/null; exit $_read; }` : `${feed} | ${body}`
}

/**
 * Little input goes through the built-in `printf`: a here-document would be a temporary file in older bash. For more,
 * the shell asks, and `head` takes it from the shell's own input.
 */
function feedText(stdin: string | Uint8Array, fed: boolean, mark: string): string {
  if (fed) return `{ echo "\n${mark}" >&3; exec head -c ${Buffer.byteLength(stdin)}; }`
  const bytes = typeof stdin === 'string' ? Buffer.from(stdin) : Buffer.from(stdin)
  if (bytes.includes(0) || !isUtf8(bytes)) {
    return `printf %s ${quoteShell(bytes.toString('base64'))} 2>/dev/null | base64 -d`
  }
  return `printf %s ${quoteShell(bytes.toString('utf8'))} 2>/dev/null`
}

/** In place of a part that traces do not show. */
export const HIDDEN_PART = '# not shown: it is for a task with diff: false'

/** The request as a person would read it, for `-vvv`: nothing quoted twice, payload counted and not shown. */
export function readableRequest(script: Script, known: ReadonlyMap<string, string>): string {
  const text: string[] = []
  for (const [name, body] of Object.entries(script.functions ?? {})) {
    if (known.get(name) !== body) text.push(`${name}() {\n${body}\n}`)
  }
  for (const [index, part] of script.parts.entries()) {
    const stdin = part.stdin === undefined ? '' : `, ${Buffer.byteLength(part.stdin)} bytes of input`
    text.push(`# ${part.as} ${index + 1} of ${script.parts.length}${stdin}`)
    if (part.hidden) {
      text.push(HIDDEN_PART)
      continue
    }
    for (const [name, value] of Object.entries(part.environment ?? {})) text.push(`export ${name}=${value}`)
    text.push(part.script)
  }
  return text.join('\n')
}
