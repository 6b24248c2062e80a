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

type Round = ReturnType<typeof rounds>[number]
type Findings = Awaited<ReturnType<typeof doctorRun>>['report']['findings']
/** What doctor says of hosts. */
type Evidence = Findings[number]['evidence']

/** Plants a round, asks doctor, and takes the round away again. */
async function plantRound(lab: Lab, round: Round): Promise<(check: string) => Evidence> {
  await Promise.all(round.map(([host, { plant }]) => onLabHost(lab, host, plant)))
  const { report } = await doctorRun(lab)
  await Promise.all(round.map(([host, { undo }]) => onLabHost(lab, host, undo)))
  return (check) => report.findings.find((one) => one.check === check)?.evidence ?? {}
}

/** Plants each, and returns by host and check what doctor found for it, and what it is to find: that, on no other host. */
export async function plantFaults(lab: Lab, plants: readonly LabPlant[]) {
  const seen: Record<string, Evidence> = {}
  const wanted: Record<string, Readonly<Record<string, unknown>>> = {}
  for (const round of rounds(lab.hosts, plants)) {
    const found = await plantRound(lab, round)
    for (const [host, plant] of round) {
      const evidence = found(plant.check)
      // What another host has too, another plant of the round may have brought about: alone it is on one host.
      const isShared = host in evidence && Object.keys(evidence).length > 1
      const what = `${host} ${plant.check}`
      seen[what] = isShared ? (await plantRound(lab, [[host, plant]]))(plant.check) : evidence
      wanted[what] = { [host]: expect.stringContaining(plant.seen) }
    }
  }
  return { seen, wanted }
}
