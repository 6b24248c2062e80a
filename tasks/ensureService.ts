// ensureService: a systemd unit is enabled or disabled, and running or stopped.
import {
  refuse,
  change,
  command,
  defineTask,
  explainUnitFailure,
  factDiff,
  ok,
  startUnit,
  Type,
  UnitName,
  unit,
  unitName,
  mayCreateFiles,
} from 'crane-play/task'

/** systemd's states of units that cannot be enabled and need not be. */
const ENABLED_BY_OTHERS = ['static', 'indirect', 'generated', 'transient', 'alias']

export default defineTask({
  name: 'ensureService',
  summary: 'Enables or disables a systemd unit, and starts or stops it.',
  params: Type.Object({
    name: UnitName(),
    enabled: Type.Optional(Type.Boolean({ description: 'Whether it starts at boot. Default: unchanged.' })),
    running: Type.Optional(Type.Boolean({ description: 'Whether it runs now. Default: unchanged.' })),
  }),
  check: ({ enabled, running }) =>
    enabled === undefined && running === undefined
      ? [
          {
            path: '',
            message: 'needs enabled, running or both',
            hint: 'add `running: true` or `enabled: true`',
          },
        ]
      : [],
  observe: ({ name }) => ({ unit: unit(name) }),
  decide({ params, observed: { unit }, context }) {
    const name = unitName(params.name)
    const wanted = params.enabled || params.running
    if (unit.load === 'not-found') {
      if (!wanted) return ok({ note: `${name} does not exist` })
      return refuse(`the unit ${name} does not exist`, 'install the package that contains it')
    }
    if (wanted && (unit.load === 'masked' || unit.file.startsWith('masked'))) {
      return refuse(`${name} is masked and cannot be started`, `run on the host: systemctl unmask ${name}`)
    }
    if (unit.load !== 'loaded' && unit.load !== 'masked') {
      return refuse(`systemd cannot load ${name}: ${unit.load}`, `run on the host: systemctl status ${name}`)
    }
    const enabled = unit.file === 'enabled'
    const running = unit.active === 'active' || unit.active === 'reloading'
    const stopped = unit.active === 'inactive' || unit.active === 'failed'
    const enable = params.enabled === true && !enabled && !ENABLED_BY_OTHERS.includes(unit.file)
    const disable = params.enabled === false && enabled
    const start = params.running === true && !running
    const stop = params.running === false && !stopped
    const plan = [
      ...(enable ? (['enable'] as const) : disable ? (['disable'] as const) : []),
      ...(start ? (['start'] as const) : stop ? (['stop'] as const) : []),
    ]
    if (plan.length === 0) return ok({ note: `${unit.active}, ${unit.file || 'no unit file'}` })
    return change({
      note: `${plan.join(' and ')} ${name}`,
      diffs: [
        ...(enable || disable ? [factDiff(`${name} at boot`, unit.file, enable ? 'enabled' : 'disabled')] : []),
        ...(start || stop ? [factDiff(name, unit.active, start ? 'active' : 'inactive')] : []),
      ],
      after: {
        unit: {
          ...unit,
          ...((enable || disable) && { file: enable ? 'enabled' : 'disabled' }),
          ...(start && { active: 'active', sub: 'running', startedAt: context.predictedTime, needsReload: false }),
          ...(stop && { active: 'inactive', sub: 'dead', startedAt: null }),
        },
      },
      plan,
      ...(start && { mayCreate: mayCreateFiles }),
    })
  },
  apply: ({ params, plan }) =>
    plan.map((verb) => (verb === 'start' ? startUnit(params.name) : command('systemctl', verb, unitName(params.name)))),
  explain: ({ stderr }) => explainUnitFailure(stderr),
  deadlineSeconds: 180,
})
