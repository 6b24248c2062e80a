// lintCni: which network configuration the runtime takes, and whether pods get a network by it.
import { cniFiles, cniPluginNames, lintCni } from 'crane-play/container'
import { AbsolutePath, defineTask, ok, type Probe, refuse, Type } from 'crane-play/task'

const DIRECTORY = '/etc/cni/net.d'
const BIN_DIRS = ['/opt/cni/bin']

type Questions = {
  readonly files: ReturnType<typeof cniFiles>
} & { readonly [directory: `/${string}`]: Probe<readonly string[]> }

export default defineTask({
  name: 'lintCni',
  summary:
    'Checks the whole directory of network configurations: which file counts, whether it is JSON, whether its plug-ins are there. Changes nothing.',
  params: Type.Object({
    directory: Type.Optional({ ...AbsolutePath('The directory that the runtime reads.'), default: DIRECTORY }),
    binDirs: Type.Optional(
      Type.Array(AbsolutePath('A directory of plug-ins.'), {
        description: 'Where the runtime looks for plug-ins.',
        minItems: 1,
        default: BIN_DIRS,
      }),
    ),
    file: Type.Optional(
      Type.String({ description: 'The file that should count. Default: whichever comes first by name.', minLength: 1 }),
    ),
  }),
  result: Type.Object({
    file: Type.String({ description: 'The file that counts.' }),
    network: Type.String({ description: 'The name of its network.' }),
    plugins: Type.Array(Type.String(), { description: 'The plug-ins that it needs.' }),
  }),
  observe: ({ directory = DIRECTORY, binDirs = BIN_DIRS }): Questions => ({
    ...Object.fromEntries(binDirs.map((path) => [path, cniPluginNames(path)])),
    files: cniFiles(directory),
  }),
  decide({ params: { directory = DIRECTORY, binDirs = BIN_DIRS, file }, observed }) {
    const { files, ...plugins } = observed
    const verdict = lintCni(
      files,
      binDirs.flatMap((path) => plugins[path as `/${string}`] ?? []),
    )
    if (!verdict) return refuse(`${directory} has no network configuration`, 'write one, with writeCni for CraneSched')
    if (file !== undefined && verdict.file !== file)
      return refuse(
        `${directory}/${verdict.file} comes first by name: ${file} ${files.some(({ name }) => name === file) ? 'has no effect' : 'is not there'}`,
        `remove ${verdict.file}, or give the other a name that comes before it`,
      )
    if (verdict.faults.length > 0)
      return refuse(
        `pods get no network: ${verdict.faults.join('; ')}`,
        `fix ${directory}/${verdict.file}, or install the plug-ins in ${binDirs.join(' or ')}`,
      )
    const { network, plugins: needed } = verdict
    return ok({
      note: `${verdict.file}: ${needed.join(', ')}`,
      warnings: verdict.oddities.map((oddity) => `${directory}: ${oddity}`),
      data: { file: verdict.file, network, plugins: [...needed] },
    })
  },
})
