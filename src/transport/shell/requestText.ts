// Writes what is sent to a host's shell: the preamble, the functions, and one request with its marks.
import { isUtf8 } from 'node:buffer'
import { quoteShell } from '../../model/quoteShell.ts'
import type { Script, ScriptPart } from '../session.ts'

/**
 * Sent once for the life of a shell. The environment is fixed so that every host answers alike; `cd /` because the
 * home directory may lie on a mount that nobody asked about. `_group` is the process group, if this shell or its parent (sudo)
 * leads it: only then may the group be ended without hitting others. No command is forked.
 */
export const PREAMBLE = `LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TZ=UTC
export LC_ALL PATH TZ
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
_end "$@"
}
`

/** A function's definition; a body that is no shell program fails in the call, not here. */
function defineFunction(name: string, body: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`not a shell function name: ${name}`)
  return `command eval ${quoteShell(`${name}() {\n${body}\n}`)}\n`
}

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
  for (const [index, part] of script.parts.entries()) {
    const call = partText(part)
    if (part.as === 'probe') text.push(`${call}\n_end ${boundary} ${index} $?\n`)
    else {
      text.push(`case $_failed in\n'') ${call}\n_end_step ${boundary} ${index} $? ;;\n`)
      text.push(`*) _end ${boundary} ${index} not-run ;;\nesac\n`)
    }
  }
  return text.join('')
}

/**
 * The script goes through `eval`, so that one that does not parse ends its own subshell only. Payload goes through
 * the built-in `printf`: a here-document would be a temporary file in older bash.
 */
function partText(part: ScriptPart): string {
  const environment = Object.entries(part.environment ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`not a variable name: ${name}`)
    return `${name}=${quoteShell(value)}`
  })
  const exported = environment.length > 0 ? `export ${environment.join(' ')}; ` : ''
  const script = part.script.startsWith('-') ? `\n${part.script}` : part.script
  const body = `( ${exported}eval ${quoteShell(script)} )`
  return part.stdin === undefined ? `${body} </dev/null` : `${feed(part.stdin)} | ${body}`
}

function feed(stdin: string | Uint8Array): string {
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
