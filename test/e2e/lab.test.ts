/** The lab itself, by hand, without the product: from `up` through a job in a real container to `down`. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Lab, labDown, labHost, labReset, labState, labUp, ownLab, projectRoot } from '../../lab/index.ts'
import { writeState } from '../../lab/labState.ts'
import { builtTools } from '../../lab/tools/buildTools.ts'

const containerSection = (server: string) => `Container:
  Enabled: true
  RuntimeEndpoint: /run/containerd/containerd.sock
  UserNsEnabledByDefault: false
  Dns:
    Servers: ["${server}"]
`
const network = {
  cniVersion: '1.0.0',
  name: 'crane',
  type: 'crane-meta',
  capabilities: { portMappings: true },
  timeoutSeconds: 4,
  pipelines: [
    {
      name: 'ethernet',
      ifName: 'eth0',
      delegates: [
        {
          name: 'bridge',
          conf: {
            type: 'bridge',
            bridge: 'cni0',
            isGateway: true,
            ipMasq: true,
            ipam: { type: 'host-local', ranges: [[{ subnet: '10.88.0.0/24' }]] },
          },
        },
        { name: 'portmap', type: 'portmap' },
      ],
    },
  ],
}
const install =
  'DEBIAN_FRONTEND=noninteractive apt-get install -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold containerd'

async function must(host: string, command: string): Promise<string> {
  const result = await labHost(host).exec(command)
  expect(result, `${host}: ${command}`).toMatchObject({ exitCode: 0 })
  return result.stdout
}

/** Polls a command until its output matches; fails with the last output after ten seconds. */
async function eventually(host: string, command: string, wanted: RegExp): Promise<string> {
  const giveUp = Date.now() + 10_000
  for (;;) {
    const { stdout, stderr } = await labHost(host).exec(command)
    if (wanted.test(stdout)) return stdout
    if (Date.now() > giveUp) throw new Error(`${command} never gave ${wanted}: ${stdout}${stderr}`)
  }
}

async function submit(words: string): Promise<number> {
  const said = await must('crane01', `cd /home/shared && ccon -p CPU run -d --pull-policy IfNotPresent ${words}`)
  expect(said).toMatch(/^Container submitted successfully\. Job ID: \d+, Step ID: 1\n$/)
  return Number(/\d+/.exec(said)?.[0])
}

const ended = /"status": [23456]\b/

let lab: Lab
beforeAll(async () => {
  lab = await labUp({ hosts: 2 })
  await labReset('all')
})

test('a host starts as a site before the guide', async () => {
  expect(await must('crane02', 'hostname')).toBe('crane02\n')
  expect(await must('crane02', 'getent hosts crane01')).toMatch(/^10\.77\.\d+\.11\s+crane01\n$/)
  expect(existsSync(join(labHost('crane02').root, 'usr/bin/containerd'))).toBe(false)
  expect(readFileSync(join(labHost('crane02').root, 'etc/crane/config.yaml'), 'utf8')).not.toContain('Container:')
  await eventually('crane01', 'cinfo', /^CPU +up +1 +idle +crane02$/m)
  const refused = await labHost('crane01').exec('ccon -p CPU run -d alpine:latest echo hi')
  expect(refused).toMatchObject({
    exitCode: 4,
    stderr: expect.stringMatching(/Container job submission failed: CRI support is disabled in the cluster\.\n$/),
  })
})

test('sshd, the key, known_hosts and both kinds of sudo are real', () => {
  const ssh = (user: string, command: string, input = '') => {
    const files = ['-i', lab.privateKey, '-o', `UserKnownHostsFile=${lab.knownHosts}`]
    const options = ['-F', 'none', '-o', 'BatchMode=yes', ...files, `${user}@${labHost('crane02').address}`, command]
    const result = spawnSync('ssh', options, { encoding: 'utf8', input })
    return { status: result.status, stdout: result.stdout }
  }
  expect(ssh('root', 'id -un')).toEqual({ status: 0, stdout: 'root\n' })
  expect(ssh('ops', 'sudo -n id -un')).toEqual({ status: 0, stdout: 'root\n' })
  expect(ssh('admin', 'sudo -n id -un').status).toBe(1)
  expect(ssh('admin', "sudo -S -p '' id -un", 'lab-secret\n')).toEqual({ status: 0, stdout: 'root\n' })
})

