// A cluster through its life: deployed, found well, broken in many ways at once, diagnosed, repaired, and undeployed.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Lab, labHost, labReset, labUp } from '../../lab/index.ts'
import { runCommand } from '../cli/runCommand.ts'
import { LAB_PLANTS, type LabPlant } from './support/doctorPlants.ts'
import { onHost } from './support/labSite.ts'
import { runOnTerminal } from './support/terminal.ts'

const HOSTS = ['crane01', 'crane02', 'crane03', 'crane04']

let lab: Lab
const before = new Map<string, string>()

const reach = () => ['-i', lab.inventory, '--known-hosts', lab.knownHosts]

/** Every file of /etc with the digest of its content, every link with its target. */
const etcOf = (host: string) =>
  onHost(
    host,
    "cd /etc && { find . -type f -exec sha256sum {} + | awk '{ print $2, $1 }'; find . -type l -printf '%p -> %l\\n'; } | sort",
  )

interface Report {
  readonly findings: readonly {
    readonly check: string
    readonly hosts: string
    readonly evidence: Readonly<Record<string, string>>
  }[]
  readonly unanswered: readonly unknown[]
}

async function doctor(...options: string[]): Promise<{ status: number; report: Report; err: string }> {
  const { status, out, err } = await runCommand('doctor', ...reach(), '--json', ...options)
  return { status, report: JSON.parse(out) as Report, err }
}

/** Debian's own package of containerd is what the lab installs, and its version is refused by newer builds of craned. */
const OF_THE_LAB = { containerdVersionRefused: 'crane[02-04]' }

const found = ({ report }: { report: Report }) =>
  Object.fromEntries(report.findings.map(({ check, hosts }) => [check, hosts]))

beforeAll(async () => {
  lab = await labUp({ containerd: '1.7', bareConfig: false })
  await labReset('all')
  for (const host of HOSTS) before.set(host, await etcOf(host))
})
afterAll(async () => {
  await labReset('all')
})

