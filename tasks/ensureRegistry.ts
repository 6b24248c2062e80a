// ensureRegistry: a container runtime finds a registry by its mirrors, with its certificate authority and credentials.
import { type RegistryFile, registryFiles, registryPaths } from 'crane-play/container'
import {
  change,
  createDirectory,
  defineTask,
  explainWriteFailure,
  factDiff,
  type FileFact,
  ok,
  parentDirectory,
  predictFile,
  refuse,
  refuseType,
  removePath,
  replaceFile,
  sha256,
  textDiff,
  textFile,
  textOf,
  Type,
  type Unknown,
} from 'crane-play/task'

const HOST = '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$'
const User = Type.Optional(Type.String({ description: 'The user.', minLength: 1 }))
const Password = Type.Optional(
  Type.String({ description: 'The password. Declare the input it comes from as sensitive.', minLength: 1 }),
)

export default defineTask({
  name: 'ensureRegistry',
  summary:
    'Configures how a container runtime gets the images of a registry: mirrors, certificate authority, credentials. containerd reads it at the next pull, CRI-O when it starts.',
  params: Type.Object({
    registry: Type.String({
      description: 'The registry as images name it: its host, and its port if it is not 443.',
      pattern: HOST,
      errorMessage: 'must be a host such as docker.io or registry.example.org:5000',
      examples: ['docker.io'],
    }),
    state: Type.Optional(
      Type.Union([Type.Literal('present'), Type.Literal('absent')], {
        description: 'absent: its files are removed; credentials of other registries stay.',
        default: 'present',
      }),
    ),
    runtime: Type.Optional(
      Type.Union([Type.Literal('containerd'), Type.Literal('crio')], {
        description: 'The runtime. containerd looks there where configureContainerd has `registryDirectory`.',
        default: 'containerd',
      }),
    ),
    mirrors: Type.Optional(
      Type.Array(
        Type.Object({
          url: Type.String({
            description: 'The mirror: https://host:port, http:// where it has no certificate.',
            pattern: '^https?://[A-Za-z0-9][A-Za-z0-9.:/_-]*$',
            errorMessage: 'must be a URL such as https://mirror.example.org:5000',
          }),
          username: User,
          password: Password,
        }),
        { description: 'Where its images are looked for first, in this order.' },
      ),
    ),
    ca: Type.Optional(
      Type.String({
        description:
          'The CA of the registry and its mirrors: a PEM file on the controller. Default: those of the system.',
        minLength: 1,
      }),
    ),
    username: User,
    password: Password,
    plainHttp: Type.Optional(
      Type.Boolean({ description: 'Whether it has no certificate: images are fetched unencrypted.', default: false }),
    ),
  }),
  check: ({ username, password, mirrors = [], plainHttp, ca }) => [
    ...[{ username, password, at: '' }, ...mirrors.map((mirror, i) => ({ ...mirror, at: `/mirrors/${i}` }))].flatMap(
      ({ username, password, at }) =>
        (username === undefined) === (password === undefined)
          ? []
          : [{ path: at, message: 'needs both username and password, or neither' }],
    ),
    ...(plainHttp && (username !== undefined || ca !== undefined)
      ? [
          {
            path: '/plainHttp',
            message: 'plainHttp cannot be combined with username or ca: the password would be readable',
          },
        ]
      : []),
  ],
  controllerFiles: ['ca'],
  writes: (params) => pathsOf(params),
  observe: (params) => Object.fromEntries(pathsOf(params).map((path) => [path, textFile(path)])),
  decide({ params, observed, context }) {
    const { registry, ca } = params
    const paths = registryPaths(params)
    for (const [path, fact] of Object.entries(observed)) {
      const wrong = refuseType(path, fact, 'file')
      if (wrong) return wrong
    }
    if (params.state === 'absent') {
      const there = [paths.main, ...paths.cas].filter((path) => observed[path]?.type === 'file')
      if (there.length === 0) return ok({ note: `${registry} absent` })
      return change({
        note: `remove the settings of ${registry}`,
        diffs: there.map((path) => factDiff(path, 'a file', 'absent')),
        after: Object.fromEntries<FileFact | Unknown>(there.map((path) => [path, { type: 'absent' }])),
        plan: { gone: there, files: [] as Due[] },
      })
    }
    const authority = ca === undefined ? undefined : context.files.get(ca)
    if (ca !== undefined && authority === undefined) return refuse(`${ca} cannot be read`)
    if (authority && !Buffer.from(authority).includes('-----BEGIN CERTIFICATE-----'))
      return refuse(
        `${ca} holds no certificate`,
        'give a file in PEM form, which begins with -----BEGIN CERTIFICATE-----',
      )
    const known = paths.auth === undefined ? undefined : observed[paths.auth]
    const wanted = registryFiles(params, authority, (known?.type === 'file' && known.text) || '')
    if (!wanted) return refuse(`${paths.auth} is not a file of credentials`, 'fix it by hand first, or remove it')
    const due = wanted.filter((file) => !isThere(file, observed[file.path]))
    if (due.length === 0) return ok({ note: paths.main })
    return change({
      note: `write the settings of ${registry}`,
      diffs: due.map((file) => diffOf(file, observed[file.path])),
      after: Object.fromEntries<FileFact | Unknown>(
        due.map(({ path, content, mode }) => [
          path,
          predictFile(observed[path] ?? { type: 'absent' }, content, context.predictedTime, { mode }),
        ]),
      ),
      plan: { gone: [] as string[], files: due.map((file): Due => ({ ...file, seen: observed[file.path] })) },
    })
  },
  apply: ({ plan }) => [
    ...plan.gone.map((path) => removePath(path)),
    ...[...new Set(plan.files.map(({ path }) => parentDirectory(path)))].map((path) => createDirectory({ path })),
    ...plan.files.map((file) => replaceFile(file)),
  ],
  explain: (failed, { registry }) => explainWriteFailure(failed, `the settings of ${registry}`),
})

type Due = RegistryFile & { readonly seen: FileFact | undefined }

const pathsOf = (params: Parameters<typeof registryPaths>[0]): readonly string[] => {
  const { main, cas, auth, dropIn } = registryPaths(params)
  return [...new Set([main, ...cas, ...(auth === undefined ? [] : [auth, dropIn])])]
}

const isThere = ({ content, mode }: RegistryFile, fact: FileFact | undefined) =>
  fact?.type === 'file' && fact.sha256 === sha256(content) && (mode === '0644' || fact.mode === mode)

/** Credentials are not shown, though they are only encoded and not as they were given. */
function diffOf({ path, content }: RegistryFile, fact: FileFact | undefined) {
  const hide = (text: string) => text.replace(/(authorization = "Basic |"auth": ")[^"]*/g, '$1***')
  const before = fact?.type === 'file' ? hide(fact.text ?? 'other bytes\n') : null
  const after = hide(textOf(content) ?? '')
  return before === after ? factDiff(path, 'other credentials or mode', 'as given') : textDiff(path, before, after)
}
