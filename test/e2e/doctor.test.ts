// A cluster through its life: deployed, found well, broken in many ways at once, diagnosed, repaired, and undeployed.
import { rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Lab, labHost, labReset, labUp } from '../../lab/index.ts'
import { runCommand } from '../cli/runCommand.ts'
import { LASTING, OF_BARE_HOSTS, OF_THE_LAB, SPREAD, TOGETHER } from './support/doctorFaults.ts'
import { LAB_PLANTS } from './support/doctorPlants.ts'
import { doctorRun, found } from './support/doctorRun.ts'
import { onHost } from './support/labSite.ts'
import { plantFaults } from './support/plantFaults.ts'
import { runOnTerminal } from './support/terminal.ts'

const HOSTS = ['crane01', 'crane02', 'crane03', 'crane04']

let lab: Lab
const before = new Map<string, string>()

const reach = () => ['-i', lab.inventory, '--known-hosts', lab.knownHosts]

/** Every file of /etc with the digest of its content, every link there and each plug-in with its target. */
const etcOf = (host: string) =>
  onHost(
    host,
    "cd /etc && { find . -type f -exec sha256sum {} + | awk '{ print $2, $1 }'; find . /opt/cni/bin -type l -printf '%p -> %l\\n'; } | sort",
  )

const doctor = (...options: string[]) => doctorRun(lab, ...options)

/** What was put back is newer than the daemons that read it. */
async function expectNoneLeft(...options: string[]): Promise<void> {
  await onHost('crane01', 'systemctl restart cranectld')
  for (const host of HOSTS.slice(1)) await onHost(host, 'systemctl restart containerd craned')
  await expect.poll(async () => found(await doctor(...options)), { timeout: 20_000 }).toEqual(OF_THE_LAB)
}

beforeAll(async () => {
  lab = await labUp({ containerd: '1.7', bareConfig: false })
  await labReset('all')
  // The other links to plug-ins are there already. crictl has a setting of the site's, and CraneSched a certificate.
  await onHost('crane02', 'rm /opt/cni/bin/portmap')
  await onHost('crane03', "echo 'timeout: 2' >/etc/crictl.yaml")
  await onHost('crane04', 'mkdir /etc/crane/tls && echo site >/etc/crane/tls/internal.pem')
  for (const host of HOSTS) before.set(host, await etcOf(host))
})
afterAll(async () => {
  await labReset('all')
})

it('says of bare hosts what is missing', async () => {
  const { status, report } = await doctor()
  expect(status).toBe(3)
  expect(found({ report })).toMatchObject(OF_BARE_HOSTS)
})

it('finds nothing on a cluster that was just deployed', async () => {
  const deployed = await runCommand(
    'deploy.yml',
    ...reach(),
    '-e',
    '{"container_settings": {"Dns": {"Servers": ["192.0.2.53"]}}}',
    '--output',
    'plain',
  )
  expect([deployed.status, deployed.err]).toEqual([0, ''])
  const { status, report } = await doctor()
  expect([found({ report }), report.unanswered, status]).toEqual([OF_THE_LAB, [], 3])
})

it('finds what is wrong with files, sockets, certificates, units and logs', async () => {
  for (const [, host, plant] of TOGETHER) await onHost(host, plant)
  const all = found(await doctor())
  for (const [, host, , undo] of TOGETHER) await onHost(host, undo)
  const wanted = TOGETHER.flatMap(([checks, host]) => checks.map((check) => [check, host]))
  expect(all).toMatchObject(Object.fromEntries(wanted))
})

it('finds each fault that is planted for one check, and takes it away again', async () => {
  const { seen, wanted } = await plantFaults(lab, LAB_PLANTS)
  expect(seen).toEqual(wanted)
  expect(LAB_PLANTS.length).toBeGreaterThan(90)
  await expectNoneLeft()
})

