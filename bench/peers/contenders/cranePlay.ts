// crane-play as users run it: the built command, with an inventory and a known_hosts file.
import { dirname, join } from 'node:path'
import { projectRoot } from '../../../lab/index.ts'
import type { RunEvent } from '../../../src/model/runEvent.ts'
import { type Contender, lastWords, type Outcome, type Work } from '../contender.ts'
import { deployment } from '../deployment.ts'
import { cranePlayForm } from '../forms/cranePlayForm.ts'
import { type Measured, measureCommand } from '../measureCommand.ts'
import { writeFiles, type World } from '../world.ts'

const SOMETHING_CHANGED = 3

/** Where the playbook for the work is. */
export const playbookFor = (world: World, { tasks, blocks = false }: Work): string =>
  join(world.directory, `crane-play-${tasks}${blocks ? '-blocks' : ''}`, 'deploy.yml')

const words = (world: World, work: Work): string[] => [
  process.execPath,
  join(projectRoot, 'bin/crane-play.js'),
  playbookFor(world, work),
  '-i',
  world.lab.inventory,
  '--known-hosts',
  world.lab.knownHosts,
  '--detailed-exitcode',
  ...(work.check ? ['--check'] : []),
]

export async function cranePlay(world: World): Promise<Contender[]> {
  for (const tasks of [11, 100] as const)
    for (const blocks of [false, true]) {
      const work = { tasks, check: false, blocks }
      writeFiles(dirname(playbookFor(world, work)), cranePlayForm(deployment(tasks), blocks))
    }
  const outcome = (measured: Measured): Outcome => {
    if (measured.status === 0) return 'unchanged'
    return measured.status === SOMETHING_CHANGED ? 'changed' : { failed: lastWords(measured) }
  }
  const command = (work: Work) => ({ words: words(world, work), cwd: world.directory })
  const fewer: Work = { tasks: 11, check: false }
  return [
    { id: 'crane-play', title: 'crane-play', kind: 'deploys', command, outcome },
    {
      // In turns with the hundred, so that both see the machine in the same mood.
      id: 'crane-play-11',
      title: 'crane-play, 11 of the tasks',
      kind: 'floor',
      command: ({ tasks, check }) => (tasks === 100 && !check ? command(fewer) : undefined),
      outcome,
    },
    {
      id: 'crane-play-blocks',
      title: 'crane-play, the tasks in blocks',
      kind: 'deploys',
      command: (work) => (work.tasks === 100 && !work.check ? command({ ...work, blocks: true }) : undefined),
      outcome,
    },
  ]
}

export interface Traffic {
  /** The most round trips that a host needed. */
  readonly roundTrips: number
  readonly measured: Measured
}

/** One run with its events on standard output, which say how many round trips each host took. */
export async function countRoundTrips(world: World, work: Work): Promise<Traffic> {
  const measured = await measureCommand([...words(world, work), '--output', 'jsonl'], world.directory)
  const last = measured.stdout.trimEnd().split('\n').at(-1) ?? ''
  const event = JSON.parse(last || '{}') as RunEvent
  if (event.type !== 'run-ended') throw new Error(`crane-play did not end its events: ${lastWords(measured)}`)
  return { roundTrips: Math.max(...Object.values(event.roundTrips)), measured }
}
