// Which schema an installed Meta CNI plug-in reads: it silently accepts a file of the other one and then makes no network.
import { commandLine, GarbledAnswer, type Probe, type ProbeKind, probe } from '../task/index.ts'

/**
 * `pipelines`: generation G3. `confFromArgs`: G2, which has pipelines too. `delegates`: G1. `unknown`: another program, or one that cannot be read;
 * `absent`: no file.
 */
export type MetaCniSchema = 'pipelines' | 'confFromArgs' | 'delegates' | 'unknown' | 'absent'

// The plug-in has no version. Its message for a file without pipelines is in every build that reads them, and the key
// resultMode in those before.
/** In builds that read pipelines. */
export const NEEDS_PIPELINE = 'at least one pipeline is required'

const PROBE_META_CNI = `for p; do
  if [ ! -f "$p" ]; then echo absent
  elif grep -qsF confFromArgs -- "$p"; then echo confFromArgs
  elif grep -qsF '${NEEDS_PIPELINE}' -- "$p"; then echo pipelines
  elif grep -qsF resultMode -- "$p"; then echo delegates
  else echo unknown; fi
done`

const SCHEMAS: readonly string[] = [
  'pipelines',
  'confFromArgs',
  'delegates',
  'unknown',
  'absent',
] satisfies MetaCniSchema[]

const buildKind: ProbeKind<null, MetaCniSchema> = {
  name: 'metaCniBuild',
  functions: { probe_meta_cni: PROBE_META_CNI },
  isAbsent: (schema) => schema === 'absent',
  script: (questions) => commandLine(['probe_meta_cni', ...questions.map(({ subject }) => subject)]),
  read(stdout, questions) {
    const lines = stdout.toString('utf8').trimEnd().split('\n')
    if (lines.length !== questions.length || !lines.every((line) => SCHEMAS.includes(line)))
      throw new GarbledAnswer('the answer about Meta CNI is incomplete')
    return lines as MetaCniSchema[]
  },
}

/** Takes the path of an installed Meta CNI plug-in and returns the probe that reads which schema it knows. */
export const metaCniSchema = (path: string): Probe<MetaCniSchema> => probe(buildKind, path, null)
