// restartService: a systemd unit runs with its current configuration files.
import {
  AbsolutePath,
  change,
  defineTask,
  explainUnitFailure,
  factDiff,
  type FileFact,
  inode,
  isRunning,
  ok,
  type Probe,
  refuseUnit,
  restartDue,
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
 * A restart is due when the unit started before one of its files changed. So a restart that was due when a run was
 * killed is still due in the next run, and a second run has nothing to do.
 */
export default defineTask({
  name: 'restartService',
  summary:
    'Restarts a systemd unit when one of its files changed after its start, when it was notified, or when it is down.',
  shorthand: 'name',
  params: Type.Object({
    name: UnitName(),
    files: Type.Optional(
      Type.Array(AbsolutePath('A file that the unit reads when it starts.'), {
        description:
          'Files that the unit reads when it starts. A handler adds the files written by the tasks that notify it.',
      }),
    ),
    settle: Type.Optional(
      Type.Number({
        description: 'Seconds for which the unit must stay active after the restart.',
        minimum: 0,
        maximum: 300,
        default: SETTLE_SECONDS,
      }),
    ),
  }),
  result: Type.Object({
    startedAt: Type.String({ description: 'When it was started, such as 2026-08-01T12:34:56.789Z.' }),
  }),
  dueByFacts: true,
  observe: ({ name, files = [] }, { watched }): Questions => ({
    ...Object.fromEntries([...files, ...watched].map((path) => [path, inode(path)])),
    unit: unit(name),
  }),
  decide({ params, observed, context }) {
    const { unit, ...read } = observed
    const name = unitName(params.name)
    const wrong = refuseUnit(unit, params.name)
    if (wrong) return wrong
    const running = isRunning(unit)
    const why = restartDue(unit, read, context.notified)
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

/** From microseconds since the epoch; empty when it is not running. */
const timeText = (time: number | null): string => (time === null ? '' : new Date(time / 1000).toISOString())
