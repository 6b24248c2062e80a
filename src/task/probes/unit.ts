// The state of systemd units: loaded, enabled, running, and since when.
import { commandLine } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'
import { readTimestamp } from './timestamp.ts'

/** The state of a systemd unit. */
export interface UnitFact {
  /** systemd's LoadState: `loaded`, `not-found`, `masked`, `error`, `bad-setting`. */
  readonly load: string
  /** systemd's ActiveState: `active`, `inactive`, `failed`, `activating`, `deactivating`, `reloading`. */
  readonly active: string
  /** systemd's SubState, such as `running`, `exited`, `dead`. */
  readonly sub: string
  /** systemd's UnitFileState: `enabled`, `disabled`, `static`, `masked`, …; empty for a unit without a file. */
  readonly file: string
  /**
   * When the main process was started, or when a unit without one (a timer, a mount) became active: microseconds since the
   * epoch, by the host's clock; null when it is not running.
   */
  readonly startedAt: number | null
  /** The unit's file has changed on disk since systemd read it. */
  readonly needsReload: boolean
}

const PROPERTIES = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'ExecMainStartTimestamp',
  'ActiveEnterTimestamp',
  'MainPID',
  'NeedDaemonReload',
]

// systemd before 247 has no --timestamp and then prints whole seconds.
const PROBE_UNITS = `systemctl show --timestamp=us -p ${PROPERTIES.join(',')} -- "$@" 2>/dev/null ||
systemctl show -p ${PROPERTIES.join(',')} -- "$@"`

const unitKind: ProbeKind<null, UnitFact> = {
  name: 'unit',
  functions: { probe_units: PROBE_UNITS },
  isAbsent: (fact) => fact.load === 'not-found',
  script: (questions) => commandLine(['probe_units', ...questions.map((question) => question.subject)]),
  read(stdout, questions) {
    const blocks = stdout.toString('utf8').trimEnd().split('\n\n')
    if (blocks.length !== questions.length) throw new GarbledAnswer('systemctl did not answer for every unit')
    return blocks.map(readUnit)
  },
}

function readUnit(block: string): UnitFact {
  const properties = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const get = (name: string) => {
    const value = properties.get(name)
    if (value === undefined) throw new GarbledAnswer(`systemctl did not print ${name}`)
    return value
  }
  const running = ['active', 'reloading', 'activating'].includes(get('ActiveState'))
  // Only services have a main process: for other units systemd does not print the property.
  const started = properties.get('ExecMainStartTimestamp') ?? get('ActiveEnterTimestamp')
  return Object.freeze({
    load: get('LoadState'),
    active: get('ActiveState'),
    sub: get('SubState'),
    file: get('UnitFileState'),
    startedAt: running && started && started !== 'n/a' ? readStart(started) : null,
    needsReload: get('NeedDaemonReload') === 'yes',
  })
}

/** Whole seconds count to their end; otherwise a unit restarted in the second of a change would be due again. */
const readStart = (text: string) => readTimestamp(text) + (/\.\d/.test(text) ? 0 : 999_999)

/** The full name of a unit: `containerd` becomes `containerd.service`. */
export const unitName = (name: string): string => (/\.[a-z]+$/.test(name) ? name : `${name}.service`)

/**
 * The state of one systemd unit.
 *
 * @param name - `.service` may be left out.
 */
export const unit = (name: string): Probe<UnitFact> => probe(unitKind, unitName(name), null)
