// Streams of containers, proved from another host: encrypted by default, and each thing that keeps users out is named.
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Lab, labHost, labReset, labUp } from '../../lab/index.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { runCommand } from '../cli/runCommand.ts'
import { CLOSED } from './support/doctorFaults.ts'
import { doctorRun, found } from './support/doctorRun.ts'

const folder = mkdtempSync(join(tmpdir(), 'crane-play-streams-'))
afterAll(() => rmSync(folder, { recursive: true }))

let lab: Lab

async function run(playbook: string, ...options: string[]) {
  const reach = ['-i', lab.inventory, '--known-hosts', lab.knownHosts, '--output', 'jsonl']
  const ca = ['-e', `stream_ca_cert=${folder}/ca.crt`, '-e', `stream_ca_key=${folder}/ca.key`]
  const { status, out, err } = await runCommand(playbook, ...reach, ...ca, ...options)
  const events = out
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RunEvent)
  const results = events.flatMap((event) => (event.type === 'task-result' ? [event] : []))
  const changes = results.filter(({ result }) => result.outcome === 'changed')
  return {
    status,
    err,
    warnings: results.flatMap(({ result }) => result.warnings ?? []),
    changed: changes.map(({ host, task }) => `${host}: ${task.name}`),
    failure: results.find(({ result }) => result.failure)?.result.failure,
    data: results.at(-1)?.result.data,
  }
}

async function on(host: string, command: string): Promise<string> {
  const { stdout, stderr, exitCode } = await labHost(host).exec(command)
  expect({ host, command, stderr, exitCode }).toMatchObject({ exitCode: 0 })
  return stdout
}

/** A playbook of one task on the control node. */
function playbook(name: string, hosts: string, task: object): string {
  const path = join(folder, `${name}.yml`)
  writeFileSync(path, JSON.stringify([{ hosts, tasks: [task] }]))
  return path
}

const exec = (...nodes: string[]) =>
  playbook('exec', 'control', {
    verifyExec: { partition: 'CPU', nodes, directory: '/home/shared', tls: true, attach: true, always: true },
  })

const certificateOf = (host: string) =>
  new X509Certificate(readFileSync(join(labHost(host).root, 'etc/crane/tls/stream.crt')))
const startOf = (host: string) => on(host, 'systemctl show -p ExecMainStartTimestampMonotonic --value containerd')

beforeAll(async () => {
  lab = await labUp({ hosts: 3, containerd: '1.7' })
  await labReset('all')
  const { status, failure, err } = await run('deploy.yml')
  if (status !== 0) throw new Error(`the cluster could not be deployed: ${err} ${JSON.stringify(failure)}`)
})

it('are encrypted with a certificate of the cluster, at the address of the node', async () => {
  const { failure, data } = await run(exec('crane02', 'crane03'))
  expect(failure).toBeUndefined()
  const url = (node: string) => ({ node, url: `https://${labHost(node).address}:10350` })
  expect(data).toMatchObject({ streams: [url('crane02'), url('crane03')] })
  const { address } = labHost('crane03')
  const served = await on('crane02', `openssl s_client -connect ${address}:10350 </dev/null 2>/dev/null`)
  const certificate = new X509Certificate(served.slice(served.indexOf('-----BEGIN')))
  expect(certificate.fingerprint256).toBe(certificateOf('crane03').fingerprint256)
  expect(certificate.verify(new X509Certificate(readFileSync(join(folder, 'ca.crt'))).publicKey)).toBe(true)
  expect([certificate.checkIP(address), certificate.checkHost('crane03')]).toEqual([address, 'crane03'])
})

it('are proved by verify.yml as well', async () => {
  const { status, failure, data } = await run('verify.yml')
  expect({ status, failure }).toEqual({ status: 0, failure: undefined })
  expect(data).toMatchObject({ streams: [{ node: 'crane02' }, { node: 'crane03' }] })
})

describe('what keeps users out is named', () => {
  const config = '/etc/containerd/config.toml'
  const nft = (rule: string) => `nft flush chain inet f in; nft add rule inet f in tcp dport 10350 ${rule}`
  beforeAll(async () => {
    await on('crane02', 'apt-get install -y nftables')
    await on('crane02', "nft add table inet f; nft 'add chain inet f in { type filter hook input priority 0; }'")
  })

  it.each<[string, string, string, string[]?]>([
    [
      'an address that each client takes for itself',
      `sed -i 's/stream_server_address = .*/stream_server_address = "0.0.0.0"/' ${config}; systemctl restart containerd`,
      'address of streams: the runtime offers them at',
      ['-e', 'stream_tls=true'],
    ],
    ['a firewall that rejects', nft('reject with tcp reset'), 'nothing answers at'],
    ['a firewall that drops', nft('drop'), 'firewall: '],
  ])('%s', async (_, fault, cause, repair) => {
    await on('crane02', fault)
    const { status, failure } = await run(exec('crane02'))
    expect(status).toBe(2)
    expect(failure?.cause).toContain(cause)
    expect(failure?.hint).toBeTruthy()
    if (repair) expect(await run('streaming.yml', '-e', 'nodes=crane02', ...repair)).toMatchObject({ status: 0 })
  })

  it('doctor finds the ports that it closes, on that host alone', async () => {
    await on('crane02', nft('drop').replace('10350', "'{ 10010, 10350 }'"))
    const { report } = await doctorRun(lab)
    expect(report.findings.filter(({ check }) => check in CLOSED)).toMatchObject([
      { check: 'portsClosed', evidence: { crane02: 'nftables does not open 10010' } },
      { check: 'streamPortClosed', evidence: { crane02: 'nftables does not open 10350' } },
    ])
    expect(found({ report })).toMatchObject(CLOSED)
  })

  it('and the firewall is opened where it drops', async () => {
    const open = playbook('open', 'crane02', {
      openFirewall: { ports: [10010, 10350], sources: [labHost('crane01').address] },
    })
    expect(await run(open)).toMatchObject({ status: 0, changed: ['crane02: openFirewall'] })
    expect(await run(exec('crane02'))).toMatchObject({ status: 0, failure: undefined })
    expect(await run(open)).toMatchObject({ status: 0, changed: [] })
    expect(Object.keys(found(await doctorRun(lab))).filter((check) => check in CLOSED)).toEqual([])
  })
})

