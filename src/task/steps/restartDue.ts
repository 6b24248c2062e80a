// Whether a systemd unit has to be restarted, by facts: so a restart that was due when a run was killed is still due.
import { type RefuseDecision, refuse } from '../decision.ts'
import type { FileFact } from '../probes/file.ts'
import { type UnitFact, unitName } from '../probes/unit.ts'

/** Whether the unit runs now. */
export const isRunning = ({ active }: UnitFact): boolean => active === 'active' || active === 'reloading'

/** Refuses a unit that cannot be started. */
export function refuseUnit(unit: UnitFact, name: string): RefuseDecision | undefined {
  if (unit.load === 'not-found')
    return refuse(`the unit ${unitName(name)} does not exist`, 'install the package that contains it')
  if (unit.load !== 'masked') return undefined
  return refuse(
    `${unitName(name)} is masked and cannot be started`,
    `run on the host: systemctl unmask ${unitName(name)}`,
  )
}

/**
 * Why a unit has to be restarted.
 *
 * @param unit - The unit.
 * @param files - Path → what is there, of files that the unit reads when it starts.
 * @param notified - Whether a task notified it in this run.
 * @returns Undefined when it runs and started after its files last changed.
 */
export function restartDue(
  unit: UnitFact,
  files: Readonly<Record<string, FileFact | undefined>>,
  notified: boolean,
): string | undefined {
  if (!isRunning(unit)) return `it is ${unit.active}`
  const newer = Object.entries(files).filter(([, file]) => isNewer(file, unit))
  if (newer.length > 0) return `${newer.map(([path]) => path).join(', ')} changed after its start`
  if (unit.needsReload) return 'its unit file changed after its start'
  return notified ? 'it was notified' : undefined
}

const isNewer = (file: FileFact | undefined, { startedAt }: UnitFact): boolean =>
  startedAt !== null && file !== undefined && 'changedAt' in file && file.changedAt > startedAt
