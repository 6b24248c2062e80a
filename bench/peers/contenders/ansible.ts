// Ansible as installed, Ansible tuned, and Ansible with Mitogen's strategy, from the packages of Debian.
import { LabProblem } from '../../../lab/machine.ts'
import { type Contender, lastWords, type Outcome } from '../contender.ts'
import { deployment } from '../deployment.ts'
import { ansibleForm, type AnsibleTuning, asInstalled, mitogen, tuned } from '../forms/ansibleForm.ts'
import { type Measured, measureCommand } from '../measureCommand.ts'
import { writeInRoom, type World } from '../world.ts'

export async function ansible(world: World): Promise<Contender[]> {
  const room = world.controller
  if (!room) return []
  const size = world.hosts.length
  room.write('/bench/hosts', world.hosts.map(({ name }) => `${name}\n`).join(''))
  const version = await ask(world, ['ansible', '--version'], /core ([\d.]+)/)
  const strategy = await ask(world, ['dpkg-query', '-Wf', '${Version}', 'python3-mitogen'], /([\d.]+)/)
  const variants: Record<string, [title: string, tuning: AnsibleTuning]> = {
    'ansible-default': [`Ansible ${version}, as installed`, asInstalled],
    'ansible-tuned': [`Ansible ${version}, tuned`, tuned(size)],
    mitogen: [`Ansible ${version} with Mitogen ${strategy}`, mitogen(size)],
  }
  return Object.entries(variants).map(([id, [title, tuning]]) => {
    for (const tasks of [11, 100] as const)
      writeInRoom(room, `/bench/${id}-${tasks}`, ansibleForm(deployment(tasks), tuning))
    return {
      id,
      title,
      kind: 'deploys',
      command({ tasks, check }) {
        const directory = `/bench/${id}-${tasks}`
        const words = ['ansible-playbook', ...(check ? ['--check'] : []), `${directory}/deploy.yml`]
        return { words: room.enter(words, { ANSIBLE_CONFIG: `${directory}/ansible.cfg` }), cwd: world.directory }
      },
      outcome: (measured) => readRecap(measured, size),
    }
  })
}

/** Reads `crane01 : ok=11 changed=0 unreachable=0 failed=0 …`, one line for each host. */
export function readRecap(measured: Measured, hosts: number): Outcome {
  const lines = [...measured.stdout.matchAll(/^\S+\s+: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)/gm)]
  const bad = lines.some(([, , unreachable, failed]) => unreachable !== '0' || failed !== '0')
  if (measured.status !== 0 || bad || lines.length !== hosts) return { failed: lastWords(measured) }
  return lines.some(([, changed]) => changed !== '0') ? 'changed' : 'unchanged'
}

async function ask({ controller, directory }: World, command: readonly string[], answer: RegExp): Promise<string> {
  const measured = await measureCommand(controller?.enter(command) ?? command, directory)
  const version = answer.exec(measured.stdout)?.[1]
  if (!version) throw new LabProblem(`\`${command.join(' ')}\` did not say a version: ${lastWords(measured)}`)
  return version
}
