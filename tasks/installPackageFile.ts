// installPackageFile: the package in a .deb or .rpm file is installed, from the controller or from a URL.
import {
  change,
  createDirectory,
  defineTask,
  explainInstallFailure,
  explainPackageFile,
  explainWriteFailure,
  factDiff,
  fileDigest,
  type FileToWrite,
  installPackageFile,
  mayCreateAnything,
  needsDigest,
  offeredFile,
  shownDigest,
  ok,
  packageFile,
  predictFile,
  refuse,
  refuseType,
  replaceFile,
  Sha256,
  Type,
  UNKNOWN,
  Url,
} from 'crane-play/task'

/** Files stay there: they say which version is wanted, and apt and dnf read them by their names. */
const DIRECTORY = '/var/cache/crane-play'
const LOCK_SECONDS = 120

export default defineTask({
  name: 'installPackageFile',
  summary: 'Installs the package in a .deb or .rpm file, with what it depends on, and upgrades an older version.',
  params: Type.Object({
    src: Type.Optional(
      Type.String({
        description: 'The file on the controller: absolute, or relative to the file that contains this task.',
        pattern: '^[^\\x00-\\x1f]*[A-Za-z0-9_.+~:-]\\.(deb|rpm)$',
        errorMessage: 'must be the path of a .deb or .rpm file',
        examples: ['packages/cranesched-frontend_1.1.2_amd64.deb'],
      }),
    ),
    url: Type.Optional({ ...Url('Where the host fetches the file; needs sha256. It ends with .deb or .rpm.') }),
    sha256: Type.Optional(Sha256('The SHA-256 that the file must have.')),
    allowRemovals: Type.Optional(
      Type.Boolean({
        description:
          'Install even if other packages have to be removed. Check mode shows which once the file is on the host.',
        default: false,
      }),
    ),
    allowDowngrade: Type.Optional(
      Type.Boolean({ description: 'Replace a newer version that is installed.', default: false }),
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
  check: ({ src, url, sha256 }) => [
    ...((src === undefined) === (url === undefined) ? [{ path: '', message: 'needs either src or url' }] : []),
    ...needsDigest({ url, sha256 }),
    ...(url !== undefined && !/[A-Za-z0-9_.+~:-]\.(deb|rpm)$/.test(url)
      ? [{ path: '/url', message: 'must end with the name of a .deb or .rpm file' }]
      : []),
  ],
  controllerFiles: ['src'],
  observe: (params) => ({ file: fileDigest(pathOf(params)), package: packageFile(pathOf(params)) }),
  decide({ params, observed, context }) {
    const { allowRemovals = false } = params
    const { file, package: found } = observed
    const path = pathOf(params)
    const name = path.slice(DIRECTORY.length + 1)
    const { manager } = found
    if (!manager) return refuse('the host has neither dpkg nor rpm', 'install the software with `run`')
    if (path.endsWith('.deb') !== (manager === 'apt'))
      return refuse(
        `the host has ${manager}, and ${name} is not a package for it`,
        'name the file of each kind of hosts with `when`',
      )
    const wrong = refuseType(path, file, 'file')
    if (wrong) return wrong
    const offered = offeredFile(params, context.files)
    if (offered.kind === 'refuse') return offered
    const { digest, content } = offered
    if (file.type !== 'file' || file.sha256 !== digest) {
      return change({
        note: `install ${name}`,
        diffs: [factDiff(path, shownDigest(file), `sha256 ${digest}`)],
        after: { file: predictFile(file, content, context.predictedTime, ATTRIBUTES), package: UNKNOWN },
        plan: planOf(manager, { path, content, seen: file, ...ATTRIBUTES }),
        mayCreate: mayCreateAnything,
      })
    }
    if (found.name === null) return refuse(`${manager} cannot read ${path}`, 'check what was built or downloaded')
    if (found.installed === found.version) return ok({ note: `${found.name} ${found.version}` })
    if (found.outdated && !params.allowDowngrade)
      return refuse(
        `${found.name} ${found.installed} is installed, which is newer than ${found.version} of ${name}`,
        'add `allowDowngrade: true` if it can go back',
      )
    if (found.removes.length > 0 && !allowRemovals)
      return refuse(
        `installing ${name} would remove ${found.removes.join(', ')}`,
        'add `allowRemovals: true` if they can go',
      )
    return change({
      note: `install ${found.name} ${found.version}`,
      diffs: [
        factDiff(found.name, found.installed ?? 'absent', found.version ?? ''),
        ...found.removes.map((removed) => factDiff(removed, 'installed', 'absent')),
      ],
      after: { package: { ...found, installed: found.version, outdated: false, removes: [] } },
      plan: planOf(manager),
      mayCreate: mayCreateAnything,
    })
  },
  apply: ({ params, plan: { manager, write } }) => [
    ...write.flatMap((file) => [
      createDirectory({ path: DIRECTORY, mode: '0755', owner: 'root', group: 'root' }),
      replaceFile(file),
    ]),
    ...installPackageFile({
      manager,
      path: pathOf(params),
      allowRemovals: params.allowRemovals ?? false,
      allowDowngrade: params.allowDowngrade ?? false,
      lockTimeout: params.lockTimeout ?? LOCK_SECONDS,
    }),
  ],
  explain: ({ stderr }, params) =>
    explainPackageFile(stderr) ?? explainWriteFailure({ stderr }, pathOf(params)) ?? explainInstallFailure(stderr),
  deadlineSeconds: ({ lockTimeout = LOCK_SECONDS }) => 1800 + lockTimeout,
})

const ATTRIBUTES = { mode: '0644', owner: 'root', group: 'root' }

/** A file that the host has already is not written again. */
const planOf = (manager: 'apt' | 'dnf', ...write: readonly FileToWrite[]) => ({ manager, write })

const pathOf = ({ src = '', url = src }: { readonly src?: string; readonly url?: string }) =>
  `${DIRECTORY}/${url.slice(url.lastIndexOf('/') + 1)}`
