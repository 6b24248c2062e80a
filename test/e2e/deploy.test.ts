// The guide's main path on real hosts: from nothing to a container job, again with nothing to do, and past what breaks.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Lab, labHost, labReset, labUp } from '../../lab/index.ts'
import type { Failure } from '../../src/model/result.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { runCommand } from '../cli/runCommand.ts'
import { MODERN_PLANTS } from './support/doctorPlants.ts'
import { doctorRun, found } from './support/doctorRun.ts'
import { plantFaults } from './support/plantFaults.ts'

const COMPUTE = ['crane02', 'crane03', 'crane04']
const HOSTS = ['crane01', ...COMPUTE]

const folder = mkdtempSync(join(tmpdir(), 'crane-play-deploy-'))
afterAll(() => rmSync(folder, { recursive: true }))

let lab: Lab

async function run(playbook: string, ...options: string[]) {
  const reach = ['-i', lab.inventory, '--known-hosts', lab.knownHosts, '--output', 'jsonl', '--detailed-exitcode']
  const { status, out, err } = await runCommand(playbook, ...reach, ...options)
  const events = out
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RunEvent)
  const results = events.flatMap((event) => (event.type === 'task-result' ? [event] : []))
  const ended = events.findLast((event) => event.type === 'run-ended')
  if (ended?.type !== 'run-ended') throw new Error(`the run did not end: ${err}`)
  const changes = results.filter(({ result }) => result.outcome === 'changed')
  const failures = results.flatMap(({ host, task, result }): (Failure & { host: string; task: string })[] =>
    result.failure ? [{ host, task: task.name, ...result.failure }] : [],
  )
  return { status, results, changes, failures, roundTrips: ended.roundTrips }
}

const proofOf = ({ results }: Pick<Awaited<ReturnType<typeof run>>, 'results'>) =>
  results.findLast(({ task, result }) => task.type === 'verifyCcon' && result.outcome !== 'skipped')?.result

async function on(host: string, command: string): Promise<string> {
  const { stdout, stderr, exitCode } = await labHost(host).exec(command)
  expect({ host, command, stderr, exitCode }).toMatchObject({ exitCode: 0 })
  return stdout
}

const configOf = (host: string) => readFileSync(join(labHost(host).root, 'etc/crane/config.yaml'), 'utf8')

function playbook(name: string, task: object, hosts = 'control', more: object = {}): string {
  const path = join(folder, `${name}.yml`)
  writeFileSync(path, JSON.stringify([{ hosts, ...more, tasks: [task] }]))
  return path
}

