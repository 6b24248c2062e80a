// pdsh and clush with a careful hand-written shell script: one connection per host.
import { type Contender, lastWords, type Outcome } from '../contender.ts'
import { deployment } from '../deployment.ts'
import { shellForm } from '../forms/shellForm.ts'
import { type Measured, measureCommand } from '../measureCommand.ts'
import type { Room } from '../room.ts'
import type { World } from '../world.ts'

export async function shellTools(world: World): Promise<Contender[]> {
  const names = world.hosts.map(({ name }) => name).join(',')
  const found: Contender[] = []
  const add = async (id: string, room: Room, version: readonly string[], words: readonly string[]) => {
    const said = await measureCommand(room.enter(version), world.directory)
    const number = /(\d+\.[\d.]+)/.exec(said.stdout + said.stderr)?.[1] ?? ''
    found.push(contender(id, `${id} ${number} with a script`, room, words, world.directory))
  }
  await add('pdsh', world.pdsh, ['pdsh', '-V'], ['pdsh', '-R', 'ssh', '-S', '-w', names])
  if (world.controller) await add('clush', world.controller, ['clush', '--version'], ['clush', '-S', '-w', names])
  return found
}

const scripts = new Map(
  ([11, 100] as const).map((tasks) => [tasks, shellForm(deployment(tasks)).get('deploy.sh') ?? '']),
)

const contender = (id: string, title: string, room: Room, words: readonly string[], cwd: string): Contender => ({
  id,
  title,
  kind: 'deploys',
  command: ({ tasks, check }) => (check ? undefined : { words: room.enter([...words, scripts.get(tasks) ?? '']), cwd }),
  outcome: readLines,
})

/** The script prints `changed: …` for each thing that it changed, and the tool puts the host's name before it. */
function readLines(measured: Measured): Outcome {
  if (measured.status !== 0) return { failed: lastWords(measured) }
  return /^\S+: changed: /m.test(measured.stdout) ? 'changed' : 'unchanged'
}
