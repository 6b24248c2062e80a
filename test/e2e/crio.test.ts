// deploy.yml with real CRI-O, on a host with apt and one with dnf: check, run, again with nothing to do, and what breaks.
import { afterAll, describe, expect, it } from 'vitest'
import { type Lab, LabProblem, labDown, labHost, labUp } from '../../lab/index.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { runCommand } from '../cli/runCommand.ts'

/** A lab of its own: what the other tests share has containerd. */
const NAME = 'crio'
const APT = 'crane02'
const DNF = 'crane03'
const DROP_IN = '/etc/crio/crio.conf.d/10-crane.conf'

/** Undefined where CRI-O is not built: that needs Go, and the module proxy. */
let lab: Lab | undefined
try {
  lab = await labUp({ name: NAME, hosts: 3, rpm: [DNF], runtime: 'crio' })
} catch (error) {
  if (!(error instanceof LabProblem)) throw error
  process.stderr.write(`The deployment with real CRI-O is left out: ${error.message}\n`)
}
afterAll(() => lab && labDown(undefined, NAME))

async function run(playbook: string, ...options: string[]) {
  if (!lab) throw new Error('there is no lab')
  const reach = ['-i', lab.inventory, '--known-hosts', lab.knownHosts, '--output', 'jsonl', '--detailed-exitcode']
  // The lab's RPM repository has no package of the network plug-ins; they are on its hosts already.
  const plugins = ['-e', '{"cni_packages":[]}']
  const { status, out, err } = await runCommand(playbook, ...reach, ...plugins, ...options)
  const events = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RunEvent]))
  const results = events.flatMap((event) => (event.type === 'task-result' ? [event] : []))
  const ended = events.findLast((event) => event.type === 'run-ended')
  if (ended?.type !== 'run-ended') throw new Error(`the run did not end: ${err}`)
  return {
    status,
    results,
    changes: results.flatMap(({ host, task, result }) =>
      result.outcome === 'changed' ? [`${host} ${task.type}`] : [],
    ),
    failures: results.flatMap(({ host, result }) => (result.failure ? [{ host, ...result.failure }] : [])),
    roundTrips: ended.roundTrips,
  }
}

async function on(host: string, command: string): Promise<string> {
  const { stdout, stderr, exitCode } = await labHost(host, NAME).exec(command)
  expect({ host, command, stderr, exitCode }).toMatchObject({ exitCode: 0 })
  return stdout
}

// No lab, no CRI-O: the reason is printed above.
describe.skipIf(lab === undefined)('deploy.yml with CRI-O', () => {
  it('says what it would do, and touches nothing', async () => {
    const { status, failures } = await run('deploy.yml', '--check')
    expect({ status, failures }).toEqual({ status: 3, failures: [] })
    for (const host of [APT, DNF]) await on(host, `! command -v crio && [ ! -e ${DROP_IN} ]`)
  })

  it('does it, with a job on each node', async () => {
    const { status, failures, results } = await run('deploy.yml')
    expect({ status, failures }).toEqual({ status: 3, failures: [] })
    const proofs = results.flatMap(({ task, result }) => (task.type === 'verifyCcon' ? [result] : []))
    expect(proofs).toMatchObject([APT, DNF].map((node) => ({ outcome: 'ok', data: { jobs: [{ node }] } })))
    for (const host of [APT, DNF]) {
      const config = await on(host, 'crio status config')
      expect(config).toContain('cgroup_manager = "cgroupfs"')
      expect(config).toContain('enable_pod_events = true')
      expect(config).toContain(`stream_address = "${labHost(host, NAME).address}"`)
      await on(host, 'systemctl show -p After --value craned | grep -qw crio.service')
    }
  })

  it('has nothing to do the second time, and asks each host once', async () => {
    const { status, changes, failures, roundTrips } = await run('deploy.yml')
    expect({ status, changes, failures }).toEqual({ status: 0, changes: [], failures: [] })
    for (const host of [APT, DNF]) expect(roundTrips[host]).toBeLessThanOrEqual(2)
  })

  it('gives up on a host where a later file has the last word, and says which key', async () => {
    const later = '/etc/crio/crio.conf.d/99-site.conf'
    await on(APT, `printf '[crio.runtime]\\ncgroup_manager = "systemd"\\nconmon_cgroup = ""\\n' >${later}`)
    const { failures } = await run('deploy.yml', '--tags', 'runtime')
    expect(failures[0]).toMatchObject({
      host: APT,
      cause: expect.stringContaining('cgroup_manager is "systemd" in force'),
    })
    await on(APT, `rm ${later}`)
  })

  it('overwrites nothing where another file is not valid TOML, and mends its own', async () => {
    const site = '/etc/crio/crio.conf.d/05-site.conf'
    await on(APT, `echo '[crio' >${site}; sed -i s/cgroupfs/systemd/ ${DROP_IN}; cp ${DROP_IN} /tmp/before`)
    const broken = await run('deploy.yml', '--tags', 'runtime')
    expect(broken.failures[0]).toMatchObject({ host: APT, cause: expect.stringContaining(site) })
    await on(APT, `cmp ${DROP_IN} /tmp/before; rm ${site}; echo '[crio' >${DROP_IN}`)
    const { changes, failures } = await run('deploy.yml', '--tags', 'runtime')
    expect({ changes, failures }).toEqual({ changes: [`${APT} configureCrio`, `${APT} restartService`], failures: [] })
  })
})