it('says of bare hosts what is missing', async () => {
  const { status, report } = await doctor()
  expect(status).toBe(3)
  expect(found({ report })).toMatchObject({
    containerDisabled: 'crane01',
    runtimeMissing: 'crane[02-04]',
    networkMissing: 'crane[02-04]',
  })
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

const FAULTS: readonly (readonly [check: string, host: string, plant: string])[] = [
  [
    'systemdCgroup',
    'crane02',
    `printf '%s\\n' '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]' 'runtime_type = "io.containerd.runc.v2"' '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]' 'SystemdCgroup = true' >>/etc/containerd/config.toml`,
  ],
  ['configurationNotInForce', 'crane02', ':'],
  ['networkInvalid', 'crane03', 'echo "{" >/etc/cni/net.d/00-crane.conf'],
  ['cranedDown', 'crane03', 'systemctl stop craned'],
  ['configurationDiffers', 'crane04', "sed -i 's/Enabled: true/Enabled: false/' /etc/crane/config.yaml"],
  ['containerDisabledOnNode', 'crane04', ':'],
  ['configurationNotRead', 'crane04', ':'],
  [
    'networkHidden',
    'crane04',
    `echo '{ "cniVersion": "1.0.0", "name": "x", "plugins": [{ "type": "bridge", "bridge": "x0", "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.99.0.0/16" }]] } }] }' >/etc/cni/net.d/00-a.conflist`,
  ],
  [
    'cranedBeforeRuntime',
    'crane04',
    'rm /etc/systemd/system/craned.service.d/10-container-runtime.conf; systemctl daemon-reload',
  ],
]

/** Faults that are planted and taken away again: what each question of doctor reads of a real host. */
const PASSING: readonly (readonly [checks: readonly string[], host: string, plant: string, undo: string])[] = [
  [
    ['databaseConfigurationExposed'],
    'crane01',
    'chmod 644 /etc/crane/database.yaml',
    'chmod 600 /etc/crane/database.yaml',
  ],
  [
    ['proxyForEveryone'],
    'crane01',
    'echo http_proxy=http://p:1 >/etc/profile.d/proxy.sh',
    'rm /etc/profile.d/proxy.sh',
  ],
  [
    ['socketForEveryone'],
    'crane02',
    'chmod 666 /run/containerd/containerd.sock',
    'chmod 660 /run/containerd/containerd.sock',
  ],
  [['streamKeyReadable'], 'crane02', 'chmod 644 /etc/crane/tls/stream.key', 'chmod 600 /etc/crane/tls/stream.key'],
  [['cdiFileInvalid'], 'crane02', "mkdir -p /etc/cdi; echo 'kind: [' >/etc/cdi/x.yaml", 'rm -r /etc/cdi'],
  [
    ['cniSwallowed', 'failedToReachRuntime'],
    'crane02',
    "printf '%s\\n' 'unexpected end of JSON input' '[gRPC:14] refused' >/var/crane/supervisor/9999.0.log",
    'rm /var/crane/supervisor/9999.0.log',
  ],
  [
    ['supervisorMissing'],
    'crane03',
    'mv /usr/libexec/csupervisor /root/kept',
    'mv /root/kept /usr/libexec/csupervisor',
  ],
  [
    ['proxyInUnit'],
    'crane03',
    "mkdir -p /run/systemd/system/craned.service.d; printf '[Service]\\nEnvironment=HTTP_PROXY=http://p:1\\n' >/run/systemd/system/craned.service.d/p.conf; systemctl daemon-reload",
    'rm /run/systemd/system/craned.service.d/p.conf; systemctl daemon-reload',
  ],
  [['pluginMissing'], 'crane03', 'mv /opt/cni/bin/bridge /root/bridge', 'mv /root/bridge /opt/cni/bin/bridge'],
  [['networkFilesInvalid'], 'crane03', 'echo x >/etc/cni/net.d/99-x.conf', 'rm /etc/cni/net.d/99-x.conf'],
  [
    ['namesUnresolved'],
    'crane03',
    'cp /etc/hosts /root/hosts; echo 127.0.0.1 localhost >/etc/hosts',
    'cat /root/hosts >/etc/hosts; rm /root/hosts',
  ],
  [
    ['streamCertificateExpires', 'streamCertificateForeign', 'streamKeyForeign'],
    'crane04',
    'cd /etc/crane/tls; mv stream.crt /root/kept; openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=x -addext subjectAltName=DNS:x -keyout /dev/null -out stream.crt 2>/dev/null',
    'mv /root/kept /etc/crane/tls/stream.crt',
  ],
  [
    ['socketMissing', 'tlsFileMissing', 'valueRefused'],
    'crane04',
    "cp -p /etc/crane/config.yaml /root/crane; sed -i 's|RuntimeEndpoint: .*|RuntimeEndpoint: /run/none.sock|' /etc/crane/config.yaml; printf 'CompressedRpc: yess\\nTLS:\\n  Enabled: true\\n  CaFilePath: /nowhere\\n' >>/etc/crane/config.yaml",
    'cp -p /root/crane /etc/crane/config.yaml; rm /root/crane',
  ],
]

it('finds what is wrong with files, sockets, certificates, units and logs', async () => {
  for (const [, host, plant] of PASSING) await onHost(host, plant)
  const all = found(await doctor())
  for (const [, host, , undo] of PASSING) await onHost(host, undo)
  const wanted = PASSING.flatMap(([checks, host]) => checks.map((check) => [check, host]))
  expect(all).toMatchObject(Object.fromEntries(wanted))
})

/** As many as there are hosts for them at once. */
function rounds(): (readonly (readonly [host: string, plant: LabPlant])[])[] {
  const [control, ...compute] = HOSTS
  const waiting = [...LAB_PLANTS]
  const next = (host: string): [string, LabPlant][] => {
    const at = waiting.findIndex((plant) => plant.control === (host === control))
    return waiting.splice(at, at < 0 ? 0 : 1).map((plant) => [host, plant])
  }
  const all: (readonly (readonly [string, LabPlant])[])[] = []
  while (waiting.length > 0) all.push([...next(control ?? ''), ...compute.flatMap(next)])
  return all
}

it('finds each fault that is planted for one check, and takes it away again', async () => {
  const wrong: object[] = []
  for (const round of rounds()) {
    await Promise.all(round.map(([host, { plant }]) => onHost(host, plant)))
    const { report } = await doctor()
    await Promise.all(round.map(([host, { undo }]) => onHost(host, undo)))
    for (const [host, { check, seen }] of round) {
      const evidence = report.findings.find((one) => one.check === check)?.evidence[host]
      if (evidence?.includes(seen) !== true) wrong.push({ host, check, seen, evidence })
    }
  }
  expect(wrong).toEqual([])
  expect(LAB_PLANTS.length).toBeGreaterThan(90)
  // What was put back is newer than the daemons that read it.
  await onHost('crane01', 'systemctl restart cranectld')
  for (const host of HOSTS.slice(1)) await onHost(host, 'systemctl restart containerd craned')
  await expect.poll(async () => found(await doctor()), { timeout: 20_000 }).toEqual(OF_THE_LAB)
})

it('finds each fault on the host that has it', async () => {
  for (const [, host, plant] of FAULTS) await onHost(host, plant)
  const { status, report } = await doctor()
  expect(status).toBe(3)
  expect(found({ report })).toMatchObject(Object.fromEntries(FAULTS.map(([check, host]) => [check, host])))
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
