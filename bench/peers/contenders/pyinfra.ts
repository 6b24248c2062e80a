// pyinfra, from the Python package index.
import { type Contender, lastWords, type Outcome } from '../contender.ts'
import { deployment } from '../deployment.ts'
import { pyinfraForm } from '../forms/pyinfraForm.ts'
import { type Measured, measureCommand } from '../measureCommand.ts'
import { writeInRoom, type World } from '../world.ts'

const PROGRAM = '/opt/tools/bin/pyinfra'

export async function pyinfra(world: World): Promise<Contender[]> {
  const room = world.controller
  if (!room) return []
  const said = await measureCommand(room.enter([PROGRAM, '--version']), world.directory)
  const version = /v([\d.]+)/.exec(said.stdout)?.[1] ?? ''
  room.write('/bench/inventory.py', `nodes = ${JSON.stringify(world.hosts.map(({ name }) => name))}\n`)
  for (const tasks of [11, 100] as const) writeInRoom(room, `/bench/pyinfra-${tasks}`, pyinfraForm(deployment(tasks)))
  return [
    {
      id: 'pyinfra',
      title: `pyinfra ${version}`,
      kind: 'deploys',
      command({ tasks, check }) {
        const directory = `/bench/pyinfra-${tasks}`
        const words = [PROGRAM, check ? '--dry' : '-y', '--chdir', directory, '/bench/inventory.py', 'deploy.py']
        return { words: room.enter(words), cwd: world.directory }
      },
      outcome: readSummary,
    },
  ]
}

/**
 * Reads pyinfra's last table. Of a run that is `Grand total`, with columns for hosts, operations that changed something,
 * that failed, and that changed nothing; `--dry` has a row for each operation, with the hosts on which it would change.
 */
export function readSummary(measured: Measured): Outcome {
  const text = measured.stdout + measured.stderr
  const total = /^\s+Grand total\s+\d+\s+(\d+|-)\s+(\d+|-)\s+(?:\d+|-)\s*$/m.exec(text)
  const detected = /^--> Detected changes:\n((?: {4}\S.*\n)+)/m.exec(text)?.[1]
  if (measured.status !== 0 || (total && total[2] !== '-')) return { failed: lastWords(measured) }
  if (total) return total[1] === '-' ? 'unchanged' : 'changed'
  if (detected === undefined) return { failed: lastWords(measured) }
  return / \d+ \(crane/.test(detected) ? 'changed' : 'unchanged'
}
