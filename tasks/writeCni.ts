// writeCni: the Crane Meta CNI configuration, from typed parameters, where the container runtime reads it.
import {
  checkMetaCni,
  type CniFile,
  cniFiles,
  cniPlugins,
  metaCniParams,
  type MetaCniSchema,
  metaCniSchema,
  metaCniText,
  misreads,
  SANDBOX_SECONDS,
} from 'crane-play/container'
import {
  AbsolutePath,
  refuse,
  change,
  defineTask,
  explainWriteFailure,
  directory,
  type DirectoryFact,
  type FileFact,
  inode,
  ok,
  type Probe,
  predictFile,
  replaceFile,
  script,
  commandLine,
  textDiff,
  textFile,
  Type,
} from 'crane-play/task'

const DIRECTORY = '/etc/cni/net.d'
const BIN_DIRS = ['/opt/cni/bin']

type Questions = {
  readonly file: Probe<FileFact>
  readonly entries: Probe<DirectoryFact>
  /** For those who check the directory afterwards. */
  readonly files: Probe<readonly CniFile[]>
} & {
  readonly [plugin: `/${string}`]: Probe<FileFact>
} & { readonly [build: `build ${string}`]: Probe<MetaCniSchema> }

export default defineTask({
  name: 'writeCni',
  summary: 'Writes the Crane Meta CNI configuration where the container runtime reads it.',
  params: Type.Object({
    file: Type.Optional(
      Type.String({
        description: 'Its name in the directory. The runtime takes the first by name, and no other.',
        pattern: '^[A-Za-z0-9_-][A-Za-z0-9._-]*\\.(conf|json)$',
        errorMessage: 'must be a file name that ends with .conf or .json, such as 00-crane.conf',
        default: '00-crane.conf',
      }),
    ),
    directory: Type.Optional({ ...AbsolutePath('The directory that the runtime reads.'), default: DIRECTORY }),
    binDirs: Type.Optional(
      Type.Array(AbsolutePath('A directory of plug-ins.'), {
        description: 'Where the runtime looks for plug-ins; all that are named must be there.',
        minItems: 1,
        default: BIN_DIRS,
      }),
    ),
    ...metaCniParams,
  }),
  check: checkMetaCni,
  writes: ({ file = '00-crane.conf', directory = DIRECTORY }) => [`${directory}/${file}`],
  observe: (params): Questions => ({
    ...Object.fromEntries(
      cniPlugins(params).flatMap((plugin) =>
        dirsOf(params).map((dir) => [`${dir}/${plugin}`, inode(`${dir}/${plugin}`)]),
      ),
    ),
    ...Object.fromEntries(
      dirsOf(params).map((dir) => [`build ${dir}`, metaCniSchema(`${dir}/${params.type ?? 'crane-meta'}`)]),
    ),
    file: textFile(pathOf(params)),
    entries: directory(params.directory ?? DIRECTORY),
    files: cniFiles(params.directory ?? DIRECTORY),
  }),
  decide({ params, observed, context }) {
    const { file, entries, files, ...plugins } = observed
    const path = pathOf(params)
    const missing = cniPlugins(params).filter(
      (plugin) => !dirsOf(params).some((dir) => isExecutable(plugins[`/${dir.slice(1)}/${plugin}`])),
    )
    const there = missing.flatMap((plugin) => unusable(plugin, dirsOf(params), plugins))[0]
    if (there) return there
    if (missing.length) {
      return refuse(
        `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not in ${dirsOf(params).join(' or ')}`,
        missing.includes(params.type ?? 'crane-meta')
          ? 'install the package cranesched-frontend, or build the plug-in with `make tool`'
          : 'install the plug-ins there, or name the directory that the runtime uses with binDirs',
      )
    }
    // The runtime uses the first directory that has the plug-in.
    const used = dirsOf(params).find((dir) => observed[`build ${dir}`] !== 'absent')
    const build = used && observed[`build ${used}`]
    const wrong = build && misreads(`${used}/${params.type ?? 'crane-meta'}`, build, params)
    if (wrong) return refuse(wrong.cause, wrong.hint)
    const warnings = warningsOf(params, entries)
    const text = metaCniText(params)
    if (file.type === 'file' && file.text === text) return ok({ warnings })
    if (file.type !== 'file' && file.type !== 'absent') return refuse(`${path} is not a file: ${file.type}`)
    const name = path.slice(path.lastIndexOf('/') + 1)
    const others = (entries.entries ?? []).filter((entry) => entry.name !== name)
    const written = { name, size: Buffer.byteLength(text), changedAt: context.predictedTime }
    return change({
      note: `write ${path}`,
      diffs: [textDiff(path, file.type === 'file' ? (file.text ?? '') : null, text)],
      after: {
        file: predictFile(file, text, context.predictedTime),
        entries: { entries: [...others, written].sort(byName) },
        files: [...files.filter((one) => one.name !== name), { name, text }].sort(byName),
      },
      plan: { text },
      warnings,
    })
  },
  apply: ({ params, plan }) => [
    script(`make ${params.directory ?? DIRECTORY}`, commandLine(['mkdir', '-p', '--', params.directory ?? DIRECTORY])),
    replaceFile({ path: pathOf(params), content: plan.text }),
  ],
  explain: (failed, params) => explainWriteFailure(failed, pathOf(params)),
})

/** Something has the name of the plug-in and cannot be run. */
function unusable(plugin: string, dirs: readonly string[], observed: Readonly<Record<string, unknown>>) {
  return dirs.flatMap((dir) => {
    const path = `${dir}/${plugin}`
    const fact = observed[`/${dir.slice(1)}/${plugin}`] as FileFact | undefined
    if (fact?.type === 'dangling-link')
      return refuse(`${path} is a symbolic link to nothing`, 'install what it points to')
    if (fact?.type === 'file') return refuse(`${path} is not executable`, `run on the host: chmod +x ${path}`)
    return []
  })
}

interface Places {
  readonly file?: string
  readonly directory?: string
  readonly binDirs?: readonly string[]
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1)

const pathOf = ({ file = '00-crane.conf', directory = DIRECTORY }: Places) => `${directory}/${file}`

const dirsOf = ({ binDirs = BIN_DIRS }: Places) => binDirs.map((dir) => dir.replace(/(.)\/+$/, '$1'))

const isExecutable = (fact: FileFact | undefined) =>
  fact?.type === 'file' && (Number.parseInt(fact.mode, 8) & 0o111) !== 0

function warningsOf(params: Places & { readonly timeoutSeconds?: number }, { entries }: DirectoryFact): string[] {
  const name = params.file ?? '00-crane.conf'
  const earlier = (entries ?? []).find((entry) => entry.name < name && /\.(conf|conflist|json)$/.test(entry.name))
  const seconds = params.timeoutSeconds ?? 0
  return [
    ...(earlier ? [`${params.directory ?? DIRECTORY}/${earlier.name} comes first by name: ${name} has no effect`] : []),
    ...(seconds >= SANDBOX_SECONDS
      ? [`timeoutSeconds ${seconds} is never used up: CraneSched gives a pod ${SANDBOX_SECONDS} seconds in all`]
      : []),
  ]
}