describe.each([
  { containerd: '1.7', bareConfig: false },
  { containerd: '2.1', bareConfig: false },
  { containerd: '1.7', bareConfig: true },
] as const)('deploy.yml with containerd $containerd, bare: $bareConfig', (options) => {
  beforeAll(async () => {
    lab = await labUp({ ...options })
    await labReset('all')
  })

  it('says what it would do, and touches nothing', async () => {
    const before = configOf('crane01')
    const { status, failures, results } = await run('deploy.yml', '--check')
    expect({ status, failures }).toEqual({ status: 3, failures: [] })
    expect(configOf('crane01')).toBe(before)
    await on('crane02', '! command -v containerd')
    const restarts = results.filter(({ task }) => task.name === 'restart craned if its configuration changed')
    expect(restarts.map(({ result }) => result.outcome)).toEqual(['changed', 'changed', 'changed'])
  })

  it('does it', async () => {
    const { status, failures, results } = await run('deploy.yml')
    expect({ status, failures }).toEqual({ status: 3, failures: [] })
    expect(proofOf({ results })).toMatchObject({
      outcome: 'ok',
      // The last batch has two nodes.
      data: { jobs: ['crane03', 'crane04'].map((node) => ({ node, line: expect.stringMatching(/^crane-play-/) })) },
    })
    const texts = new Set(HOSTS.map(configOf))
    expect(texts.size).toBe(1)
    expect(parse([...texts][0] ?? '')).toMatchObject({
      ControlMachine: 'crane01',
      Container: { Enabled: true, RuntimeEndpoint: '/run/containerd/containerd.sock', UserNsEnabledByDefault: false },
    })
    expect(await on('crane03', `ss -ltn | grep -cF ' ${labHost('crane03').address}:10350 '`)).toBe('1\n')
  })

  it('has nothing to do the second time, and asks each host once', async () => {
    const { status, changes, failures, roundTrips } = await run('deploy.yml')
    expect({ status, changes, failures }).toEqual({ status: 0, changes: [], failures: [] })
    for (const host of COMPUTE) expect(roundTrips[host]).toBe(1)
    // Its own questions, and the proof of each of the two batches.
    expect(roundTrips['crane01']).toBeLessThanOrEqual(3)
  })

  // Older containerd has one directory of plug-ins.
  it.skipIf(options.containerd === '1.7')(
    'has the faults of its generation found by doctor while they are planted',
    async () => {
      const { seen, wanted } = await plantFaults(lab, MODERN_PLANTS)
      expect(seen).toEqual(wanted)
      // What was put back is newer than it.
      for (const host of COMPUTE) await on(host, 'systemctl restart containerd')
      const left = found(await doctorRun(lab))
      for (const { check } of MODERN_PLANTS) expect(left).not.toHaveProperty(check)
    },
  )

  it.each([
    ['crane01', 'cranectld'],
    ['crane03', 'craned'],
  ])('proves the whole anew when on %s %s was restarted, and says since when it is proven', async (host, daemon) => {
    await on(host, `systemctl restart ${daemon}`)
    const again = await run('deploy.yml')
    expect(again).toMatchObject({ status: 0, changes: [], failures: [] })
    expect(proofOf(again)).toMatchObject({ outcome: 'ok', verified: true })
    const idle = await run('deploy.yml')
    expect(proofOf(idle)).toMatchObject({ outcome: 'ok', note: expect.stringMatching(/^proven 20\d\d-.* UTC: /) })
    expect(proofOf(idle)?.verified).toBeUndefined()
  })
})

