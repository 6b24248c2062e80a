// restartRuntime: a container runtime runs with its current configuration, and no running container is put at risk unasked.
import {
  AbsolutePath,
  change,
  defineTask,
  type DirectoryFact,
  directory,
  explainUnitFailure,
  factDiff,
  type FileFact,
  inode,
  isRunning,
  mayCreateFiles,
  ok,
  OUTDATED,
  type Probe,
  quoteShell,
  refuse,
  refuseUnit,
  restartDue,
  restartUnit,
  script,
  Type,
  type UnitFact,
  unit,
} from 'crane-play/task'

const PATIENCE = 3600

/** Where each runtime keeps an entry for each container that runs, that of the pod included. */
const CONTAINERS = {
  containerd: ['/run/containerd/io.containerd.runtime.v2.task/k8s.io'],
  crio: ['/run/runc', '/run/crun'],
} as const

/** Paths begin with a slash, so the others never meet them. */
type Questions = {
  readonly unit: Probe<UnitFact>
  readonly containers: Probe<DirectoryFact>
  readonly others?: Probe<DirectoryFact>
} & {
  readonly [path: `/${string}`]: Probe<FileFact>
}

const directoriesOf = ({
  name,
  containers,
}: {
  readonly name: keyof typeof CONTAINERS
  readonly containers?: string
}) => (containers === undefined ? CONTAINERS[name] : ([containers] as const))

const listed = (paths: readonly string[]) =>
  `$(ls -A ${paths.map(quoteShell).join(' ')} 2>/dev/null | grep -v '^/.*:$')`

export default defineTask({
  name: 'restartRuntime',
  summary:
    'Restarts a container runtime when its configuration changed after its start, and looks for running containers before: it refuses, waits for their end, or goes on.',
  params: Type.Object({
    name: Type.Union([Type.Literal('containerd'), Type.Literal('crio')], {
      description: 'The runtime, which is its unit.',
    }),
    files: Type.Optional(
      Type.Array(AbsolutePath('A file that it reads when it starts.'), {
        description: 'Files that the runtime reads when it starts.',
      }),
    ),
    jobs: Type.Optional(
      Type.Union([Type.Literal('refuse'), Type.Literal('wait'), Type.Literal('force')], {
        description:
          'What to do while containers run: fail, wait until they have ended, or restart all the same. Containers survive a restart, but CraneSched does not notice one that ends within its seconds, and attached streams break.',
        default: 'refuse',
      }),
    ),
    containers: Type.Optional(
      AbsolutePath('The directory with an entry for each running container. Default: that of the runtime with runc.'),
    ),
    patience: Type.Optional(
      Type.Integer({
        description: 'Seconds to wait for containers at most.',
        minimum: 1,
        maximum: 604_800,
        default: PATIENCE,
      }),
    ),
  }),
  dueByFacts: true,
  observe(params, { watched }): Questions {
    const [containers, others] = directoriesOf(params)
    return {
      ...Object.fromEntries([...(params.files ?? []), ...watched].map((path) => [path, inode(path)])),
      unit: unit(params.name),
      containers: directory(containers),
      ...(others !== undefined && { others: directory(others) }),
    }
  },
  decide({ params, observed, context }) {
    const { unit, containers, others, ...read } = observed
    const { name, jobs = 'refuse' } = params
    const wrong = refuseUnit(unit, name)
    if (wrong) return wrong
    const why = restartDue(unit, read, context.notified)
    if (why === undefined) return ok({ note: 'started after its files last changed' })
    const running = isRunning(unit)
    const entries = [containers, others].flatMap((one) => one?.entries ?? [])
    const count = running ? entries.length : 0
    const those = `${count} ${count === 1 ? 'container runs' : 'containers run'}, pods counted`
    if (count > 0 && jobs === 'refuse') {
      return refuse(
        `${name} has to be restarted (${why}), but ${those}`,
        'drain the node, or set `jobs` (in deploy.yml: -e running_jobs=…) to wait, or to force if the end of a container may be missed',
      )
    }
    return change({
      note: `restart ${name}.service${count === 0 ? '' : jobs === 'wait' ? ` when no container runs (${those})` : ` though ${those}`}: ${why}`,
      diffs: running ? [] : [factDiff(`${name}.service`, unit.active, 'active')],
      after: {
        unit: { ...unit, active: 'active', sub: 'running', startedAt: context.predictedTime, needsReload: false },
      },
      plan: { guard: running && jobs !== 'force', wait: running && jobs === 'wait', why },
      ...(!running && { mayCreate: mayCreateFiles }),
    })
  },
  apply({ params, plan }) {
    const { name, patience = PATIENCE } = params
    const running = listed(directoriesOf(params))
    return [
      ...(plan.wait
        ? [
            script(
              'wait until no container runs',
              `end=$(($(date +%s) + ${patience}))
until [ -z "${running}" ]; do
  [ "$(date +%s)" -lt "$end" ] || { echo "containers still run after ${patience} s: $(set -- ${running}; echo $#)" >&2; exit 1; }
  sleep 1
done`,
            ),
          ]
        : []),
      // One may have been started since it was looked at.
      ...(plan.guard
        ? [
            script('look for running containers', `[ -z "${running}" ] || exit ${OUTDATED}`, {
              outdatedStatus: OUTDATED,
            }),
          ]
        : []),
      { ...restartUnit(name), log: `restarted ${name}: ${plan.why}` },
    ]
  },
  explain: ({ stderr }) => {
    const still = /containers still run after \d+ s: \d+/.exec(stderr)
    if (still) return { cause: still[0], hint: 'drain the node first, or raise `patience`' }
    return explainUnitFailure(stderr)
  },
  deadlineSeconds: ({ jobs, patience = PATIENCE }) => 180 + (jobs === 'wait' ? patience : 0),
})
