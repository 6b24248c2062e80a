// Programs that only connect or only start: lower bounds that no such tool can beat.
import { type Contender, lastWords } from '../contender.ts'
import type { Measured } from '../measureCommand.ts'
import type { World } from '../world.ts'

const outcome = (measured: Measured) => (measured.status === 0 ? 'unchanged' : { failed: lastWords(measured) })

export function floors(world: World): Contender[] {
  const addresses = world.hosts.map(({ address }) => address)
  const floor = (id: string, title: string, words: readonly string[]): Contender => ({
    id,
    title,
    kind: 'floor',
    command: ({ check }) => (check ? undefined : { words, cwd: world.directory }),
    outcome,
  })
  const names = world.hosts.map(({ name }) => name).join(',')
  return [
    floor('pdsh-true', 'pdsh true', world.pdsh.enter(['pdsh', '-R', 'ssh', '-S', '-w', names, 'true'])),
    ...(world.controller
      ? [floor('clush-true', 'clush true', world.controller.enter(['clush', '-S', '-w', names, 'true']))]
      : []),
    floor('ssh2-true', 'ssh2 true (bare fan-out from Node)', [
      process.execPath,
      world.ssh2True,
      world.lab.privateKey,
      world.lab.knownHosts,
      ...addresses,
    ]),
    floor('node', 'Node starts and ends', [process.execPath, '-e', '0']),
  ]
}