describe('what breaks afterwards', () => {
  const proof = (more: object = {}) => ({
    verifyCcon: { partition: 'CPU', directory: '/home', always: true, timeout: 15, ...more },
  })

  beforeAll(async () => {
    lab = await labUp({ containerd: '1.7', bareConfig: false })
    await labReset('all')
    const { status, failures } = await run('deploy.yml')
    if (status !== 3) throw new Error(`the cluster could not be deployed: ${JSON.stringify(failures)}`)
  })

  it('proves each node as another user who may become root', async () => {
    const cri = playbook('cri', { verifyCri: { always: true } }, 'compute', { become: true })
    expect(await run(cri, '-u', 'ops')).toMatchObject({ status: 0, failures: [] })
    const all = playbook('all', proof({ nodes: COMPUTE }), 'control', { become: true })
    expect(await run(all, '-u', 'ops')).toMatchObject({ status: 0, failures: [] })
  })

  it.each<[string, object, string]>([
    ['a partition that does not exist', { partition: 'NOPE' }, 'submission: '],
    ['an image that is nowhere', { image: 'nosuch:1' }, 'image: it is not on the node'],
    ['a directory that is not shared', { directory: '/root' }, 'its line is not in its log'],
    ['an image without the command', { image: 'registry.k8s.io/nosuch:3.6' }, 'image: '],
  ])('names the layer: %s', async (_, params, cause) => {
    const { status, failures } = await run(playbook('proof', proof(params)))
    expect(status).toBe(2)
    expect(failures[0]?.cause).toContain(cause)
    expect(failures[0]?.hint).toBeTruthy()
  })

  it('names the layer for each node, and mends it with the next run', async () => {
    await on('crane02', 'systemctl stop containerd')
    await on('crane03', 'rm /etc/cni/net.d/00-crane.conf')
    await on('crane04', 'systemctl stop craned')
    const { failures } = await run(playbook('nodes', proof({ nodes: COMPUTE })))
    expect(failures[0]?.cause).toContain("crane02: runtime endpoint: craned cannot reach the runtime's socket")
    expect(failures[0]?.cause).toContain('crane03: network: the pod got none')
    expect(failures[0]?.cause).toContain('crane04: node: the job did not start in time')

    const { status, changes, failures: none } = await run('deploy.yml')
    expect({ status, none }).toEqual({ status: 3, none: [] })
    expect(changes.map(({ host, task }) => `${host} ${task.type}`).sort()).toEqual([
      'crane02 ensureService',
      'crane03 writeCni',
      'crane04 restartService',
    ])
  })

  it('shows which hosts have another config.yaml than the control node, and with distribute makes it one on all', async () => {
    const login = join(folder, 'login')
    writeFileSync(login, '[login]\ncrane02\n')
    const reach = ['-i', lab.inventory, '-i', login, '--known-hosts', lab.knownHosts]
    const warned = ({ results }: Awaited<ReturnType<typeof run>>) =>
      results.flatMap(({ host, task, result }) => (task.type === 'compareFile' && result.warnings ? [host] : []))
    expect(new Set(HOSTS.map(configOf)).size).toBe(1)
    // What it says is the same, and its checksum is not.
    const spoil = `sed -i 's/^ControlMachine: .*/ControlMachine: "crane01"/' /etc/crane/config.yaml`
    for (const host of COMPUTE) await on(host, spoil)
    const { out } = await runCommand('configuration.yml', ...reach, '--check')
    const shown = out.slice(out.indexOf('PLAY CraneSched on the compute nodes'))
    expect(shown).toContain('crane[03-04] (2 hosts): /etc/crane/config.yaml differs from that of crane01')
    expect(shown).toMatch(/^ *-ControlMachine: "crane01"\n *\+ControlMachine: crane01$/m)

    const seen = await run('configuration.yml', '-i', login)
    expect(warned(seen)).toEqual(['crane02', 'crane02', 'crane03', 'crane04'])
    expect(seen.changes.filter(({ task }) => task.type === 'compareFile')).toEqual([])

    const made = await run('configuration.yml', '-i', login, '-e', 'distribute=true')
    expect(made).toMatchObject({ status: 3, failures: [] })
    expect(made.changes.map(({ host, task }) => `${host} ${task.type}`).sort()).toEqual(
      COMPUTE.flatMap((host) => [`${host} compareFile`, `${host} restartService`]),
    )
    expect(new Set(HOSTS.map(configOf)).size).toBe(1)
    const idle = await run('configuration.yml', '-i', login)
    expect({ ...idle, warned: warned(idle) }).toMatchObject({ status: 0, changes: [], failures: [], warned: [] })
  })

  it('orders craned after its runtime without a restart, also where systemd was not told', async () => {
    const pid = () => on('crane03', 'systemctl show -p MainPID --value craned')
    const dropIn = '/etc/systemd/system/craned.service.d/10-container-runtime.conf'
    const before = await pid()
    for (const fault of [`rm ${dropIn} && systemctl daemon-reload`, `rm ${dropIn}`, `touch -d tomorrow ${dropIn}`]) {
      await on('crane03', fault)
      const { changes, failures } = await run('deploy.yml', '--tags', 'crane')
      expect({ failures, changes: changes.map(({ host, task }) => `${host} ${task.type}`) }).toEqual({
        failures: [],
        changes: ['crane03 ensureUnitDropIn'],
      })
      await on('crane03', 'systemctl show -p After craned | grep -qw containerd.service')
    }
    expect(await pid()).toBe(before)
  })

  it("takes cgroups away from systemd, whose driver does not understand CraneSched's paths", async () => {
    const runc = 'plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc'
    const table = [`[${runc}]`, 'runtime_type = "io.containerd.runc.v2"', `[${runc}.options]`, 'SystemdCgroup = true']
    await on('crane04', `cat >>/etc/containerd/config.toml <<'END'\n${table.join('\n')}\nEND`)
    const { status, changes, failures } = await run('deploy.yml')
    expect({ status, failures }).toEqual({ status: 3, failures: [] })
    expect(changes.map(({ host, task }) => `${host} ${task.type}`).sort()).toEqual([
      'crane04 configureContainerd',
      'crane04 restartRuntime',
    ])
    await on('crane04', "containerd config dump | grep -q 'SystemdCgroup = false'")
    expect(await run('deploy.yml')).toMatchObject({ status: 0, changes: [], failures: [] })
  })

  it('overwrites nothing where the configuration of containerd is not valid TOML', async () => {
    const path = '/etc/containerd/config.toml'
    await on('crane04', `cp -p ${path} /tmp/kept && echo '[plugins' >>${path} && cp ${path} /tmp/broken`)
    const { failures } = await run('deploy.yml', '--tags', 'runtime', '--limit', 'crane04')
    expect(failures[0]).toMatchObject({ host: 'crane04', cause: expect.stringContaining(path) })
    await on('crane04', `cmp ${path} /tmp/broken && mv /tmp/kept ${path}`)
  })

  it('leaves out a node that is down, and repairs it with the next run', async () => {
    await on('crane04', 'rm /etc/cni/net.d/00-crane.conf; systemctl stop ssh.socket ssh 2>/dev/null || true')
    const first = await run('deploy.yml', '--tags', 'runtime', '--timeout', '2')
    expect(first.results.filter(({ result }) => result.outcome === 'unreachable').map(({ host }) => host)).toEqual([
      'crane04',
    ])
    expect([first.status, first.failures.map(({ host }) => host)]).toEqual([4, ['crane04']])
    await on('crane04', 'systemctl start ssh')
    const { status, changes, failures } = await run('deploy.yml', '--tags', 'runtime')
    expect({ status, failures }).toEqual({ status: 3, failures: [] })
    // The file that the test above put back is newer than containerd.
    expect(changes.map(({ host, task }) => `${host} ${task.type}`)).toEqual([
      'crane04 writeCni',
      'crane04 restartRuntime',
    ])
  })

  it('does not go on where craned ends two seconds after its restart', async () => {
    const dropIn = '/run/systemd/system/craned.service.d/dies.conf'
    const dies = '[Service]\\nExecStart=\\nExecStart=/bin/sh -c "sleep 2; echo gone for good >&2; exit 1"\\n'
    await on('crane02', `mkdir -p ${dirname(dropIn)} && printf '${dies}' >${dropIn} && systemctl daemon-reload`)
    await on('crane02', 'touch /etc/crane/config.yaml')
    const { failures } = await run('deploy.yml', '--tags', 'crane')
    await on('crane02', `rm ${dropIn}; systemctl daemon-reload; systemctl reset-failed craned`)
    expect(failures).toMatchObject([
      { host: 'crane02', cause: expect.stringContaining('craned.service'), lastLines: expect.stringContaining('gone') },
    ])
    const { changes } = await run('deploy.yml', '--tags', 'crane')
    expect(changes.map(({ host, task }) => `${host} ${task.type}`)).toEqual(['crane02 restartService'])
  })

  it('shows the last words of a daemon that a bad configuration ends', async () => {
    const bad = playbook(
      'bad',
      { ensureYaml: { path: '/etc/crane/config.yaml', set: { Container: { RuntimeEndpoint: '' } } } },
      'crane02',
    )
    expect((await run(bad)).status).toBe(3)
    await on('crane02', "sed -i '/RuntimeEndpoint/d' /etc/crane/config.yaml")
    const { failures } = await run(
      playbook('restart', { restartService: { name: 'craned', files: ['/etc/crane/config.yaml'] } }, 'crane02'),
    )
    expect(failures[0]).toMatchObject({
      cause: expect.stringContaining('craned.service'),
      lastLines: expect.stringContaining('RuntimeEndpoint is not configured'),
    })
    expect((await run('deploy.yml')).failures).toEqual([])
  })
})

describe('deploy.yml with containerd 1.6', () => {
  beforeAll(async () => {
    lab = await labUp({ containerd: '1.6', bareConfig: false })
    await labReset('all')
  })
  afterAll(() => labUp({ containerd: '1.7', bareConfig: false }))

  it('says that it is too old, before CraneSched is told of containers', async () => {
    const { status, failures } = await run('deploy.yml')
    expect(status).toBe(2)
    // The first node is proved before the others are touched.
    expect(failures.map(({ host }) => host)).toEqual(['crane02'])
    expect(failures[0]?.cause).toMatch(/^containerd 1\.6\.\S+ is too old: 1\.7 or newer is needed$/)
    for (const host of COMPUTE) expect(configOf(host)).not.toContain('Container:')
    for (const host of ['crane03', 'crane04']) expect(await on(host, 'command -v containerd || true')).toBe('')
  })
})
