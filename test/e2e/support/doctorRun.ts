// Asks doctor about a lab, as the tests of its findings do.
import type { Lab } from '../../../lab/index.ts'
import { runCommand } from '../../cli/runCommand.ts'

export interface DoctorReport {
  readonly findings: readonly {
    readonly check: string
    /** A node set. */
    readonly hosts: string
    readonly evidence: Readonly<Record<string, string>>
  }[]
  readonly unanswered: readonly unknown[]
}

/** Runs `doctor --json` on all hosts of a lab, with further options. */
export async function doctorRun(lab: Lab, ...options: string[]) {
  const reach = ['-i', lab.inventory, '--known-hosts', lab.knownHosts]
  const { status, out, err } = await runCommand('doctor', ...reach, '--json', ...options)
  return { status, report: JSON.parse(out) as DoctorReport, err }
}

/** Check → the hosts that it finds something on. */
export const found = ({ report }: { readonly report: DoctorReport }) =>
  Object.fromEntries(report.findings.map(({ check, hosts }) => [check, hosts]))
