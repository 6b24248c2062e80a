// installPackage: packages are installed, absent or at a certain version, with apt or dnf.
import {
  refuse,
  change,
  compareRpmVersions,
  defineTask,
  explainInstallFailure,
  factDiff,
  installPackages,
  ok,
  type PackageFact,
  PackageName,
  packageState,
  removePackages,
  Type,
  UNKNOWN,
  type Unknown,
  mayCreateAnything,
} from 'crane-play/task'

const LOCK_SECONDS = 120
const ANY = '*'

export default defineTask({
  name: 'installPackage',
  summary: 'Installs, upgrades or removes packages with apt or dnf.',
  shorthand: 'name',
  params: Type.Object({
    name: Type.Union([PackageName(), Type.Array(PackageName(), { minItems: 1 })], {
      description: 'One package, or a list that is installed in one transaction.',
    }),
    state: Type.Optional(
      Type.Union([Type.Literal('present'), Type.Literal('absent'), Type.Literal('latest')], {
        description: 'latest: also upgrade to the newest version in the package lists of the host.',
        default: 'present',
      }),
    ),
    version: Type.Optional(
      Type.String({
        description:
          'The version as the package manager writes it; one that is older than the installed one is installed too. * stands for any characters, and alone for any version.',
        pattern: '^[A-Za-z0-9*][A-Za-z0-9.+:~*_^-]*$',
        errorMessage: "must be a version such as '1.7.24-1', or '1.7.*'",
        examples: ['1.7.*'],
      }),
    ),
    refresh: Type.Optional(
      Type.Union([Type.Literal('if-needed'), Type.Literal('always'), Type.Literal('never')], {
        description:
          'When to fetch the package lists: only when a package is not found, before each installation, or never.',
        default: 'if-needed',
      }),
    ),
    allowRemovals: Type.Optional(
      Type.Boolean({
        description: 'Install even if other packages have to be removed. Check mode shows which.',
        default: false,
      }),
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
  check: ({ name, state = 'present', version }) => [
    ...(version !== undefined && state !== 'present'
      ? [{ path: '/version', message: `version cannot be combined with \`state: ${state}\`` }]
      : []),
    ...(version !== undefined && typeof name !== 'string' && name.length > 1
      ? [{ path: '/version', message: 'version needs a single package', hint: 'write one task for each package' }]
      : []),
  ],
  observe: ({ name, state }) =>
    Object.fromEntries(
      namesOf(name).map((one) => [
        one,
        packageState(one, { candidate: state === 'latest', removals: state !== 'absent' }),
      ]),
    ),
  decide({ params, observed }) {
    const { state = 'present', version } = params
    const due = Object.entries(observed).filter(([, fact]) => !fits(fact, state, version))
    if (due.length === 0) return ok({ note: Object.entries(observed).map(describe).join(', ') })
    const manager = due[0]?.[1].manager
    if (!manager) return refuse('the host has neither dpkg nor rpm', 'install the software with `run`')
    const removed = state === 'absent' ? [] : [...new Set(due.flatMap(([, fact]) => fact.removes))]
    if (removed.length > 0 && !params.allowRemovals) {
      return refuse(
        `installing ${due.map(([name]) => name).join(', ')} would remove ${removed.join(', ')}`,
        'add `allowRemovals: true` if they can go',
      )
    }
    const wantedVersion = (fact: PackageFact) =>
      state === 'latest'
        ? (fact.candidate ?? 'latest')
        : version === undefined || version === ANY
          ? 'installed'
          : version
    return change({
      note: `${state === 'absent' ? 'remove' : 'install'} ${due.map(([name]) => name).join(', ')}`,
      diffs: [
        ...due.map(([name, fact]) =>
          factDiff(name, fact.version ?? 'absent', state === 'absent' ? 'absent' : wantedVersion(fact)),
        ),
        ...removed.map((name) => factDiff(name, 'installed', 'absent')),
      ],
      after: Object.fromEntries<PackageFact | Unknown>(
        due.map(([name, fact]) => [name, state === 'absent' ? { ...fact, version: null } : UNKNOWN]),
      ),
      plan: { manager, names: due.map(([name]) => name) },
      ...(state !== 'absent' && { mayCreate: mayCreateAnything }),
    })
  },
  apply: ({
    params: { state = 'present', version, refresh = 'if-needed', lockTimeout = LOCK_SECONDS, allowRemovals },
    plan,
  }) => [
    state === 'absent'
      ? removePackages(plan.manager, plan.names, lockTimeout)
      : installPackages(plan.manager, plan.names, {
          version: version === ANY ? undefined : version,
          refresh,
          lockTimeout,
          upgrade: state === 'latest',
          allowRemovals,
        }),
  ],
  explain: ({ stderr }) => explainInstallFailure(stderr),
  deadlineSeconds: ({ lockTimeout = LOCK_SECONDS }) => 1200 + lockTimeout,
})

const namesOf = (name: string | string[]) => (typeof name === 'string' ? [name] : name)

const describe = ([name, fact]: [string, PackageFact]) =>
  fact.providedBy === null
    ? `${name} ${fact.version ?? 'absent'}`
    : `${name} provided by ${fact.providedBy} ${fact.version}`

function fits(fact: PackageFact, state: string, version: string | undefined): boolean {
  if (state === 'absent') return fact.version === null || fact.providedBy !== null
  if (fact.version === null) return false
  if (state === 'latest') return fact.providedBy !== null || !isNewer(fact)
  if (fact.providedBy !== null) return version === undefined || version === ANY
  return version === undefined || version === ANY || isVersion(fact, version)
}

/** rpm's release (`-1.el9`) and epoch may be left out, as dnf allows. */
function isVersion({ manager, version }: PackageFact, wanted: string): boolean {
  const pattern = wanted.split('*').map(escapeRegExp).join('.*')
  return new RegExp(manager === 'dnf' ? `^(\\d+:)?${pattern}(-[^-]+)?$` : `^${pattern}$`).test(version ?? '')
}

/** apt's candidate is never older than what is installed; dnf names the newest of the repositories. */
function isNewer({ manager, version, candidate }: PackageFact): boolean {
  if (candidate === null || version === null || candidate === version) return false
  return manager === 'apt' || compareRpmVersions(candidate, version) > 0
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
