// The text of a certificate or of its key on a host, read by the shell itself: no process is started, nothing is traced.
import { commandLine, GarbledAnswer, type Probe, type ProbeKind, probe } from '../../task/index.ts'

/** The text; null where there is no file, or one that cannot be read. A longer one than any certificate is cut. */
export type PemFact = string | null

// A blank is put before each line, so that a dot in the file does not end it.
const PROBE_PEM = `for p; do
  if [ -f "$p" ] && [ -r "$p" ]; then
    n=0
    while [ $n -lt 600 ] && { IFS= read -r line || [ "$line" ]; }; do n=$((n + 1)); printf ' %s\\n' "$line"; done <"$p"
  else echo none
  fi
  echo .
done`

const pemKind: ProbeKind<null, PemFact> = {
  name: 'pem',
  functions: { probe_pem: PROBE_PEM },
  inShell: true,
  secret: true,
  isAbsent: (text) => text === null,
  script: (questions) => commandLine(['probe_pem', ...questions.map(({ subject }) => subject)]),
  read(stdout, questions) {
    const lines = stdout.toString('utf8').split('\n')
    let next = 0
    return questions.map(() => {
      const from = next
      while (lines[next] !== '.') if (++next >= lines.length) throw new GarbledAnswer('a certificate is cut short')
      const own = lines.slice(from, next++)
      return own[0] === 'none' ? null : own.map((line) => `${line.slice(1).replace(/\r$/, '')}\n`).join('')
    })
  },
}

/** Takes the absolute path of a certificate or a key and returns the probe that reads its text. */
export const pemFile = (path: string): Probe<PemFact> => probe(pemKind, path, null)
