// The network configurations that a runtime finds, which of them counts, and what is wrong with it.
import { metaCniOddities } from './metaCniDelegates.ts'
import { commandLine, GarbledAnswer, type Probe, type ProbeKind, probe } from '../task/index.ts'

/** A file of the directory that the runtime reads. */
export interface CniFile {
  readonly name: string
  readonly text: string
}

// In the shell itself, since nearly all hosts have one short file. A blank is put before each line of a file.
const PROBE_CNI_FILES = `for d; do
  for f in "$d"/*.conf "$d"/*.conflist "$d"/*.json; do
    if [ ! -f "$f" ] || [ ! -r "$f" ]; then continue; fi
    n=0; echo "file \${f##*/}"
    while [ $n -lt 2000 ] && { IFS= read -r line || [ "$line" ]; }; do n=$((n + 1)); printf ' %s\\n' "$line"; done <"$f"
  done
  echo .
done`

const filesKind: ProbeKind<null, readonly CniFile[]> = {
  name: 'cniFiles',
  functions: { probe_cni_files: PROBE_CNI_FILES },
  inShell: true,
  isAbsent: (files) => files.length === 0,
  script: (questions) => commandLine(['probe_cni_files', ...questions.map(({ subject }) => subject)]),
  read(stdout, questions) {
    const answers = stdout.toString('utf8').split(/^\.\n/m)
    if (answers.length !== questions.length + 1) throw new GarbledAnswer('the answer about CNI files is incomplete')
    return questions.map((_, i) =>
      (answers[i] ?? '')
        .split(/^file /m)
        .slice(1)
        .map((one) => {
          const [name = '', ...lines] = one.split('\n')
          return { name, text: lines.map((line) => line.slice(1)).join('\n') }
        })
        .sort(byName),
    )
  },
}

// The shell puts files in order by their endings first.
const byName = (a: CniFile, b: CniFile) => (a.name < b.name ? -1 : 1)

/** Takes a directory and returns the probe for its configurations, in the order in which a runtime looks at them. */
export const cniFiles = (directory: string): Probe<readonly CniFile[]> => probe(filesKind, directory, null)

const PROBE_CNI_PLUGINS = `for d; do
  for f in "$d"/*; do if [ -f "$f" ] && [ -x "$f" ]; then echo " \${f##*/}"; fi; done
  echo .
done`

const pluginsKind: ProbeKind<null, readonly string[]> = {
  name: 'cniPlugins',
  functions: { probe_cni_plugins: PROBE_CNI_PLUGINS },
  inShell: true,
  isAbsent: (names) => names.length === 0,
  script: (questions) => commandLine(['probe_cni_plugins', ...questions.map(({ subject }) => subject)]),
  read(stdout, questions) {
    const answers = stdout.toString('utf8').split(/^\.\n/m)
    if (answers.length !== questions.length + 1) throw new GarbledAnswer('the answer about plug-ins is incomplete')
    return questions.map((_, i) => (answers[i]?.match(/^ .*$/gm) ?? []).map((line) => line.slice(1)))
  },
}

/** Takes a directory and returns the probe for the names of the plug-ins in it. */
export const cniPluginNames = (directory: string): Probe<readonly string[]> => probe(pluginsKind, directory, null)

/** What a runtime makes of a directory of configurations. */
export interface CniVerdict {
  /** The file that counts. */
  readonly file: string
  /** The name of its network; empty where it has none. */
  readonly network: string
  /** The plug-ins that it needs, each once. */
  readonly plugins: readonly string[]
  /** Why pods get no network by it. */
  readonly faults: readonly string[]
  /** What is odd and does no harm. */
  readonly oddities: readonly string[]
}

type Json = Readonly<Record<string, unknown>>

/** Takes the files in order and the plug-ins at hand, and returns what counts; undefined where there is no file. */
export function lintCni(files: readonly CniFile[], plugins: readonly string[]): CniVerdict | undefined {
  const [first, ...others] = files
  if (!first) return undefined
  const parsed = others.map((file) => ({ file, json: parseObject(file.text) }))
  const json = parseObject(first.text)
  const base = { file: first.name, network: textOf(json?.['name']) }
  const oddities = parsed.flatMap(({ file, json: other }) =>
    other === undefined
      ? [`${file.name} is not a JSON object`]
      : base.network !== '' && other['name'] === base.network
        ? [`${file.name} names the network ${base.network} too, and has no effect: ${first.name} comes first`]
        : [`${file.name} has no effect: ${first.name} comes first`],
  )
  if (json === undefined)
    return { ...base, plugins: [], faults: [`${first.name} comes first and is not a JSON object`], oddities }
  const needed = [...new Set(typesIn(json))]
  const missing = needed.filter((name) => !plugins.includes(name))
  const isList = Array.isArray(json['plugins'])
  const faults = [
    ...(base.network === '' ? [`${first.name} has no name`] : []),
    ...(isList && !first.name.endsWith('.conflist')
      ? [`${first.name} is a list of plug-ins: its name must end with .conflist`]
      : []),
    ...(!isList && first.name.endsWith('.conflist') ? [`${first.name} is not a list of plug-ins`] : []),
    ...(needed.length === 0 ? [`${first.name} names no plug-in`] : []),
    ...(missing.length > 0
      ? [`${first.name} needs ${missing.join(', ')}, which ${missing.length > 1 ? 'are' : 'is'} not there`]
      : []),
  ]
  return {
    ...base,
    plugins: needed,
    faults,
    oddities: [...metaCniOddities(json).map((oddity) => `${first.name}: ${oddity}`), ...oddities],
  }
}

/** The plug-ins of a configuration: its own, those of a list, those that Meta CNI calls, and those for addresses. */
function typesIn(json: Json): readonly string[] {
  const ipam = asObject(json['ipam'])
  const below = ['plugins', 'delegates', 'pipelines'].flatMap((key) => (Array.isArray(json[key]) ? json[key] : []))
  return [
    ...(typeof json['type'] === 'string' ? [json['type']] : []),
    ...(typeof ipam?.['type'] === 'string' ? [ipam['type']] : []),
    ...[...below, json['conf']].flatMap((one) => {
      const object = asObject(one)
      return object ? typesIn(object) : []
    }),
  ]
}

const asObject = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function parseObject(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}
