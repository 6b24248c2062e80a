// A cluster from its first batch on: a batch that fails stops deploy.yml, BindFs is proved by a job, and a node joins while the others run.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Lab, labDown, labHost, labReset, labUp, ownLab } from '../../lab/index.ts'
import { containerAddresses, deployRun, onLabHost } from './support/deployRun.ts'

const NAME = ownLab('running')
const COMPUTE = ['crane02', 'crane03', 'crane04']
const NEW = 'crane04'
const OLD = ['crane02', 'crane03']
const CONFIG = '/etc/crane/config.yaml'

let lab: Lab
beforeAll(async () => {
  lab = await labUp({ name: NAME, hosts: 4, containerd: '1.7' })
})
afterAll(() => labDown(undefined, NAME))

const on = (host: string, command: string) => onLabHost(lab, host, command)
const run = (playbook: string, inputs: object = {}, ...options: string[]) =>
  deployRun(lab, playbook, '-e', JSON.stringify(inputs), ...options)

it('restarts the control node before the canary, lets that run jobs, and begins no batch after one that failed', async () => {
  const file = '/etc/containerd/config.toml'
  await on('crane03', `cp ${file} ${file}.site && echo '[broken' >>${file}`)
  const { status, failures, results } = await run('deploy.yml', { batch: '1' })
  expect(status).toBe(2)
  expect(failures).toMatchObject([{ host: 'crane03', task: 'configureContainerd' }])
  const proofs = results.filter(({ task }) => task.type === 'verifyCcon')
  expect(proofs.map(({ host, result }) => [host, result.outcome])).toContainEqual(['crane02', 'ok'])
  expect(results.filter(({ host }) => host === 'crane04')).toEqual([])
  const restarts = results.filter(({ task, result }) => task.type === 'restartService' && result.outcome === 'changed')
  expect(restarts.map(({ host }) => host)).toEqual(['crane01', 'crane02'])
  expect(await on('crane04', 'command -v containerd || true')).toBe('')
  await on('crane03', `mv ${file}.site ${file}`)
})

it('repairs what failed, and leaves the control node and the canary alone', async () => {
  const { status, failures, changes } = await run('deploy.yml', { batch: '100%' })
  expect({ status, failures }).toEqual({ status: 3, failures: [] })
  expect(changes.filter((one) => /^crane0[12] /.test(one))).toEqual([])
  for (const host of COMPUTE) await on(host, 'systemctl is-active craned containerd')
  expect(await containerAddresses(lab, 'crane02')).toContainEqual(expect.stringMatching(/^10\.88\./))
})

it('names the nodes whose mounts need BindFs, and installs it', async () => {
  for (const host of COMPUTE) await on(host, 'mkdir -p /scratch')
  await on('crane03', 'mount -t ramfs ramfs /scratch')
  const without = await run('bindfs.yml', { bindfs: false, mount_sources: ['/scratch'] })
  const warned = without.results.flatMap(({ host, result }) => (result.warnings ?? []).map((text) => `${host} ${text}`))
  expect({ ...without, warned }).toMatchObject({
    status: 0,
    warned: ['crane03 /scratch cannot be mounted with a user namespace unless BindFs is on: ramfs does not map ids'],
  })
  const { status, changes } = await run('bindfs.yml', { mount_sources: ['/scratch'] })
  expect({ status, changes: changes.sort() }).toEqual({
    status: 3,
    changes: COMPUTE.map((host) => `${host} installPackage`),
  })
  expect(await run('bindfs.yml')).toMatchObject({ status: 0, changes: [], failures: [] })
})

