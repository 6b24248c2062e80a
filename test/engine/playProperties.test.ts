// What may be written around the tasks of a play without changing anything that happens, on plays drawn at random.
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/runEvent.ts'
import type { RunOptions } from '../../src/engine/options.ts'
import { buildPlay, type DrawnNode, type DrawnPlay, drawPlay, fleetOf, HOSTS, randomFrom } from './generatedPlays.ts'

/** Everything that is reported, without times, and what the hosts are like then. */
async function courseOf(drawn: DrawnPlay, options: Partial<RunOptions> = {}, pace?: () => Promise<void>) {
  const fleet = fleetOf(drawn)
  fleet.pace = pace
  const { events, done } = fleet.start([buildPlay(drawn)], options)
  await done
  const untimed = (event: RunEvent) =>
    JSON.parse(
      JSON.stringify(event, (key, value: unknown) => (/Ms$|^(time|at)$/.test(key) ? undefined : value)),
    ) as object
  return { events: events.map(untimed), hosts: HOSTS.map((name) => Object.fromEntries(fleet.host(name).values)) }
}

const everywhere = (nodes: readonly DrawnNode[], change: (node: DrawnNode) => DrawnNode): readonly DrawnNode[] =>
  nodes.map((node) => {
    if (node.kind === 'task') return change(node)
    const [body, rescue, always] = [node.body, node.rescue, node.always].map((part) => everywhere(part, change))
    return change({ kind: 'block', body: body ?? [], rescue: rescue ?? [], always: always ?? [] })
  })

/** `when: true` on about half of the tasks; before what is there, and after it. */
function withTrue(drawn: DrawnPlay): DrawnPlay {
  const random = randomFrom(drawn.seed + 1)
  const nodes = everywhere(drawn.nodes, (node) => {
    if (node.kind === 'block' || random() < 0.5) return node
    return { ...node, when: random() < 0.5 ? ['true', ...node.when] : [...node.when, 'true'] }
  })
  return { ...drawn, nodes }
}

/** Some neighbours become a block, and some blocks are put into another one. */
function withBlocks(drawn: DrawnPlay): DrawnPlay {
  const random = randomFrom(drawn.seed + 2)
  const group = (nodes: readonly DrawnNode[]): readonly DrawnNode[] => {
    const grouped: DrawnNode[] = []
    for (let i = 0; i < nodes.length; ) {
      const size = 1 + Math.floor(random() * 3)
      const some = nodes.slice(i, i + size)
      grouped.push(...(random() < 0.5 ? [{ kind: 'block' as const, body: some, rescue: [], always: [] }] : some))
      i += size
    }
    return grouped
  }
  const inside = everywhere(drawn.nodes, (node) =>
    node.kind === 'task'
      ? node
      : { ...node, body: group(node.body), rescue: group(node.rescue), always: group(node.always) },
  )
  return { ...drawn, nodes: group(inside) }
}

/** Lets other work of the process go first, a number of times drawn at random. */
function unevenPace(seed: number): () => Promise<void> {
  const random = randomFrom(seed)
  return async () => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns--) await new Promise(setImmediate)
  }
}

const SEEDS = Array.from({ length: 150 }, (_, i) => 20_001 + i)

describe.each([false, true])('with check mode %s, nothing is changed by', (check) => {
  test.each<[string, (drawn: DrawnPlay) => DrawnPlay]>([
    ['when: true on tasks', withTrue],
    ['blocks without rescue and always around tasks', withBlocks],
  ])('%s', async (_name, change) => {
    let changed = 0
    for (const seed of SEEDS) {
      const drawn = drawPlay(seed)
      const other = change(drawn)
      if (JSON.stringify(other) !== JSON.stringify(drawn)) changed++
      expect({ seed, ...(await courseOf(other, { check })) }).toEqual({ seed, ...(await courseOf(drawn, { check })) })
    }
    expect(changed).toBeGreaterThan(SEEDS.length / 2)
  })

  test.each<[string, Partial<RunOptions>, (seed: number) => (() => Promise<void>) | undefined]>([
    ['the number of hosts that are connected at once', { forks: 1 }, () => undefined],
    ['the order in which hosts answer', {}, unevenPace],
  ])('%s', async (_name, options, pace) => {
    const results = async (drawn: DrawnPlay, given: Partial<RunOptions>, paced?: () => Promise<void>) => {
      const { events, hosts } = await courseOf(drawn, { check, forks: 50, ...given }, paced)
      const told = HOSTS.map((name) =>
        events.filter((event) => {
          const one = event as RunEvent
          return (one.type === 'task-result' || one.type === 'item-result') && one.host === name
        }),
      )
      // Of several earlier changes, one is named.
      const named = JSON.stringify(told).replace(/depends on an earlier change: \w+/g, 'depends on an earlier change')
      return { seed: drawn.seed, hosts, told: JSON.parse(named) as object }
    }
    for (const seed of SEEDS) {
      const drawn = drawPlay(seed)
      expect(await results(drawn, options, pace(seed))).toEqual(await results(drawn, {}))
    }
  })
})
