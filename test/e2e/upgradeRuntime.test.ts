// upgrade-runtime.yml: nodes are drained, upgraded, proved and given back; a job that runs is not disturbed.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Lab, labDown, labUp, ownLab } from '../../lab/index.ts'
import { deployRun, onLabHost } from './support/deployRun.ts'

const NAME = ownLab('upgrade')
const OURS = 'crane02'
const THEIRS = 'crane03'

let lab: Lab
beforeAll(async () => {
  lab = await labUp({ name: NAME, hosts: 3, containerd: '1.7' })
  const { failures } = await deployRun(lab, 'deploy.yml')
  if (failures.length > 0) throw new Error(`the cluster could not be deployed: ${JSON.stringify(failures)}`)
})
afterAll(() => labDown(undefined, NAME))

const on = (host: string, command: string) => onLabHost(lab, host, command)
const stateOf = async (node: string) => /State=(\S+)/.exec(await on('crane01', `ccontrol show node ${node}`))?.[1]
const upgrade = (...options: string[]) =>
  deployRun(lab, 'upgrade-runtime.yml', '-e', 'containerd_version=2.1.*', ...options)

it('drains nothing in check mode', async () => {
  const { failures } = await upgrade('--check')
  expect(failures).toEqual([])
  expect(await stateOf(OURS)).toBe('idle[active]')
})

it('keeps a node drained whose health check fails, and begins no other', async () => {
  const { failures, results } = await upgrade('-e', 'health_check=false', '-e', 'containerd_version=1.7.*')
  expect(failures).toMatchObject([{ host: OURS, task: 'run' }])
  expect(results.filter(({ host }) => host === THEIRS)).toEqual([])
  expect(await stateOf(OURS)).toBe('idle(drain)[active]')
})

it('waits for the job of a node, upgrades it, proves it, and gives back only what it drained', async () => {
  await on(
    'crane01',
    `ccontrol update nodename=${OURS} state=resume && ccontrol update nodename=${THEIRS} state=drain reason=theirs`,
  )
  const job = `ccon -p CPU -w ${OURS} run -d --pull-policy IfNotPresent --userns=false alpine:latest sleep 12`
  await on('crane01', `cd /home && ${job}`)
  await on(
    OURS,
    'for i in $(seq 50); do [ "$(ls /run/containerd/io.containerd.runtime.v2.task/k8s.io | wc -l)" -lt 2 ] || exit 0; sleep 0.2; done; exit 1',
  )
  // Debian's package restarts containerd when it is upgraded.
  for (const options of [['--check'], []])
    expect(await deployRun(lab, 'deploy.yml', '-e', 'containerd_version=2.1.*', ...options)).toMatchObject({
      changes: [],
      failures: [{ host: OURS, cause: expect.stringContaining('2 containers run, pods counted') }],
    })
  const { failures } = await upgrade()
  expect(failures).toEqual([])
  for (const host of [OURS, THEIRS]) expect(await on(host, 'containerd --version')).toContain(' 2.1.')
  expect([await stateOf(OURS), await stateOf(THEIRS)]).toEqual(['idle[active]', 'idle(drain)[active]'])
  expect(await on('crane01', 'cd /home && ccon ps -a')).toMatch(/sleep 12 .* COMPLETED/)
  const log = await on('crane01', 'journalctl -t crane-play -o cat')
  expect(log).toMatch(
    /^drained crane02: upgrade of the container runtime \(task 'drain the node', run of 20\S+Z by \S+@\S+\)$/m,
  )
  expect(log).toMatch(/^returned crane02 to the scheduler \(task 'return the node', run of /m)
  expect(log).not.toMatch(/^returned crane03/m)
})
