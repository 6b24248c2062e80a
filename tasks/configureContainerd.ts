// configureContainerd: containerd’s configuration has everything that CraneSched needs, in one edit that containerd accepts.
import { configureContainerd, containerdTrial, explainTrial, IMAGE_PATTERN } from 'crane-play/container'
import {
  AbsolutePath,
  Backup,
  change,
  commandOutput,
  defineTask,
  explainWriteFailure,
  inode,
  ok,
  parentDirectory,
  predictFile,
  quoteShell,
  ReachableAddress,
  refuse,
  refuseType,
  replaceFile,
  textDiff,
  textFile,
  Type,
} from 'crane-play/task'

const PATH = '/etc/containerd/config.toml'
const DEFAULT = 'containerd config default'

/**
 * What is in force where the file does not say it: imports change it, and without `bin_dir` only the dump says which of
 * two keys this containerd has. A file without a version of its own is printed as containerd 2 migrates it.
 */
const dumpOf = (path: string) => {
  const file = quoteShell(path)
  const containerd = `exec containerd --config ${file} config`
  return `found=$(grep -Eos '^ *version *= *[2-9]|^ *imports *= *\\[ *[^] ]|bin_dir' ${file})
case $found in
  *version*) case $found in *imports*) ${containerd} dump ;; *bin_dir*) ;; *) ${containerd} dump ;; esac ;;
  *) [ ! -s ${file} ] || ${containerd} migrate ;;
esac`
}

const IMPORTS = /^ *imports *= *\[ *[^\] ]/m

export default defineTask({
  name: 'configureContainerd',
  summary:
    "Sets in containerd's configuration what CraneSched needs: CRI on, the cgroupfs driver, streams, CNI directories. Knows versions 2, 3 and 4 of the file, and has containerd 2 migrate version 1. containerd is tried with the new file before it is put in place.",
  params: Type.Object({
    path: Type.Optional({ ...AbsolutePath('The configuration file.'), default: PATH }),
    streamAddress: Type.Optional(
      ReachableAddress(
        "The node's own IP address in the cluster, at which other nodes reach the streams of its containers. deploy.yml takes node_address, else ansible_host.",
      ),
    ),
    streamPort: Type.Optional(
      Type.Integer({ description: 'The port of the streams.', minimum: 1, maximum: 65535, examples: [10350] }),
    ),
    streamTls: Type.Optional(Type.Boolean({ description: 'Whether the streams are encrypted.' })),
    streamCertificate: Type.Optional(
      Type.String({ description: 'The certificate file on the node. Empty with an empty key: containerd makes one.' }),
    ),
    streamKey: Type.Optional(Type.String({ description: 'The file of its key on the node.' })),
    cniBinDir: Type.Optional(AbsolutePath('Where containerd looks for network plug-ins.')),
    cniConfDir: Type.Optional(AbsolutePath('Where containerd looks for network configurations.')),
    cdi: Type.Optional(
      Type.Boolean({ description: 'Whether devices can be requested by CDI names. Default: that of containerd.' }),
    ),
    pauseImage: Type.Optional(
      Type.String({
        description:
          'The image of the container that holds a pod. Default: that of containerd, which each node must reach.',
        pattern: IMAGE_PATTERN,
        errorMessage: 'must be the name of an image',
        examples: ['registry.example.org/pause:3.10'],
      }),
    ),
    registryDirectory: Type.Optional(
      AbsolutePath('Where ensureRegistry writes: registries are configured by the files in there.'),
    ),
    defaultRuntime: Type.Optional(
      Type.Object(
        {
          name: Type.String({
            description: 'Its name.',
            pattern: '^[A-Za-z0-9_-]+$',
            errorMessage: 'must be a name of letters, digits, - and _',
            examples: ['nvidia'],
          }),
          binary: AbsolutePath('Its program, which calls runc.'),
        },
        {
          description:
            "The runtime of all pods: a vendor's that adds devices to containers by environment variables. CDI is the better way.",
        },
      ),
    ),
    backup: Backup,
  }),
  check: ({ streamCertificate = '', streamKey = '' }) =>
    (streamCertificate === '') === (streamKey === '')
      ? []
      : [{ path: '', message: 'needs both streamCertificate and streamKey, or neither' }],
  writes: ({ path = PATH }) => [path],
  observe: ({ path = PATH }) => ({
    file: textFile(path),
    parent: inode(parentDirectory(path)),
    initial: commandOutput(DEFAULT, { whileEmpty: path }),
    dump: commandOutput(dumpOf(path)),
  }),
  decide({ params, observed: { file, parent, initial, dump }, context }) {
    const { path = PATH } = params
    const wrong = refuseType(path, file, 'file')
    if (wrong) return wrong
    const before = file.type === 'file' ? file.text : ''
    if (before === null) return refuse(`${path} is not a readable text file`, 'check that it is UTF-8 and readable')
    if (before.trim() === '' && initial.status !== 0)
      return refuse(`\`${DEFAULT}\` exits with status ${initial.status}`, 'install containerd first')
    if (parent.type === 'absent')
      return refuse(`the directory ${parentDirectory(path)} does not exist`, 'create it first with ensureDirectory')
    const base = before.trim() === '' ? initial.stdout : before
    const read = configureContainerd(base, dump.stdout === '' ? undefined : dump.stdout, params)
    // The files that it imports would have to be migrated too.
    const migrates = !read.ok && read.migrates && dump.status === 0 && !IMPORTS.test(base)
    const configured = migrates ? configureContainerd(dump.stdout, undefined, params) : read
    if (!configured.ok) return refuse(`${path}: ${configured.cause}`, configured.hint, configured.lines)
    const { text, version } = configured
    const warnings = [
      ...configured.warnings,
      ...(migrates ? [`${path} is migrated to version ${version} by containerd, which keeps no comments`] : []),
    ]
    if (text === before) return ok({ note: `version ${version}`, warnings })
    return change({
      note: `set what CraneSched needs in ${path}`,
      diffs: [textDiff(path, file.type === 'file' ? before : null, text)],
      after: {
        file: predictFile(file, text, context.predictedTime),
        dump: { status: 0, stdout: '' },
      },
      plan: { text, seen: file, keep: migrates },
      warnings,
    })
  },
  apply: ({ params: { path = PATH, backup }, plan }) => [
    replaceFile({
      path,
      backup: backup || plan.keep,
      content: plan.text,
      seen: plan.seen,
      validate: containerdTrial,
    }),
  ],
  explain: (failed, { path = PATH }) => explainTrial(failed.stderr, path) ?? explainWriteFailure(failed, path),
})