it('proves by a job with a mount and a user namespace that BindFs is needed, and then that it works', async () => {
  for (const host of COMPUTE) await on(host, 'for f in /etc/subuid /etc/subgid; do echo root:100000:65536 >>$f; done')
  const second = { verify_userns: true, verify_mounts: ['/home'], verify_port: 18_080 }
  const before = await run('verify.yml', second)
  expect(before.failures).toMatchObject([
    {
      task: 'verifyCcon',
      cause: expect.stringMatching(/^crane\[02-04\]: mount: the container cannot read a file of its own user/),
      hint: expect.stringContaining('bindfs=true'),
    },
  ])
  const deployed = await run('deploy.yml', { bindfs: true })
  expect({ status: deployed.status, failures: deployed.failures }).toEqual({ status: 3, failures: [] })
  const { status, failures, results } = await run('verify.yml', second)
  expect({ status, failures }).toEqual({ status: 0, failures: [] })
  const jobs = results.flatMap(({ task, result }) =>
    task.type === 'verifyCcon' && result.outcome !== 'skipped' ? [result.data] : [],
  )
  expect(jobs).toMatchObject([1, 2].map(() => ({ jobs: COMPUTE.map((node) => ({ node })) })))
  for (const host of COMPUTE) await on(host, '! grep -q bindfs /proc/mounts')
  expect(await on('crane01', 'ls -A /home')).not.toContain('.crane-play')
})

it('takes a node into the cluster, and touches no other', async () => {
  const state = (host: string) =>
    on(
      host,
      `stat -c '%n %Z' ${CONFIG} /etc/containerd/config.toml /etc/cni/net.d/* /etc/crane/tls/* /etc/systemd/system/craned.service.d/*
systemctl show -p MainPID craned containerd`,
    )
  // The cluster without the node, and then its administrator's edit on the control node.
  await on(NEW, 'systemctl stop craned')
  for (const host of ['crane01', ...OLD]) await on(host, `sed -i 's/crane\\[02-04\\]/crane[02-03]/' ${CONFIG}`)
  await run('configuration.yml', { bindfs: true }, '--limit', `crane01,${OLD.join(',')}`)
  await labReset([NEW], NAME)
  await on('crane01', `sed -i 's/crane\\[02-03\\]/crane[02-04]/' ${CONFIG}`)
  const before = await Promise.all(OLD.map(state))

  const { status, failures, changes, results } = await run('add-node.yml', { nodes: NEW, bindfs: true })
  expect({ status, failures }).toEqual({ status: 3, failures: [] })
  expect(changes.filter((one) => !one.startsWith(NEW))).toEqual(['crane01 restartService'])
  const proof = results.find(({ task }) => task.type === 'verifyCcon')?.result
  expect(proof).toMatchObject({ outcome: 'ok', data: { jobs: [{ node: NEW }] } })
  expect(await Promise.all(OLD.map(state))).toEqual(before)
  expect(await run('add-node.yml', { nodes: NEW, bindfs: true })).toMatchObject({ status: 0, changes: [] })
})

it('gives the others the configuration with the node, and the control daemon finds no difference any more', async () => {
  const { status, failures, changes } = await run('deploy.yml', { bindfs: true, distribute: true })
  expect({ status, failures }).toEqual({ status: 3, failures: [] })
  expect(changes.filter((one) => /^crane0[14] /.test(one))).toEqual([])
  expect(changes).toEqual(expect.arrayContaining(OLD.map((host) => `${host} restartService`)))
  await on('crane01', 'systemctl restart cranectld')
  for (const node of COMPUTE)
    await expect
      .poll(() => on('crane01', `ccontrol show node ${node}`), { timeout: 30_000 })
      .toContain('State=idle[active]')
  const log = await on(
    'crane01',
    `journalctl -u cranectld -o cat --since "$(systemctl show -p ActiveEnterTimestamp --value cranectld)"`,
  )
  expect(log).not.toContain('appears to have a diffrent config.yaml')
})

it('refuses a node whose hostname is another one, before craned restarts', async () => {
  await on(NEW, 'hostname other')
  const { failures } = await run('configuration.yml', { bindfs: true }, '--limit', NEW)
  expect(failures).toMatchObject([{ host: NEW, cause: expect.stringContaining('the hostname of crane04 is other') }])
  await on(NEW, `hostname ${labHost(NEW, NAME).name}`)
})