it('finds faults that hosts have together, and on a host where users log in', async () => {
  const { login, plants, found: wanted } = SPREAD
  const inventory = `${lab.inventory}-login`
  writeFileSync(inventory, `[login]\n${login}\n`)
  for (const [host, plant] of plants) await onHost(host, plant)
  const seen = async () => {
    const { findings } = (await doctor('-i', inventory)).report
    const of = (name: string) => findings.find(({ check }) => check === name)
    return Object.fromEntries(Object.keys(wanted).map((name) => [name, [of(name)?.hosts, of(name)?.evidence]]))
  }
  const evidence = ([host, text]: readonly [string, string]) => [host, { [host]: expect.stringContaining(text) }]
  const all = Object.fromEntries(Object.entries(wanted).map(([name, one]) => [name, evidence(one)]))
  // The restarted craned registers a moment later.
  await expect.poll(seen, { timeout: 20_000 }).toEqual(all)
  for (const [host, , undo] of plants) await onHost(host, undo)
  await expectNoneLeft('-i', inventory)
  rmSync(inventory)
})

it('finds each fault on the host that has it', async () => {
  for (const [, host, plant] of LASTING) await onHost(host, plant)
  const { status, report } = await doctor()
  expect(status).toBe(3)
  expect(found({ report })).toMatchObject(Object.fromEntries(LASTING.map(([check, host]) => [check, host])))
})

it('shows what the playbooks would do, and changes nothing without a yes', async () => {
  const { status, out, err } = await runCommand('doctor', ...reach(), '--fix', '--output', 'plain')
  expect(status).toBe(1)
  expect(err).toContain('there is no terminal to ask on')
  expect(out).toContain('SystemdCgroup = false')
  expect(found(await doctor())).toMatchObject({ systemdCgroup: 'crane02' })
})

it.each([
  ['no', 'n\r'],
  ['nothing', '\r'],
  ['the end of input', '\u0004'],
])('changes nothing when the answer is %s', async (_what, answer) => {
  const argv = ['doctor', 'crane02', ...reach(), '--fix', '--output', 'plain']
  const { status, shown } = await runOnTerminal(argv, 'make these changes? [y/N] ', answer)
  expect(shown).toContain('SystemdCgroup = false')
  expect(shown).toContain('nothing was changed')
  expect(status).toBe(3)
  await onHost('crane02', 'containerd config dump | grep -q "SystemdCgroup = true"')
})

it('repairs with a yes what the playbooks can, and finds the rest again', async () => {
  const argv = ['doctor', ...reach(), '--fix', '--output', 'plain']
  const onTerminal = async () => (await runOnTerminal(argv, 'make these changes? [y/N] ', 'y\r')).shown
  const unasked = async () => (await runCommand(...argv, '--yes')).out
  const fix = async (run: () => Promise<string>) => {
    const out = await run()
    const left = Object.entries(found(await doctor())).filter(([check]) => !(check in OF_THE_LAB))
    return { out, left }
  }
  // Which of two files of a network is meant, no playbook decides: nothing more is done to that host until one is gone.
  const first = await fix(onTerminal)
  expect(first.out).toContain('00-a.conflist comes first by name')
  expect(new Set(first.left.map(([, host]) => host))).toEqual(new Set(['crane04']))
  expect(first.left.map(([check]) => check)).toContain('networkHidden')
  await onHost('crane04', 'rm /etc/cni/net.d/00-a.conflist')
  expect((await fix(unasked)).left).toEqual([])
})

it('leaves the hosts as they were found', async () => {
  const predicted = await runCommand('undeploy.yml', ...reach(), '-e', 'purge=true', '--check', '--output', 'plain')
  expect([predicted.status, predicted.err]).toEqual([0, ''])
  const undone = await runCommand('undeploy.yml', ...reach(), '-e', 'purge=true', '--output', 'plain')
  expect([undone.status, undone.err]).toEqual([0, ''])
  for (const host of HOSTS) {
    const lines = new Set((before.get(host) ?? '').split('\n'))
    const after = (await etcOf(host)).split('\n')
    const differ = [...after.filter((line) => !lines.has(line)), ...[...lines].filter((line) => !after.includes(line))]
    // dpkg leaves its own version of a file that it found there; it is none of ours.
    expect({ host, differ: differ.filter((line) => !line.includes('.dpkg-dist ')) }).toEqual({ host, differ: [] })
    expect((await labHost(host).exec('systemctl is-active craned cranectld')).stdout).toContain('active')
  }
  const again = await runCommand(
    'undeploy.yml',
    ...reach(),
    '-e',
    'purge=true',
    '--output',
    'plain',
    '--detailed-exitcode',
  )
  expect([again.status, again.err]).toEqual([0, ''])
})
