// What a read-only command of the user prints, and its exit status.
import { quoteShell } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'

/** What a command printed, and how it ended. */
export interface CommandFact {
  /** The exit status; 127 when there is no such command. Null when it was not run because its file is not empty. */
  readonly status: number | null
  /** What it wrote to stdout. */
  readonly stdout: string
}

/** When to run a command. */
export interface CommandDetail {
  /** Run the command only while this file is missing or blank. */
  readonly whileEmpty?: string
  /** Environment variables for the command: the task's own, which `observe` is given. */
  readonly environment?: Readonly<Record<string, string>> | undefined
}

/** No command prints this line by accident; one that does cuts its own output there. */
const END = 'crane-play: end of command, status'

// The variables are exported by this shell: every user of the host can read the arguments of a process, and they may be
// secrets. What the command leaves running keeps its end of the pipe, not ours: sed stops at the line with the status. Blank lines
// at the end of the output are kept.
const PROBE_COMMAND = `if [ "$2" ] && [ -s "$2" ] && [ -r "$2" ]; then
  while read -r word _ || [ "$word" ]; do [ ! "$word" ] || { echo skipped; return; }; done <"$2"
fi
output=$({ ( eval "$3"; exec /bin/sh -c "$1" ) </dev/null 2>/dev/null; echo "
${END} $?"; } | sed '/^${END} [0-9]*$/q')
status=\${output##* } output=\${output%?${END} *}
echo "$status \${#output}"; printf '%s' "$output"`

/** The subject is the command with its variables, since another environment may have another answer. */
interface Question extends Pick<CommandDetail, 'whileEmpty'> {
  readonly command: string
  /** Shell text. */
  readonly exports: string
}

const commandKind: ProbeKind<Question, CommandFact> = {
  name: 'command',
  functions: { probe_command: PROBE_COMMAND },
  isAbsent: (fact) => fact.status === 127,
  followsAnyChange: true,
  /** When it is asked for both with and without the condition, it is run. */
  merge: (a, b) => (a.whileEmpty === b.whileEmpty ? a : { command: a.command, exports: a.exports }),
  script: (questions) =>
    questions
      .map(({ detail: { command, whileEmpty = '', exports } }) =>
        ['probe_command', ...[command, whileEmpty, exports].map(quoteShell)].join(' '),
      )
      .join('\n'),
  read(stdout, questions) {
    let rest = stdout
    return questions.map(() => {
      const end = rest.indexOf(0x0a)
      const head = rest.toString('latin1', 0, Math.max(end, 0))
      rest = rest.subarray(end + 1)
      if (head === 'skipped') return Object.freeze({ status: null, stdout: '' })
      const match = /^(\d{1,3}) (\d{1,15})$/.exec(head)
      const length = Number(match?.[2])
      if (!match || length > rest.length) throw new GarbledAnswer('the answer of a command is incomplete')
      const output = rest.toString('utf8', 0, length)
      rest = rest.subarray(length)
      return Object.freeze({ status: Number(match[1]), stdout: output })
    })
  },
}

/**
 * Runs a read-only command with `sh -c` while the host is observed.
 *
 * @param text - A shell command. It must not change anything. Its stdin is empty and its stderr is dropped.
 * @param detail - `whileEmpty`: a path; the command is run only while that file is missing or blank. `environment`: variables for it.
 */
export function commandOutput(
  text: string,
  { environment = {}, ...condition }: CommandDetail = {},
): Probe<CommandFact> {
  const exports = exported(environment)
  return probe(commandKind, exports + text, { ...condition, command: text, exports })
}

const exported = (environment: Readonly<Record<string, string>>) =>
  Object.entries(environment)
    .map(([name, value]) => `export ${name}=${quoteShell(value)}; `)
    .join('')