test('a job runs in a real container, over the real runtime and network', async () => {
  await must('crane02', install)
  expect(await must('crane02', 'cat /etc/containerd/config.toml')).toContain('restrict_oom_score_adj = true')
  await must('crane02', 'mkdir -p /etc/cni/net.d')
  writeFileSync(join(labHost('crane02').root, 'etc/cni/net.d/00-crane.conf'), JSON.stringify(network))
  for (const host of ['crane01', 'crane02'])
    await must(host, `printf '%s' '${containerSection(lab.gateway)}' >> /etc/crane/config.yaml`)
  await must('crane01', 'systemctl restart cranectld')
  await must('crane02', 'systemctl restart craned')
  await eventually('crane01', 'cinfo', /^CPU +up +1 +idle +crane02$/m)
  await eventually('crane02', 'ctr -n k8s.io images ls -q', /library\/alpine:latest/)
  const job = await submit(`-p 8080:80 alpine:latest sh -c 'echo token-$((6*7)); ip addr show eth0'`)
  const shown = await eventually('crane01', `ccon inspect ${job}.1`, ended)
  expect(JSON.parse(shown)).toMatchObject({ status: 2, craned_list: 'crane02' })
  const log = await must('crane01', `ccon logs -n crane02 ${job}.1`)
  expect(log).toMatch(/^token-42\n/)
  expect(log).toContain('inet 10.88.0.')
  await eventually('crane02', 'ctr -n k8s.io containers ls -q', /^$/)
})

test.each<[name: string, words: string, expected: { status: number; exit_code: number }]>([
  ['a literal -- is the command', 'alpine:latest -- echo hi', { status: 3, exit_code: 324 }],
  ['an exit status is kept', `alpine:latest sh -c 'exit 7'`, { status: 3, exit_code: 7 }],
  ['a signal is kept above 256', `alpine:latest sh -c 'kill -9 $$'`, { status: 3, exit_code: 265 }],
  ['an image that is nowhere', '--pull-policy Never nosuch:1 true', { status: 3, exit_code: 323 }],
  ['user namespaces without ids', '--userns=true alpine:latest true', { status: 3, exit_code: 323 }],
])('a job fails as on a cluster: %s', async (_, words, expected) => {
  const job = await submit(words)
  expect(JSON.parse(await eventually('crane01', `ccon inspect ${job}.1`, ended))).toMatchObject(expected)
})

test('without a network configuration, and then without a runtime, the pod fails with their words', async () => {
  const podLog = async () => {
    const job = await submit('alpine:latest true')
    await eventually('crane01', `ccon inspect ${job}.1`, ended)
    return must('crane02', `cat /var/crane/supervisor/${job}.0.log`)
  }
  await must('crane02', 'rm /etc/cni/net.d/00-crane.conf && systemctl restart containerd')
  expect(await podLog()).toContain('cni plugin not initialized')
  await must('crane02', 'systemctl stop containerd')
  expect(await podLog()).toContain('Failed to run pod sandbox: [gRPC:14]')
})

test('a reset host is as it was, and a powered-off one is gone alone', async () => {
  await labReset(['crane02'])
  expect(existsSync(join(labHost('crane02').root, 'usr/bin/containerd'))).toBe(false)
  const host = labHost('crane02')
  await host.powerOff()
  expect(host.isUp()).toBe(false)
  expect(labHost('crane01').isUp()).toBe(true)
})

test('a host of the RHEL family has dnf, no apt, and a containerd that runs', async () => {
  const rpm = await labUp({ name: ownLab('rpm'), hosts: 1, rpm: 'all' })
  try {
    const host = labHost('crane01', rpm.name)
    const said = async (command: string) => {
      const { stdout, stderr, exitCode } = await host.exec(command)
      expect({ command, stderr, exitCode }).toMatchObject({ exitCode: 0 })
      return stdout
    }
    expect(await said('cat /etc/os-release')).toContain('ID_LIKE="rhel centos fedora"')
    expect((await host.exec('command -v apt-get dpkg')).stdout).toBe('')
    await said('dnf -q install -y containerd.io mail-reports chrony && systemctl start containerd chronyd')
    expect(await said("rpm -q --qf '%{NAME} %{EPOCH}' chrony")).toBe('chrony 1')
    expect(await said('rpm -q --whatprovides mailx')).toMatch(/^s-nail-/)
    expect(await said('systemctl is-active containerd chronyd')).toBe('active\nactive\n')
  } finally {
    await labDown(() => {}, rpm.name)
  }
})

