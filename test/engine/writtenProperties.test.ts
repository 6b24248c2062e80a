// What may be written around the tasks, blocks and handlers of a playbook without changing anything that happens.
import { beforeAll, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { drawPlay, fleetOf, HOSTS, randomFrom } from './generatedPlays.ts'
import { loadWritten, type Words, type WrittenPlay, writtenPlay, writtenTypes } from './writtenPlays.ts'

interface Course {
  readonly seed: number
  readonly events: readonly object[]
  readonly hosts: readonly object[]
}

/** Everything that is reported, without times and places in the text, and what the hosts are like then. */
async function courseOf(seed: number, written: WrittenPlay, check: boolean): Promise<Course> {
  const fleet = fleetOf(drawPlay(seed))
  fleet.taskTypes = writtenTypes
  const { events, done } = fleet.start(loadWritten(written, check), { check })
  await done
  const bare = (event: RunEvent) =>
    JSON.parse(
      JSON.stringify(event, (key, value: unknown) => (/Ms$|^(time|at|id|file|line)$/.test(key) ? undefined : value)),
    ) as object
  return { seed, events: events.map(bare), hosts: HOSTS.map((name) => Object.fromEntries(fleet.host(name).values)) }
}

type Nodes = readonly Words[]

/** `change` makes something else of each list of tasks and blocks, from the inside out. */
function everywhere(nodes: Nodes, change: (nodes: Nodes) => Nodes): Nodes {
  const inside = nodes.map((node) =>
    Object.fromEntries(
      Object.entries(node).map(([key, value]) =>
        ['block', 'rescue', 'always'].includes(key) ? [key, everywhere(value as never, change) as never] : [key, value],
      ),
    ),
  )
  return change(inside)
}

/** Before what is there, or after it, on about half of what may have it. */
function conditioned(random: () => number) {
  return (node: Words): Words => {
    if (random() < 0.5) return node
    const conditions = (node['when'] ?? []) as readonly string[]
    return { ...node, when: random() < 0.5 ? ['true', ...conditions] : [...conditions, 'true'] }
  }
}

function withTrue(written: WrittenPlay, random: () => number): WrittenPlay {
  const each = conditioned(random)
  const tasks = everywhere(written.tasks, (nodes) => nodes.map(each))
  return { ...written, tasks, handlers: written.handlers.map(each) }
}

/** Some neighbours stand somewhere else. */
function grouped(nodes: Nodes, random: () => number, move: (some: Nodes) => Words): Nodes {
  const made: Words[] = []
  for (let i = 0; i < nodes.length; ) {
    const size = 1 + Math.floor(random() * 3)
    const some = nodes.slice(i, i + size)
    made.push(...(random() < 0.5 ? [move(some)] : some))
    i += size
  }
  return made
}

function withBlocks(written: WrittenPlay, random: () => number): WrittenPlay {
  const move = (some: Nodes): Words => ({ block: [...some], ...(random() < 0.5 && { when: ['true'] }) })
  return { ...written, tasks: everywhere(written.tasks, (nodes) => grouped(nodes, random, move)) }
}

const withFiles =
  (word: 'import_tasks' | 'include_tasks') =>
  (written: WrittenPlay, random: () => number): WrittenPlay => {
    const files: Record<string, Nodes> = {}
    const move = (some: Nodes): Words => {
      const name = `part${Object.keys(files).length}.yml`
      files[name] = some
      return { [word]: name, ...(random() < 0.5 && { when: ['true'] }) }
    }
    return { ...written, tasks: everywhere(written.tasks, (nodes) => grouped(nodes, random, move)), files }
  }

const variablesBackwards = (written: WrittenPlay): WrittenPlay => ({
  ...written,
  vars: Object.fromEntries(Object.entries(written.vars).reverse()),
})

/** Both files give the variable the value that it has without them, and are known as soon as that is. */
function chosenByFact(written: WrittenPlay): WrittenPlay {
  const { follows = '', ...vars } = written.vars
  const files = { 'vars/one.yml': { follows }, 'vars/two.yml': { follows: '{{ facts.thing[which] }}' } }
  return { ...written, vars, files, varsFiles: ["vars/{{ facts.thing[which] == '1' ? 'one' : 'two' }}.yml"] }
}

const SEEDS = Array.from({ length: 40 }, (_, i) => 30_001 + i)

describe.each([false, true])('with check mode %s, nothing is changed by', (check) => {
  const plain: Course[] = []
  beforeAll(async () => {
    for (const seed of SEEDS) plain.push(await courseOf(seed, writtenPlay(drawPlay(seed)), check))
  }, 60_000)

  test('(in which each outcome occurs)', () => {
    const text = JSON.stringify(plain)
    for (const outcome of ['ok', 'changed', 'skipped', 'failed', ...(check ? ['undecided'] : [])])
      expect(text.split(`"outcome":"${outcome}"`).length).toBeGreaterThan(SEEDS.length)
  })

  test.each<[string, (written: WrittenPlay, random: () => number) => WrittenPlay]>([
    ['when: true on tasks, blocks and handlers', withTrue],
    ['blocks around tasks and blocks, with and without when: true', withBlocks],
    ['files that import_tasks takes in, with and without when: true', withFiles('import_tasks')],
    ['files that include_tasks takes in, with and without when: true', withFiles('include_tasks')],
    ['the order in which variables are written', variablesBackwards],
    ['files of variables that a fact chooses', chosenByFact],
  ])('%s', async (_name, change) => {
    let changed = 0
    for (const [i, seed] of SEEDS.entries()) {
      const written = writtenPlay(drawPlay(seed))
      const other = change(written, randomFrom(seed))
      if (JSON.stringify(other) !== JSON.stringify(written)) changed++
      expect(await courseOf(seed, other, check)).toEqual(plain[i])
    }
    expect(changed).toBeGreaterThan(SEEDS.length / 2)
  })
})
