// The simulated hosts as a process of their own, so that their cost is not the controller’s; it ends with its parent.
import { fleetPlaybook, type FleetSize } from '../fleet/fleetPlaybook.ts'
import { SimulatedHost } from '../fleet/simulatedHost.ts'
import { addressOf } from './fleetFiles.ts'
import { type HostCounts, sshHosts, type SshHostsOptions } from './sshHosts.ts'

/** The first argument, as JSON. */
export interface HostsOrder extends FleetSize, SshHostsOptions {}

/** What it says over IPC: first that it listens, then its counts each time it is sent anything. */
export type HostsWord = { readonly port: number; readonly knownHosts: string } | { readonly counts: HostCounts }

// The channel breaks however the parent ends.
process.once('disconnect', () => process.exit(0))
const order = JSON.parse(process.argv[2] ?? '{}') as HostsOrder
const { hosts, image } = fleetPlaybook(order)
const simulated = hosts.map((name, i) => ({
  address: addressOf(i),
  answering: new SimulatedHost(name, i, image),
}))
const say = (word: HostsWord) => void process.send?.(word)
void sshHosts(simulated, order).then(({ port, knownHosts, takeCounts }) => {
  process.on('message', () => say({ counts: takeCounts() }))
  say({ port, knownHosts })
})
