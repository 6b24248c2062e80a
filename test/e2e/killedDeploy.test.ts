// The controller is killed at random instants of deploy.yml, again and again: the next whole run repairs what was left.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Lab, labReset, labUp } from '../../lab/index.ts'
import { runCommand } from '../cli/runCommand.ts'
import { onHost } from './support/labSite.ts'
import { startCommand } from './support/command.ts'

const HOSTS = ['crane01', 'crane02', 'crane03', 'crane04']
/** Printed with a failure, so that it can be repeated: SEED=… */
const SEED = Number(process.env['SEED'] ?? Date.now() % 100_000)

let lab: Lab
beforeAll(async () => {
  lab = await labUp({ containerd: '1.7', bareConfig: false })
  await labReset('all')
})
afterAll(async () => {
  await labReset('all')
})

const reach = () => ['-i', lab.inventory, '--known-hosts', lab.knownHosts, '--ssh-config', 'none']

/** From 0 to below `end`; the same numbers for the same seed. */
function lots(seed: number): (end: number) => number {
  let state = seed
  return (end) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state % end
  }
}

it(`repairs what runs left that were killed, seed ${SEED}`, async () => {
  const draw = lots(SEED)
  for (let kill = 0; kill < 3; kill++) {
    const events = 4 + draw(90)
    const run = startCommand(['deploy.yml', ...reach(), '--output', 'jsonl'], {})
    let ended = false
    void run.ended.then(() => (ended = true))
    const seen = () =>
      run
        .out()
        .split('\n')
        .filter((line) => /"type":"(task-started|task-result)"/.test(line)).length
    await expect.poll(() => ended || seen() >= events, { timeout: 180_000, interval: 5 }).toBe(true)
    run.kill('SIGKILL')
    await run.ended
  }
  const whole = await runCommand('deploy.yml', ...reach(), '--output', 'plain')
  expect([whole.status, whole.err, whole.status === 0 ? '' : whole.out]).toEqual([0, '', ''])
  const again = await runCommand('deploy.yml', ...reach(), '--output', 'plain', '--detailed-exitcode')
  expect([again.status, again.err]).toEqual([0, ''])
  const configurations = await Promise.all(HOSTS.map((host) => onHost(host, 'sha256sum </etc/crane/config.yaml')))
  expect(new Set(configurations).size).toBe(1)
  for (const host of HOSTS) {
    const left = await onHost(
      host,
      "find /etc /opt/cni /var/lib/crane-play -name '.*crane-play*' -o -name '*.tmp' | sort",
    )
    expect({ host, left }).toEqual({ host, left: '' })
  }
}, 900_000)
