// installMetaCni: the Crane Meta CNI plug-in is where the container runtime looks for it, in a build that fits its file.
import {
  acceptGeneration,
  BUILD_HINT,
  generationOf,
  metaCniSchema,
  SCHEMA_OF,
  schemaIn,
  wrongBuild,
} from 'crane-play/container'
import {
  AbsolutePath,
  attributesDiff,
  change,
  defineTask,
  differs,
  explainWriteFailure,
  factDiff,
  fileDigest,
  inode,
  needsDigest,
  offeredFile,
  ok,
  predictFile,
  refuse,
  refuseType,
  replaceFile,
  Sha256,
  Type,
  Url,
} from 'crane-play/task'

const BIN_DIR = '/opt/cni/bin'
/** Runtimes run plug-ins as root; others may look at them. */
const PROGRAM = { mode: '0755', owner: 'root', group: 'root' }

export default defineTask({
  name: 'installMetaCni',
  summary:
    'Installs the Crane Meta CNI plug-in where the container runtime looks for plug-ins, and refuses a build of another generation before it is in place.',
  params: Type.Object({
    src: Type.Optional(
      Type.String({
        description:
          'The program on the controller, such as build/tool/meta-cni: absolute, or relative to the file that contains this task.',
        minLength: 1,
      }),
    ),
    url: Type.Optional(Url('Where the host fetches the program; needs sha256.')),
    from: Type.Optional(
      AbsolutePath('The program on the host, where the package cranesched-frontend or somebody else put it.'),
    ),
    sha256: Type.Optional(Sha256('The SHA-256 that the program must have.')),
    generation: Type.Optional(
      Type.Union([Type.Literal('G3'), Type.Literal('G2'), Type.Literal('G1')], {
        description:
          'The generation that the program must be of: what writeCni is given. G1 is for builds before 24 March 2026, G2 before 29 April 2026.',
        default: 'G3',
      }),
    ),
    type: Type.Optional(
      Type.String({
        description: 'The file name, which the configuration repeats as its `type`.',
        pattern: '^[A-Za-z0-9._-]+$',
        errorMessage: 'must be a file name',
        default: 'crane-meta',
      }),
    ),
    binDir: Type.Optional({ ...AbsolutePath('Where the runtime looks for plug-ins.'), default: BIN_DIR }),
  }),
  check: ({ src, url, from, sha256 }) => [
    ...([src, url, from].filter((given) => given !== undefined).length === 1
      ? []
      : [{ path: '', message: 'needs exactly one of src, url and from' }]),
    ...needsDigest({ url, sha256 }),
  ],
  controllerFiles: ['src'],
  writes: (params) => [pathOf(params)],
  observe: (params) => ({
    file: fileDigest(pathOf(params)),
    build: metaCniSchema(pathOf(params)),
    directory: inode(params.binDir ?? BIN_DIR),
    ...(params.from !== undefined && { source: fileDigest(params.from), sourceBuild: metaCniSchema(params.from) }),
  }),
  decide({ params, observed: { file, build, directory, source, sourceBuild }, context }) {
    const { src, url, from = '', generation = 'G3' } = params
    const path = pathOf(params)
    const origin = src ?? url ?? from
    const wrongType = refuseType(path, file, 'file') ?? (source && refuseType(from, source, 'file'))
    if (wrongType) return wrongType
    if (source && source.type !== 'file')
      return refuse(`${from} does not exist`, 'install the package cranesched-frontend first, or name another file')
    if (source?.sha256 === null) return refuse(`permission denied: ${from}`, 'add `become: true`')
    const offered = offeredFile(source ? { url: `file://${from}`, sha256: source.sha256 } : params, context.files)
    if (offered.kind === 'refuse') return offered
    const { digest, content } = offered
    if (params.sha256 !== undefined && digest !== params.sha256)
      return refuse(`${origin} has the SHA-256 ${digest}`, 'check where it comes from, then correct `sha256`')
    const same = file.type === 'file' && file.sha256 === digest
    const schema = content instanceof Uint8Array ? schemaIn(content) : (sourceBuild ?? (same ? build : undefined))
    const wrong = schema && wrongBuild(origin, schema, generation)
    if (wrong) return refuse(wrong.cause, wrong.hint)
    const asked = { ...PROGRAM, ownerId: 0, groupId: 0 }
    if (same && differs(file, asked) === undefined) return ok({ note: `${path} is of generation ${generation}` })
    if (directory.type !== 'directory')
      return refuse(`the directory ${params.binDir ?? BIN_DIR} does not exist`, 'create it first with ensureDirectory')
    const attributes = file.type === 'file' ? attributesDiff(path, file, asked) : undefined
    const now = file.type === 'file' ? `sha256 ${file.sha256}, ${generationOf(build) ?? 'another program'}` : 'absent'
    return change({
      note: same ? `${differs(file, asked)} of ${path}` : `install ${path} from ${origin}`,
      diffs: [
        ...(same ? [] : [factDiff(path, now, `sha256 ${digest}, ${generation}`)]),
        ...(attributes ? [attributes] : []),
      ],
      after: {
        file: predictFile(file, content, context.predictedTime, asked),
        build: SCHEMA_OF[generation],
      },
      plan: { content, seen: file },
    })
  },
  apply: ({ params, plan: { content, seen } }) => [
    replaceFile({
      path: pathOf(params),
      content,
      seen,
      ...PROGRAM,
      validate: acceptGeneration(params.generation ?? 'G3'),
    }),
  ],
  explain(failed, params) {
    const { url = '', generation = 'G3' } = params
    if (failed.stderr.includes('the new content was not accepted by:'))
      return { cause: `${url} is not a build of Meta CNI of generation ${generation}`, hint: BUILD_HINT }
    return explainWriteFailure(failed, pathOf(params))
  },
  deadlineSeconds: 1800,
})

const pathOf = ({ binDir = BIN_DIR, type = 'crane-meta' }: { readonly binDir?: string; readonly type?: string }) =>
  `${binDir}/${type}`
