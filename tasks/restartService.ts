// restartService: a systemd unit runs with its files as they are now.
import {
  AbsolutePath,
  refuse,
  change,
  defineTask,
  explainUnitFailure,
  factDiff,
  type FileFact,
  inode,
  ok,
  type Probe,
  restartUnit,
  SETTLE_SECONDS,
  Type,
  type UnitFact,
  UnitName,
  unit,
  unitName,
  mayCreateFiles,
} from 'crane-play/task'

/** Paths begin with a slash, so they and `unit` never meet. */
type Questions = { readonly unit: Probe<UnitFact> } & { readonly [path: `/${string}`]: Probe<FileFact> }

/**
 * Whether a restart is due is read from the host: the unit is older than one of its files. So a restart that was due
 * when a run was killed is still due in the next run, and a second run finds nothing to do.
 */
export default defineTask({
  name: 'restartService',
  summary: 'Restarts a systemd unit when one of its files is newer than it, when it was notified, or when it is down.',
  shorthand: 'name',
  params: Type.Object({
    name: UnitName(),
    files: Type.Optional(
      Type.Array(AbsolutePath('A file that the unit reads when it starts.'), {
        description: 'Files that the unit reads when it starts. A handler adds those its notifying tasks write.',
      }),
    ),
    settle: Type.Optional(
      Type.Number({
        description: 'Seconds for which the unit must stay up after the restart.',
        minimum: 0,
        maximum: 300,
        default: SETTLE_SECONDS,
      }),
    ),
  }),
  result: Type.Object({
    startedAt: Type.String({ description: 'When its main process was started, such as 2026-08-01T12:34:56.789Z.' }),
  }),
  dueByFacts: true,
  observe: ({ name, files = [] }, { watched }): Questions => ({
    ...Object.fromEntries([...files, ...watched].map((path) => [path, inode(path)])),
    unit: unit(name),
  }),
  decide({ params, observed, context }) {
    const { unit, ...read } = observed
    const name = unitName(params.name)
    if (unit.load === 'not-found') return refuse(`there is no unit ${name}`, 'is the package that brings it installed?')
    if (unit.load === 'masked') {
      return refuse(`${name} is masked, so nothing can start it`, `on the host: systemctl unmask ${name}`)
    }
    const running = unit.active === 'active' || unit.active === 'reloading'
    const newer = Object.entries(read).filter(([, file]) => isNewer(file, unit))
    const why = !running
      ? `it is ${unit.active}`
      : newer.length
        ? `${newer.map(([path]) => path).join(', ')} changed after its start`
        : unit.needsReload
          ? 'its unit file changed after its start'
          : context.notified
            ? 'it was notified'
            : undefined
    if (why === undefined)
      return ok({ note: 'started after its files last changed', data: { startedAt: timeText(unit.startedAt) } })
    return change({
      note: `restart ${name}: ${why}`,
      diffs: running ? [] : [factDiff(name, unit.active, 'active')],
      after: {
        unit: { ...unit, active: 'active', sub: 'running', startedAt: context.predictedTime, needsReload: false },
      },
      plan: {},
      data: { startedAt: timeText(context.predictedTime) },
      ...(!running && { mayCreate: mayCreateFiles }),
    })
  },
  apply: ({ params }) => [restartUnit(params.name, params.settle)],
  explain: ({ stderr }) => explainUnitFailure(stderr),
  deadlineSeconds: ({ settle = SETTLE_SECONDS }) => 180 + settle,
})

const isNewer = (file: FileFact | undefined, { startedAt }: UnitFact): boolean =>
  startedAt !== null && file !== undefined && 'changedAt' in file && file.changedAt > startedAt

/** Of microseconds since the epoch; empty where nothing keeps running. */
const timeText = (time: number | null): string => (time === null ? '' : new Date(time / 1000).toISOString())
