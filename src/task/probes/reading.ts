// A small script that reads facts about the whole host, such as its processors.
import { quoteShell } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'

// In the shell itself: an answer costs one fork, and those of the programs that the script calls.
const PROBE_READING = `output=$(eval "$1" </dev/null 2>/dev/null; echo x) output=\${output%x}
echo "\${#output}"; printf '%s' "$output"`

const kindOf = (name: string, followsAnyChange: boolean | 'of commands'): ProbeKind<string, string> => ({
  name,
  followsAnyChange,
  functions: { probe_reading: PROBE_READING },
  script: (questions) => questions.map(({ detail }) => `probe_reading ${quoteShell(detail)}`).join('\n'),
  read(stdout, questions) {
    let rest = stdout
    return questions.map(() => {
      const end = rest.indexOf(0x0a)
      const length = /^\d{1,9}$/.test(rest.toString('latin1', 0, Math.max(end, 0)))
        ? Number(rest.toString('latin1', 0, end))
        : -1
      rest = rest.subarray(end + 1)
      if (length < 0 || length > rest.length) throw new GarbledAnswer('the answer of a script is incomplete')
      const text = rest.toString('utf8', 0, length)
      rest = rest.subarray(length)
      return text
    })
  },
})

const steady = kindOf('reading', false)
const changing = kindOf('reading of what changes', true)
const changedByCommands = kindOf('reading of what commands change', 'of commands')

/**
 * Runs a read-only script of POSIX sh while the host is observed.
 *
 * @param subject - What it reads, such as `cpu`; one subject has one script.
 * @param script - Its stdin is empty and its stderr is dropped. What it prints is the answer, whatever its status.
 * @param changes - Any task may change it, such as what is mounted: in check mode it is not known after a change.
 *   `'by commands'`: no file or package brings it about, only a command such as `hostnamectl` does.
 */
export const reading = (
  subject: string,
  script: string,
  { changes = false }: { readonly changes?: boolean | 'by commands' } = {},
): Probe<string> => probe(changes === true ? changing : changes ? changedByCommands : steady, subject, script)
