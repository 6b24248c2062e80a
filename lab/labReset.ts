/** Puts hosts of a running lab back to their first state. */
import { readFileSync } from 'node:fs'
import { detachHost, strike } from './endHost.ts'
import { wipeDisk } from './hostDisk.ts'
import { writeHome } from './hostSeed.ts'
import { inTurn } from './inTurn.ts'
import { labFiles, labName, projectRoot } from './labName.ts'
import { findHost, readState, requireOwn } from './labState.ts'
import { startHosts } from './startHosts.ts'

/**
 * Resets files, processes and network of the hosts; `all` resets the shared /home as well.
 * @param lab the lab's name; default: as `labName`
 */
export async function labReset(hosts: string[] | 'all', lab: string = labName()): Promise<void> {
  await inTurn(`lab-${lab}`, async () => {
    const state = requireOwn(lab, readState(lab), projectRoot)
    const names = hosts === 'all' ? state.hosts.map(({ name }) => name) : hosts
    names.map((name) => findHost(state, name)).forEach(strike)
    await Promise.all(names.map((name) => detachHost(state, name)))
    for (const name of names) wipeDisk(state.disks, name)
    if (hosts === 'all') writeHome(state, readFileSync(`${labFiles(lab).privateKey}.pub`, 'utf8'))
    await startHosts(state, names)
  })
}
