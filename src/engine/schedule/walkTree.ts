// Walks the tree of a play with the hosts of a batch: all hosts finish a node before any starts the next one.
import type { HostRun } from '../hostRun.ts'
import type { PreparedBlock, PreparedNode, PreparedTask } from '../prepare.ts'
import { enterRescue, goesOn, leaveRescue } from './place.ts'

export interface Walk {
  /** Does one task on these hosts, and moves the place of those where it failed. */
  task(task: PreparedTask, hosts: readonly HostRun[]): Promise<void>
  /** No new task begins. */
  readonly stopping: boolean
}

export async function walkTree(nodes: readonly PreparedNode[], hosts: readonly HostRun[], walk: Walk): Promise<void> {
  for (const node of nodes) {
    const there = hosts.filter(goesOn)
    if (there.length === 0 || walk.stopping) return
    await (node.kind === 'block' ? walkBlock(node, there, walk) : walk.task(node, there))
  }
}

async function walkBlock(
  { body, rescue, always }: PreparedBlock,
  hosts: readonly HostRun[],
  walk: Walk,
): Promise<void> {
  await walkTree(body, hosts, walk)
  const failed = rescue.length > 0 ? hosts.filter(({ place }) => place.at === 'failed') : []
  for (const run of failed) enterRescue(run)
  await walkTree(rescue, failed, walk)
  for (const run of failed) leaveRescue(run)
  if (always.length > 0) await alsoWhereFailed(hosts, () => walkTree(always, hosts, walk))
}

/** Hosts that failed take part in it too, and are as failed afterwards as they were. */
export async function alsoWhereFailed(hosts: readonly HostRun[], work: () => Promise<void>): Promise<void> {
  const before = new Map(hosts.map((run) => [run, run.place]))
  for (const run of hosts) if (run.place.at === 'failed') run.place = { at: 'next', in: run.place.in }
  await work()
  for (const [run, place] of before) if (place.at === 'failed' && goesOn(run)) run.place = place
}