/** CRI-O's settings as CraneSched needs them, and a network. */
const crioSettings = {
  '/etc/crio/crio.conf.d/10-crane.conf': `[crio.runtime]
cgroup_manager = "cgroupfs"
conmon_cgroup = "pod"
enable_pod_events = true
`,
  '/etc/cni/net.d/00-lab.conflist': JSON.stringify({
    cniVersion: '1.0.0',
    name: 'lab',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: '10.88.0.0/24' }]] },
      },
    ],
  }),
  '/tmp/pod.json': JSON.stringify({
    metadata: { name: 'job-1', uid: 'u', namespace: 'cranesched' },
    log_directory: '/tmp/log',
    linux: { cgroup_parent: '/crane/job_1' },
  }),
  '/tmp/container.json': JSON.stringify({
    metadata: { name: '1.1' },
    image: { image: 'docker.io/library/alpine:latest' },
    command: ['echo', 'hello'],
    log_path: '1.log',
    linux: {},
  }),
}

// Built by `npm run lab -- tools` in minutes, where Go is at hand.
test.skipIf(!['crio', 'crictl'].every((name) => builtTools().has(name)))(
  'a container runs under a real CRI-O, with the cgroup parent of CraneSched',
  async () => {
    await must('crane01', 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq cri-o')
    for (const [path, text] of Object.entries(crioSettings))
      await must('crane01', `mkdir -p ${dirname(path)} && cat >${path} <<'END'\n${text}\nEND`)
    await must('crane01', 'systemctl start crio')
    const crictl = 'crictl -r unix:///var/run/crio/crio.sock'
    const pod = (await must('crane01', `${crictl} runp /tmp/pod.json`)).trim()
    const container = (await must('crane01', `${crictl} create ${pod} /tmp/container.json /tmp/pod.json`)).trim()
    await must('crane01', `${crictl} start ${container}`)
    await eventually('crane01', 'cat /tmp/log/1.log', / stdout F hello$/m)
    expect(await must('crane01', `${crictl} inspectp ${pod}`)).toContain('"ip": "10.88.0.')
  },
)

test('a second lab is up beside the first one, and ends alone', async () => {
  const second = await labUp({ name: ownLab('second'), hosts: 1 })
  expect(second.gateway).not.toBe(lab.gateway)
  expect(await labHost('crane01', second.name).exec('cat /etc/hosts')).toMatchObject({
    stdout: expect.stringContaining(`${labHost('crane01', second.name).address} crane01\n`),
  })
  await labDown(() => {}, second.name)
  expect(labState(second.name)).toBeUndefined()
  expect(labHost('crane01').isUp()).toBe(true)
  expect(await labHost('crane01').exec('true')).toMatchObject({ exitCode: 0 })
})

test('the lab of another checkout is neither taken nor ended unasked', async () => {
  const state = labState()
  if (!state) throw new Error('the lab is not up')
  const other = mkdtempSync(join(tmpdir(), 'checkout-'))
  mkdirSync(join(other, 'lab'))
  try {
    writeState({ ...state, owner: other })
    await expect(labUp({ hosts: 2 })).rejects.toThrow(`lab ${lab.name} of ${other} is up with 1 host(s)`)
    await expect(labDown()).rejects.toThrow(`lab ${lab.name} belongs to ${other}`)
    expect(() => labHost('crane01')).toThrow('only the keys there open it')
  } finally {
    writeState(state)
    rmSync(other, { recursive: true })
  }
  expect(labHost('crane01').isUp()).toBe(true)
})

test('who may not run a lab is told what is needed, in one line', () => {
  const tsx = join(projectRoot, 'node_modules/tsx/dist/cli.mjs')
  const result = spawnSync(process.execPath, [tsx, join(projectRoot, 'lab/cli.ts'), 'up'], {
    uid: 65534,
    encoding: 'utf8',
  })
  expect(result.status).toBe(1)
  expect(result.stderr).toMatch(/^lab: the lab mounts file systems .* must run as root: try again with sudo\n$/)
})

test('down leaves nothing behind but the image', async () => {
  const { hosts = [], disks = '', number = -1 } = labState() ?? {}
  const pids = hosts.flatMap(({ pid, launcher }) => [pid, launcher])
  expect(pids).toHaveLength(4)
  await labDown()
  expect(labState()).toBeUndefined()
  expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
  expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(`${disks}/`)
  expect(existsSync('/run/netns') ? readdirSync('/run/netns') : []).not.toContainEqual(
    expect.stringMatching(`^crane-lab${number}-`),
  )
  expect(readdirSync('/sys/class/net')).not.toContainEqual(
    expect.stringMatching(`^(crane-lab${number}$|vcl${number}-)`),
  )
  const groups = spawnSync('find', ['/sys/fs/cgroup', '-name', `crane-lab${number}-*`], { encoding: 'utf8' })
  expect(groups.stdout).toBe('')
  await labDown()
})
