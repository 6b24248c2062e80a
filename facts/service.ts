// facts.service: the state of a unit.
import { defineFact, Type, unit, UnitName } from 'crane-play/task'

/** Of ActiveState; what else systemd and others call running or ended is never there. */
const STATES = ['active', 'inactive', 'failed', 'activating', 'deactivating', 'reloading']

export default defineFact({
  name: 'service',
  summary:
    'A unit of systemd (`.service` may be left out): whether it exists, runs, and starts at boot. The same probe as of the tasks for services.',
  key: 'the name of a unit',
  keyType: UnitName(),
  type: Type.Object({
    exists: Type.Boolean(),
    active: Type.String({ pattern: '^(?!(running|started|exited|stopped|dead)$)', examples: STATES }),
    enabled: Type.Boolean(),
    state: Type.String(),
  }),
  probe: unit,
  read: ({ load, active, file }) => ({
    exists: load !== 'not-found',
    active,
    enabled: file === 'enabled',
    state: file,
  }),
})
