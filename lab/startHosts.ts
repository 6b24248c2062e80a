/** Starts hosts of a lab side by side, over the newest site layer. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { awaitHost, startHost } from './bootHost.ts'
import { detachHost, strike } from './endHost.ts'
import { wipeDisk } from './hostDisk.ts'
import { type LabState, writeState } from './labState.ts'

/**
 * Starts the named hosts and writes them into the lab's state.
 * A host that does not answer is started once more: under load systemd sometimes hangs in its first second.
 */
export async function startHosts(state: LabState, names: string[], tries = 2): Promise<void> {
  const site = latestSite(state)
  const started = await Promise.all(names.map((name) => startHost(state, site, name)))
  state.hosts = [...state.hosts.filter(({ name }) => !names.includes(name)), ...started]
  state.hosts.sort((a, b) => a.name.localeCompare(b.name))
  writeState(state)
  const answers = await Promise.allSettled(started.map(awaitHost))
  const silent = started.filter((_, i) => answers[i]?.status === 'rejected')
  if (silent.length === 0) return
  const [reason] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  if (tries === 1) throw reason
  silent.forEach(strike)
  const again = silent.map(({ name }) => name)
  await Promise.all(again.map((name) => detachHost(state, name)))
  for (const name of again) wipeDisk(state.disks, name)
  await startHosts(state, again, tries - 1)
}

/** Hosts that run on an older layer keep it until they are reset. */
const latestSite = (state: LabState): string =>
  join(
    state.disks,
    readdirSync(state.disks)
      .filter((name) => /^site-\d+$/.test(name))
      .sort()
      .at(-1) ?? '',
  )
