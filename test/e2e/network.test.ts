// cni.yml for Calico with a real etcd: its plug-ins are stand-ins that are only put in place, Meta CNI is the lab's stand-in.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from 'crane-play/task'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Lab, labDown, labHost, labUp, ownLab } from '../../lab/index.ts'
import { deployRun, onLabHost } from './support/deployRun.ts'
import { doctorRun } from './support/doctorRun.ts'
import { LawHost } from './support/lawHost.ts'

const NAME = ownLab('network')
const NODE = 'crane02'
const CONFIG = '/etc/cni/net.d/00-crane-calico.conf'
const folder = mkdtempSync(join(tmpdir(), 'crane-play-network-'))
const PLUGIN = "#!/bin/sh\n# Stand-in of crane-play's tests for a plug-in of Calico.\nexit 1\n"

let lab: Lab
const on = (command: string) => onLabHost(lab, NODE, command)
const etcd = () => `http://${labHost('crane01', NAME).address}:2379`

beforeAll(async () => {
  lab = await labUp({ name: NAME, hosts: 2 })
  writeFileSync(join(folder, 'calico'), PLUGIN)
  const node = new LawHost(lab, NODE)
  await node.play('installPackage', { name: 'containerd' })
  node.end()
  await on(`mkdir -p /srv/plugins; cat >/srv/plugins/calico-ipam <<'END'\n${PLUGIN}END`)
  await onLabHost(
    lab,
    'crane01',
    `DEBIAN_FRONTEND=noninteractive apt-get -y -q install etcd-server >/dev/null 2>&1; systemctl stop etcd
    systemd-run -q --unit site-etcd /usr/bin/etcd --data-dir /run/site-etcd --listen-client-urls ${etcd()} --advertise-client-urls ${etcd()}`,
  )
}, 200_000)
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await labDown(undefined, NAME)
})

/** What of the runtime is not configured here is not asked either. */
const run = (more: object = {}, ...options: string[]) =>
  deployRun(lab, 'cni.yml', '--skip-tags', 'verify', ...options, '-e', JSON.stringify({ ...values(), ...more }))

/** What doctor says of etcd, by node. */
const unreachable = async () =>
  (await doctorRun(lab)).report.findings.find(({ check }) => check === 'etcdUnreachable')?.evidence

const values = () => ({
  cni_file: '00-crane-calico.conf',
  cni_plugins: ['loopback', 'portmap', 'bandwidth'],
  cni_plugin_files: [
    { name: 'calico', src: join(folder, 'calico') },
    { name: 'calico-ipam', url: 'file:///srv/plugins/calico-ipam', sha256: sha256(PLUGIN) },
  ],
  cni_delegates: [
    {
      conf: { type: 'calico', datastore_type: 'etcdv3', etcd_endpoints: etcd(), ipam: { type: 'calico-ipam' } },
    },
    { conf: { type: 'dns-register', etcd_endpoints: etcd(), ttl: 60 } },
    { conf: { type: 'portmap', snat: true } },
  ],
})

it('fetches Meta CNI only in the generation that its configuration needs', async () => {
  const text = await on('cat /opt/lab/cni-g2/crane-meta')
  const fetched = { meta_cni_url: 'file:///opt/lab/cni-g2/crane-meta', meta_cni_sha256: sha256(text) }
  const before = await on('sha256sum </opt/cni/bin/crane-meta')
  const { status, failures } = await run(fetched)
  expect(status).toBe(2)
  expect(failures).toMatchObject([
    {
      host: NODE,
      task: 'installMetaCni',
      cause: expect.stringContaining('is not a build of Meta CNI of generation G3'),
    },
  ])
  expect(await on('sha256sum </opt/cni/bin/crane-meta')).toBe(before)
})

it('says in check mode what it would do, and that etcd is asked once curl is there', async () => {
  const { status, failures } = await run({}, '--check')
  expect({ status, failures }).toEqual({ status: 3, failures: [] })
  await on(`[ ! -e ${CONFIG} ] && [ ! -e /usr/bin/curl ]`)
})

it('writes the network when etcd is healthy and the plug-ins are there', async () => {
  await on('cp /opt/lab/cni-g2/crane-meta /opt/cni/bin/dns-register')
  expect(await run()).toMatchObject({ status: 3, failures: [] })
  expect(await on('stat -c %a:%U /opt/cni/bin/calico /opt/cni/bin/calico-ipam')).toBe('755:root\n755:root\n')
  const config = JSON.parse(await on(`cat ${CONFIG}`))
  expect(config.capabilities).toEqual({ 'io.kubernetes.cri.pod-annotations': true, portMappings: true })
  expect(await run()).toMatchObject({ status: 0, changes: [], failures: [] })
  expect(await unreachable()).toBeUndefined()
})

it('leaves the network as it was when etcd does not answer, and says so for each node', async () => {
  await onLabHost(lab, 'crane01', 'systemctl stop site-etcd')
  expect(await unreachable()).toEqual({ [NODE]: etcd() })
  const before = await on(`stat -c %Z ${CONFIG}`)
  const { status, failures } = await run()
  expect(status).toBe(2)
  expect(failures).toMatchObject([
    { host: NODE, task: 'verifyEtcd', cause: `no etcd answers: ${etcd()}: nothing answers there` },
  ])
  expect(await on(`stat -c %Z ${CONFIG}`)).toBe(before)
})
