// configureCrio: one drop-in of CRI-O's configuration has all that CraneSched needs, and no other file overrules it.
import { crioDropIn, IMAGE_PATTERN, overruledCrio } from 'crane-play/container'
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
  UNKNOWN,
} from 'crane-play/task'

const PATH = '/etc/crio/crio.conf.d/10-crane.conf'

/** What is in force; where CRI-O refuses it, the line that says why, with status 1. */
const IN_FORCE = 'crio config 2>/dev/null || { [ $? = 127 ] && exit 127; crio config 2>&1 | grep level=fatal; exit 1; }'

/** A directory with the candidate in place of the file: CRI-O reads all of it, as it will. */
const validate = (path: string) => {
  const [directory, name] = [parentDirectory(path), path.slice(path.lastIndexOf('/') + 1)].map(quoteShell)
  return `d=$(mktemp -d) && { cp ${directory}/*.conf "$d" 2>/dev/null; cp %s "$d"/${name} && crio --config-dir "$d" config >/dev/null; s=$?; rm -rf "$d"; exit $s; }`
}

export default defineTask({
  name: 'configureCrio',
  summary:
    "Writes a drop-in of CRI-O's configuration with what CraneSched needs: the cgroupfs driver, pod events, streams, CNI directories.",
  params: Type.Object({
    path: Type.Optional({
      ...AbsolutePath('The drop-in. The task owns the whole file; later names in its directory have the last word.'),
      default: PATH,
    }),
    streamAddress: Type.Optional(
      ReachableAddress(
        "The node's own IP address in the cluster, at which other nodes reach the streams of its containers.",
      ),
    ),
    streamPort: Type.Optional(
      Type.Integer({ description: 'The port of the streams.', minimum: 1, maximum: 65535, examples: [10350] }),
    ),
    streamTls: Type.Optional(Type.Boolean({ description: 'Whether the streams are encrypted.' })),
    streamCertificate: Type.Optional(Type.String({ description: 'The certificate file on the node.' })),
    streamKey: Type.Optional(Type.String({ description: 'The file of its key on the node.' })),
    cniBinDir: Type.Optional(AbsolutePath('Where CRI-O looks for network plug-ins.')),
    cniConfDir: Type.Optional(AbsolutePath('Where CRI-O looks for network configurations.')),
    pauseImage: Type.Optional(
      Type.String({
        description: 'The image of the container that holds a pod. Default: that of CRI-O.',
        pattern: IMAGE_PATTERN,
        errorMessage: 'must be the name of an image',
        examples: ['registry.example.org/pause:3.10'],
      }),
    ),
    cdiSpecDirs: Type.Optional(
      Type.Array(AbsolutePath('A directory.'), {
        description: 'Where CRI-O looks for CDI specifications of devices. Default: /etc/cdi and /var/run/cdi.',
        minItems: 1,
      }),
    ),
    backup: Backup,
  }),
  check: ({ streamTls, streamCertificate = '', streamKey = '' }) =>
    (streamCertificate === '') !== (streamKey === '')
      ? [{ path: '', message: 'needs both streamCertificate and streamKey, or neither' }]
      : streamTls && streamCertificate === ''
        ? [
            {
              path: '/streamTls',
              message: 'needs streamCertificate and streamKey: CRI-O makes no certificate for itself',
              hint: 'give the files of the certificate and of its key, or set `streamTls: false`',
            },
          ]
        : [],
  writes: ({ path = PATH }) => [path],
  observe: ({ path = PATH }) => ({
    file: textFile(path),
    parent: inode(parentDirectory(path)),
    inForce: commandOutput(IN_FORCE),
  }),
  decide({ params, observed: { file, parent, inForce }, context }) {
    const { path = PATH } = params
    const wrong = refuseType(path, file, 'file')
    if (wrong) return wrong
    if (inForce.status === 127) return refuse('there is no `crio`', 'install CRI-O first')
    const text = crioDropIn(params)
    const before = file.type === 'file' ? file.text : null
    // A drop-in of its own that is broken is replaced.
    if (inForce.status !== 0 && (before === text || !inForce.stdout.includes(path)))
      return refuse(`\`crio config\` fails: ${reasonOf(inForce.stdout)}`, 'fix that file by hand first')
    if (before === text) {
      const overruled = overruledCrio(inForce.stdout, params)
      if (overruled === undefined) return ok()
      return refuse(
        `${overruled.key} is ${JSON.stringify(overruled.value)} in force, though ${path} has ${JSON.stringify(overruled.wanted)}: a file whose name comes later has the last word`,
        'remove the key from that file, or set `path` to a later name',
      )
    }
    if (parent.type === 'absent')
      return refuse(`the directory ${parentDirectory(path)} does not exist`, 'create it first with ensureDirectory')
    return change({
      note: `set what CraneSched needs in ${path}`,
      diffs: [textDiff(path, before, text)],
      after: { file: predictFile(file, text, context.predictedTime), inForce: UNKNOWN },
      plan: { text, seen: file },
    })
  },
  apply: ({ params: { path = PATH, backup }, plan }) => [
    replaceFile({ path, backup, content: plan.text, seen: plan.seen, validate: validate(path) }),
  ],
  explain: (failed, { path = PATH }) => explainWriteFailure(failed, path),
})

/** The message of a line of CRI-O's log. */
const reasonOf = (stdout: string) =>
  /msg="((?:[^"\\]|\\.)*)"/.exec(stdout)?.[1]?.replace(/\\"/g, '"') ?? 'no reason given'
