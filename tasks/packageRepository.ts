// packageRepository: a repository of apt or dnf is known to the host, with the key that signs it.
import {
  change,
  createDirectory,
  defineTask,
  explainRefreshFailure,
  explainWriteFailure,
  factDiff,
  fileDigest,
  type FileFact,
  ok,
  packageState,
  parentDirectory,
  predictFile,
  refreshRepository,
  refuse,
  removePath,
  replaceFile,
  repositoryPaths,
  Sha256,
  shownDigest,
  textDiff,
  textFile,
  Type,
  UNKNOWN,
  Url,
  wantedRepository,
  type WantedRepository,
} from 'crane-play/task'

const LOCK_SECONDS = 120
const Urls = Type.Union([Url('A URL.'), Type.Array(Url('A URL.'), { minItems: 1 })], { description: 'Where it is.' })
const Word = Type.String({ pattern: '^[^\\s\\x00-\\x1f]+$', errorMessage: 'must be a word without blanks' })

export default defineTask({
  name: 'packageRepository',
  summary:
    'Adds a package repository of apt or dnf with the key that must have signed it, and fetches its lists, or removes it.',
  params: Type.Object({
    name: Type.String({
      description: 'Its name, from which its files are named.',
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]*$',
      errorMessage: 'must be a name of letters, digits, - and _',
    }),
    state: Type.Optional(
      Type.Union([Type.Literal('present'), Type.Literal('absent')], {
        description: 'absent: its files are removed; packages from it stay.',
        default: 'present',
      }),
    ),
    apt: Type.Optional(
      Type.Object(
        {
          urls: Urls,
          suites: Type.Optional(
            Type.Array(Word, { description: 'Suites; one that ends with / has no components.', default: ['/'] }),
          ),
          components: Type.Optional(Type.Array(Word, { description: 'Components.', examples: [['main']] })),
          architectures: Type.Optional(Type.Array(Word, { description: 'Default: those of the host.' })),
        },
        { description: 'The repository for hosts with apt.' },
      ),
    ),
    dnf: Type.Optional(
      Type.Object(
        {
          urls: Urls,
          signedIndex: Type.Optional(
            Type.Boolean({
              description: 'Whether its index is signed too, and not only its packages.',
              default: false,
            }),
          ),
        },
        { description: 'The repository for hosts with dnf. $basearch and $releasever are replaced by dnf.' },
      ),
    ),
    key: Type.Optional(
      Type.String({
        description: 'The public key that signs it: a file on the controller, absolute or relative to this file.',
        minLength: 1,
      }),
    ),
    keyUrl: Type.Optional(Url('Where the host fetches the key, instead of `key`. Ends with .gpg where it is binary.')),
    keySha256: Type.Optional(Sha256('The SHA-256 of the key at `keyUrl`.')),
    trusted: Type.Optional(
      Type.Boolean({ description: 'Use it without a signature. Only where the way to it is trusted.', default: false }),
    ),
    lockTimeout: Type.Optional(
      Type.Integer({
        description: 'Seconds to wait while another package manager is running.',
        minimum: 0,
        maximum: 3600,
        default: LOCK_SECONDS,
      }),
    ),
  }),
  check({ state, apt, dnf, key, keyUrl, keySha256, trusted }) {
    if (state === 'absent') return []
    const keys = [key, keyUrl, trusted || undefined].filter((given) => given !== undefined).length
    const { suites = ['/'], components = [] } = apt ?? {}
    return [
      ...(apt || dnf ? [] : [{ path: '', message: 'needs apt, dnf or both' }]),
      ...(keys === 1
        ? []
        : [
            {
              path: '',
              message: 'needs exactly one of key, keyUrl and `trusted: true`',
              hint: "add the public key that the repository's owner publishes",
            },
          ]),
      ...((keyUrl === undefined) === (keySha256 === undefined)
        ? []
        : [{ path: '', message: 'needs both keyUrl and keySha256, or neither' }]),
      ...(suites.every((suite) => suite.endsWith('/') === (components.length === 0))
        ? []
        : [
            {
              path: '/apt/components',
              message: 'components belong to suites that do not end with /, which need at least one',
            },
          ]),
    ]
  },
  controllerFiles: ['key'],
  observe({ name }) {
    const paths = repositoryPaths(name)
    return {
      packages: packageState('ca-certificates'),
      source: textFile(paths.source),
      armored: fileDigest(paths.armored),
      binary: fileDigest(paths.binary),
      repository: textFile(paths.repository),
      key: fileDigest(paths.key),
    }
  },
  decide({ params, observed: { packages, ...files }, context }) {
    const { name, key: keyFile } = params
    const { manager } = packages
    if (params.state === 'absent') {
      const paths = repositoryPaths(name)
      const there = FACTS.filter((fact) => files[fact].type !== 'absent')
      if (there.length === 0) return ok({ note: `${name} absent` })
      return change({
        note: `remove the repository ${name}`,
        diffs: there.map((fact) => factDiff(paths[fact], 'a file', 'absent')),
        after: Object.fromEntries(there.map((fact) => [fact, { type: 'absent' as const }])),
        plan: { gone: there.map((fact) => paths[fact]) } as Plan,
      })
    }
    if (manager === null) return refuse('the host has neither dpkg nor rpm')
    if (!params[manager])
      return refuse(
        `no repository is given for ${manager}, which this host has`,
        `add \`${manager}:\`, or leave such hosts out with \`when\``,
      )
    const given = keyFile === undefined ? undefined : context.files.get(keyFile)
    if (keyFile !== undefined && given === undefined) return refuse(`${keyFile} cannot be read`)
    const { file, key } = wantedRepository(params, manager, given)
    const seen = files[file.fact]
    const before = seen.type === 'file' ? (seen.text ?? 'other bytes\n') : null
    const oldKey = key && files[key.fact]
    const keyDue = key !== undefined && !(oldKey?.type === 'file' && oldKey.sha256 === key.sha256)
    if (!keyDue && before === file.text) return ok({ note: file.path })
    return change({
      note: `add the repository ${name}`,
      diffs: [
        ...(keyDue ? [factDiff(key.path, shownDigest(oldKey), `sha256 ${key.sha256}`)] : []),
        ...(before === file.text ? [] : [textDiff(file.path, before, file.text)]),
      ],
      after: {
        [file.fact]: predictFile(seen, file.text, context.predictedTime),
        ...(keyDue && { [key.fact]: given && oldKey ? predictFile(oldKey, given, context.predictedTime) : UNKNOWN }),
      },
      plan: { add: { manager, file, seen, ...(keyDue && { key }) } } as Plan,
      mayCreate: { kinds: ['package'] },
    })
  },
  apply({ params: { lockTimeout = LOCK_SECONDS }, plan }) {
    if (plan.gone) return plan.gone.map((path) => removePath(path))
    const { manager, file, seen, key } = plan.add
    const name = file.path.slice(file.path.lastIndexOf('/') + 1)
    return [
      refreshRepository({ manager, file: name, text: file.text, key, lockTimeout }),
      ...(key ? [createDirectory({ path: parentDirectory(key.path) }), replaceFile({ ...key, mode: '0644' })] : []),
      replaceFile({ path: file.path, content: file.text, seen, mode: '0644' }),
    ]
  },
  explain: ({ label, stderr }, { name }) =>
    /^(apt-get update|dnf makecache) /.test(label) && !/^the download of /m.test(stderr)
      ? explainRefreshFailure(stderr)
      : explainWriteFailure({ stderr }, `the repository ${name}`),
  deadlineSeconds: ({ lockTimeout = LOCK_SECONDS }) => 600 + lockTimeout,
})

type Plan =
  | { readonly gone: readonly string[] }
  | {
      readonly gone?: undefined
      readonly add: WantedRepository & { readonly manager: 'apt' | 'dnf'; readonly seen: FileFact }
    }

const FACTS = ['source', 'armored', 'binary', 'repository', 'key'] as const
