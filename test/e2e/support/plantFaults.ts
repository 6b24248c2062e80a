// Plants faults on hosts of a lab, each alone on its host, for doctor to find.
import { expect } from 'vitest'
import type { Lab } from '../../../lab/index.ts'
import { onLabHost } from './deployRun.ts'
import { doctorRun } from './doctorRun.ts'

export interface LabPlant {
  readonly check: string
  /** On the control node; default: on a compute node. */
  readonly control: boolean
  /** A command for each file that is written. */
  readonly plant: string
  readonly undo: string
  /** A part of the evidence. */
  readonly seen: string
}

/** As many at once as there are hosts for them. */
function rounds([control = '', ...compute]: readonly string[], plants: readonly LabPlant[]) {
  const waiting = [...plants]
  const next = (host: string): [string, LabPlant][] => {
    const at = waiting.findIndex((plant) => plant.control === (host === control))
    return waiting.splice(at, at < 0 ? 0 : 1).map((plant) => [host, plant])
  }
  const all: (readonly (readonly [host: string, plant: LabPlant])[])[] = []
  while (waiting.length > 0) all.push([...next(control), ...compute.flatMap(next)])
  return all
}

/** Host and check → what doctor says there, by host. */
type Evidence = Record<string, Readonly<Record<string, unknown>>>

/** Plants each, asks doctor, and takes it away again; returns what doctor found for each, and what it is to find. */
export async function plantFaults(lab: Lab, plants: readonly LabPlant[]) {
  const seen: Evidence = {}
  const wanted: Evidence = {}
  for (const round of rounds(lab.hosts, plants)) {
    await Promise.all(round.map(([host, { plant }]) => onLabHost(lab, host, plant)))
    const { report } = await doctorRun(lab)
    await Promise.all(round.map(([host, { undo }]) => onLabHost(lab, host, undo)))
    for (const [host, plant] of round) {
      const what = `${host} ${plant.check}`
      seen[what] = report.findings.find(({ check }) => check === plant.check)?.evidence ?? {}
      wanted[what] = { [host]: expect.stringContaining(plant.seen) }
    }
  }
  return { seen, wanted }
}
