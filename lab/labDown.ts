/** Ends a lab and removes what it left in the kernel; the image stays in the cache. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import { clearHost, leftovers, powerOff } from './endHost.ts'
import { wipeDisk } from './hostDisk.ts'
import { inTurn } from './inTurn.ts'
import { labName, projectRoot } from './labName.ts'
import { forgetState, hostIsUp, type LabState, readState } from './labState.ts'
import { LabProblem, requireRootOnLinux, type Say } from './machine.ts'
import { bridgeName } from './names.ts'

/**
 * Ends the lab of that name; nothing happens when it is not up.
 * @throws LabProblem when it belongs to another checkout
 */
export async function labDown(say: Say = () => {}, lab: string = labName()): Promise<void> {
  requireRootOnLinux()
  await inTurn(`lab-${lab}`, async () => {
    const state = readState(lab)
    if (state && isForeign(state))
      throw new LabProblem(
        `lab ${lab} belongs to ${state.owner}: run \`npm run lab -- down\` there, or \`npm run lab -- up --take-over\` here first`,
      )
    if (state) await endLab(state, say)
    say(`down: lab ${lab}`)
  })
}

/** Whether another checkout, one that is still there, has the lab running. */
export const isForeign = (state: LabState, owner = projectRoot, isUp = hostIsUp): boolean =>
  state.owner !== owner && existsSync(join(state.owner, 'lab')) && state.hosts.some(isUp)

/** Ends the lab's hosts, and clears what a crash may have left under its number. */
export async function endLab(state: LabState, say: Say): Promise<void> {
  const { disks } = state
  const names = [...new Set([...state.hosts.map(({ name }) => name), ...(await leftovers(state))])]
  if (names.length > 0) say(`ending ${names.length} hosts of lab ${state.name}`)
  await Promise.all(state.hosts.map(powerOff))
  await Promise.all(names.map((name) => clearHost(state, name)))
  for (const name of names) wipeDisk(disks, name)
  await $({ quiet: true, nothrow: true })`ip link delete ${bridgeName(state.number)}`
  for (const entry of existsSync(disks) ? readdirSync(disks) : [])
    if (entry.startsWith('site-')) rmSync(join(disks, entry), { recursive: true, force: true })
  forgetState(state)
}