it('no encryption is named too, and warned of while no firewall is in force', async () => {
  const { status, failure, err, warnings } = await run('streaming.yml', '-e', 'nodes=crane03', '-e', 'stream_tls=false')
  expect({ status, failure, err }).toEqual({ status: 0, failure: undefined, err: '' })
  expect(warnings.join()).toContain('unencrypted: no firewall is in force')
  expect((await run(exec('crane03'))).failure?.cause).toContain('without TLS')
  const again = await run('streaming.yml', '-e', 'nodes=crane03')
  expect(again.status).toBe(0)
  expect(again.warnings.join()).not.toContain('unencrypted')
})

it('a container gets an address of the network that was written, and its port answers at the node', async () => {
  const options = '-p 18080:8080 --pull-policy IfNotPresent --userns=false'
  const serve = "sh -c 'ip -4 addr show eth0 >/tmp/index.html; exec httpd -f -p 8080 -h /tmp'"
  const submit = `cd /home/shared && ccon -p CPU -w crane03 -t 0:05:00 run -d ${options} alpine:latest ${serve}`
  const id = /Job ID: (\d+)/.exec(await on('crane01', submit))?.[1]
  const { address } = labHost('crane03')
  const ask = async () =>
    (await fetch(`http://${address}:18080/index.html`, { signal: AbortSignal.timeout(2000) })).text()
  const answer = await vi.waitFor(ask, { timeout: 20_000, interval: 200 })
  expect(answer).toMatch(/inet 10\.88\.\d+\.\d+/)
  await on('crane01', `ccon stop ${id}.1`)
})

it.each([
  ['G3', 'cni-g1', 'reads delegates, and generation G3 has pipelines'],
  ['G1', 'cni-g2', 'reads pipelines, and generation G1 has delegates'],
  ['G1', 'cni-g1', undefined],
  ['G2', 'cni-g2', undefined],
])('a file of %s for the build in %s is written or refused', async (generation, build, cause) => {
  const delegates = [{ conf: { type: 'bridge', ipam: { type: 'host-local', subnet: '10.99.0.0/24' } } }]
  const params = { generation, delegates, directory: '/etc/other-cni', binDirs: [`/opt/lab/${build}`, '/opt/cni/bin'] }
  const { failure } = await run(playbook('generation', 'crane02', { writeCni: params }))
  if (cause === undefined) expect(failure).toBeUndefined()
  else expect(failure?.cause).toContain(cause)
})

/** The jobs of earlier tests were stopped, and have seconds to end. */
const WAIT = ['-e', 'running_jobs=wait', '-e', 'running_jobs_patience=30']

describe('a certificate', () => {
  it('is renewed where it is wrong, and only what uses it is restarted', async () => {
    const [before, started, other] = [certificateOf('crane03'), await startOf('crane03'), await startOf('crane02')]
    await on('crane03', 'cd /etc/crane/tls && openssl genpkey -algorithm RSA 2>/dev/null >stream.key')
    const { changed } = await run('rotate-certificates.yml', '-e', 'rotate_all=false', ...WAIT)
    expect(changed).toEqual([
      'crane03: issue the stream certificate',
      'crane03: restart the runtime if its configuration changed',
    ])
    expect(certificateOf('crane03').fingerprint256).not.toBe(before.fingerprint256)
    expect(await startOf('crane03')).not.toBe(started)
    expect(await startOf('crane02')).toBe(other)
  })
  it('is issued anew when it is rotated', async () => {
    const before = certificateOf('crane03').fingerprint256
    const { status, failure, err } = await run('rotate-certificates.yml', '-e', 'nodes=crane03', ...WAIT)
    expect({ status, failure, err }).toEqual({ status: 0, failure: undefined, err: '' })
    expect(certificateOf('crane03').fingerprint256).not.toBe(before)
    expect(await run(exec('crane03'))).toMatchObject({ status: 0, failure: undefined })
  })
})
