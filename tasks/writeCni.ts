// writeCni: the Crane Meta CNI configuration, from typed parameters, where the container runtime reads it.
import {
  AbsolutePath,
  blocked,
  change,
  checkMetaCni,
  cniPlugins,
  defineTask,
  explainWriteFailure,
  Delegate,
  directory,
  type DirectoryFact,
  type FileFact,
  inode,
  metaCniText,
  ok,
  Pipeline,
  type Probe,
  predictFile,
  replaceFile,
  RuntimeOverride,
  script,
  commandLine,
  textDiff,
  textFile,
  Type,
} from 'crane-play/task'

const DIRECTORY = '/etc/cni/net.d'
const BIN_DIRS = ['/opt/cni/bin']
/** Seconds that CraneSched gives the runtime for a pod's sandbox, network included. */
const SANDBOX_SECONDS = 5

type Questions = { readonly file: Probe<FileFact>; readonly entries: Probe<DirectoryFact> } & {
  readonly [plugin: `/${string}`]: Probe<FileFact>
}

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
    generation: Type.Optional(
      Type.Union([Type.Literal('G3'), Type.Literal('G1')], {
        description: 'The schema: G3 for Meta CNI with pipelines, G1 for builds before 24 March 2026.',
        default: 'G3',
      }),
    ),
    name: Type.Optional(Type.String({ description: "The network's name.", minLength: 1, default: 'crane-meta' })),
    type: Type.Optional(
      Type.String({
        description: 'The file name under which the Meta CNI plug-in is installed.',
        pattern: '^[A-Za-z0-9._-]+$',
        default: 'crane-meta',
      }),
    ),
    cniVersion: Type.Optional(
      Type.String({
        description: 'The version of the CNI specification.',
        pattern: '^\\d+\\.\\d+\\.\\d+$',
        default: '1.0.0',
      }),
    ),
    logLevel: Type.Optional(
      Type.Union([Type.Literal('trace'), Type.Literal('debug'), Type.Literal('info')], {
        description: 'How much the plug-in logs.',
        default: 'info',
      }),
    ),
    timeoutSeconds: Type.Optional(
      Type.Integer({
        description: 'For all pipelines together; 0: none. CraneSched itself gives up after 5 seconds.',
        minimum: 0,
        default: 4,
      }),
    ),
    capabilities: Type.Optional(
      Type.Record(Type.String(), Type.Boolean(), {
        description: 'What the runtime tells the plug-ins. Left out: what the delegates need.',
      }),
    ),
    runtimeOverride: Type.Optional(RuntimeOverride),
    delegates: Type.Optional(
      Type.Array(Delegate, {
        description: 'The plug-ins in turn for the one interface eth0, each given the result of the one before.',
        minItems: 1,
      }),
    ),
    pipelines: Type.Optional(
      Type.Array(Pipeline, { description: 'In place of delegates, for several interfaces (G3).', minItems: 1 }),
    ),
    resultMode: Type.Optional(
      Type.Union([Type.Literal('none'), Type.Literal('chained'), Type.Literal('merged')], {
        description: 'How results of delegates are joined (G1).',
        default: 'chained',
      }),
    ),
  }),
  check(params) {
    const { generation = 'G3', delegates, pipelines, resultMode } = params
    const wrong = (path: string, message: string, hint?: string) => ({ path, message, ...(hint && { hint }) })
    return [
      ...((delegates === undefined) === (pipelines === undefined)
        ? [wrong('', 'needs one of delegates and pipelines, and only one')]
        : []),
      ...(generation === 'G1' && pipelines
        ? [wrong('/pipelines', 'generation G1 knows no pipelines', 'use delegates')]
        : []),
      ...(generation === 'G3' && resultMode
        ? [wrong('/resultMode', 'generation G3 knows no resultMode', 'drop it: results are always chained')]
        : []),
      ...checkMetaCni(params),
    ]
  },
  writes: ({ file = '00-crane.conf', directory = DIRECTORY }) => [`${directory}/${file}`],
  observe: (params): Questions => ({
    ...Object.fromEntries(
      cniPlugins(params).flatMap((plugin) =>
        dirsOf(params).map((dir) => [`${dir}/${plugin}`, inode(`${dir}/${plugin}`)]),
      ),
    ),
    file: textFile(pathOf(params)),
    entries: directory(params.directory ?? DIRECTORY),
  }),
  decide({ params, observed, context }) {
    const { file, entries, ...plugins } = observed
    const path = pathOf(params)
    const missing = cniPlugins(params).filter(
      (plugin) => !dirsOf(params).some((dir) => isExecutable(plugins[`/${dir.slice(1)}/${plugin}`])),
    )
    if (missing.length) {
      return blocked(
        `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not in ${dirsOf(params).join(' or ')}`,
        missing.includes(params.type ?? 'crane-meta')
          ? 'the Meta CNI plug-in comes with the cranesched-frontend package, or from `make tool`'
          : 'install the plug-ins there, or name the directory that the runtime uses with binDirs',
      )
    }
    const warnings = warningsOf(params, entries)
    const text = metaCniText(params)
    if (file.type === 'file' && file.text === text) return ok({ warnings })
    if (file.type !== 'file' && file.type !== 'absent') return blocked(`${path} is no file but: ${file.type}`)
    const name = path.slice(path.lastIndexOf('/') + 1)
    const others = (entries.entries ?? []).filter((entry) => entry.name !== name)
    const written = { name, size: Buffer.byteLength(text), changedAt: context.soon }
    return change({
      note: `write ${path}`,
      diffs: [textDiff(path, file.type === 'file' ? (file.text ?? '') : null, text)],
      after: {
        file: predictFile(file, text, context.soon),
        entries: { entries: [...others, written].sort((a, b) => (a.name < b.name ? -1 : 1)) },
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

interface Places {
  readonly file?: string
  readonly directory?: string
  readonly binDirs?: readonly string[]
}

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
