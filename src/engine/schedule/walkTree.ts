// Walks the tree of a play with the hosts of a batch: all hosts finish a node before any starts the next one.
import type { HostRun } from '../hostRun.ts'
import type { PreparedBlock, PreparedChoice, PreparedNode, PreparedTask } from '../prepare.ts'
import { enterRescue, goesOn, leaveRescue } from './progress.ts'

export interface Walk {
  /** Does one task on these hosts, and updates the progress of those where it failed. */
  task(task: PreparedTask, hosts: readonly HostRun[]): Promise<void>
  /** The file that a host chooses; undefined: the task says why there is none. */
  choose(task: PreparedTask, host: HostRun): Promise<string | undefined>
  /** No new task begins. */
  readonly stopping: boolean
}

export async function walkTree(nodes: readonly PreparedNode[], hosts: readonly HostRun[], walk: Walk): Promise<void> {
  for (const node of nodes) {
    const there = hosts.filter(goesOn)
    if (there.length === 0 || walk.stopping) return
    await walkNode(node, there, walk)
  }
}

function walkNode(node: PreparedNode, hosts: readonly HostRun[], walk: Walk): Promise<void> {
  switch (node.kind) {
    case 'task':
      return walk.task(node, hosts)
    case 'block':
      return walkBlock(node, hosts, walk)
    case 'choice':
      return walkChoice(node, hosts, walk)
  }
}

/** The files in turn, each with its hosts; what they choose is settled before the first one changes anything. */
async function walkChoice({ task, branches }: PreparedChoice, hosts: readonly HostRun[], walk: Walk): Promise<void> {
  const files = await Promise.all(hosts.map((run) => walk.choose(task, run)))
  const chosen = new Map(hosts.map((run, i) => [run, files[i]]))
  const without = hosts.filter((run) => chosen.get(run) === undefined)
  if (without.length > 0) await walk.task(task, without)
  for (const [file, nodes] of branches)
    await walkTree(
      nodes,
      hosts.filter((run) => chosen.get(run) === file),
      walk,
    )
}

async function walkBlock(
  { body, rescue, always }: PreparedBlock,
  hosts: readonly HostRun[],
  walk: Walk,
): Promise<void> {
  await walkTree(body, hosts, walk)
  const failed = rescue.length > 0 ? hosts.filter(({ progress }) => progress.at === 'failed') : []
  for (const run of failed) enterRescue(run)
  await walkTree(rescue, failed, walk)
  for (const run of failed) leaveRescue(run)
  if (always.length > 0) await alsoWhereFailed(hosts, () => walkTree(always, hosts, walk))
}

/** Hosts that failed take part in it too, and are as failed afterwards as they were. */
export async function alsoWhereFailed(hosts: readonly HostRun[], work: () => Promise<void>): Promise<void> {
  const before = new Map(hosts.map((run) => [run, run.progress]))
  for (const run of hosts) if (run.progress.at === 'failed') run.progress = { at: 'next', in: run.progress.in }
  await work()
  for (const [run, progress] of before) if (progress.at === 'failed' && goesOn(run)) run.progress = progress
}
