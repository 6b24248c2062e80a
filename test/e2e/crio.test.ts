// deploy.yml with real CRI-O, on a host with apt and one with dnf: check, run, again with nothing to do, and what breaks.
import { afterAll, describe, expect, it } from 'vitest'
import { type Lab, labDown, labHost, LabProblem, labUp, ownLab } from '../../lab/index.ts'
import { CRIO_PLANTS } from './support/crioPlants.ts'
import { containerAddresses, deployRun, onLabHost } from './support/deployRun.ts'
import { doctorRun } from './support/doctorRun.ts'
import { plantFaults } from './support/plantFaults.ts'

/** A lab of its own: what the other tests share has containerd. */
const NAME = ownLab('crio')
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

const ready = (): Lab => {
  if (!lab) throw new Error('there is no lab')
  return lab
}
// The lab's RPM repository has no package of the network plug-ins; they are on its hosts already.
const INPUTS = { cni_packages: [], container_settings: { Dns: { Servers: ['192.0.2.53'] } } }
const run = (playbook: string, ...options: string[]) =>
  deployRun(ready(), playbook, '-e', JSON.stringify(INPUTS), ...options)
const on = (host: string, command: string) => onLabHost(ready(), host, command)

/** What doctor says of a cluster that it finds nothing on. */
const HEALTHY = { status: 0, report: { findings: [], unanswered: [] } }

/** A registry on the control node with the lab's image, for the cache to ask; without TLS and accounts. */
const START_REGISTRY = `set -e
export DEBIAN_FRONTEND=noninteractive
apt-get -y -q install docker-registry skopeo >/dev/null 2>&1
cat >/etc/docker/registry/config.yml <<'END'
version: 0.1
storage: { filesystem: { rootdirectory: /var/lib/docker-registry } }
http: { addr: ':5000' }
END
systemctl restart docker-registry
mkdir -p /tmp/layout; tar -xf /srv/images/lab-images.tar -C /tmp/layout
image=oci:/tmp/layout:docker.io/library/alpine:latest
for try in 1 2 3 4 5 6 7 8; do
  if skopeo copy -q --insecure-policy --dest-tls-verify=false $image docker://crane01:5000/site/alpine:1; then exit 0; fi
  sleep 1
done
exit 1`

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
    const proofs = results.flatMap(({ task, result }) =>
      task.type === 'verifyCcon' && result.outcome !== 'skipped' ? [result] : [],
    )
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
    for (const host of [APT, DNF]) expect(roundTrips[host]).toBe(1)
  })

  it('installs BindFs from the packages of each kind of host', async () => {
    const { status, failures, changes } = await deployRun(ready(), 'bindfs.yml')
    expect({ status, failures, changes: changes.sort() }).toEqual({
      status: 3,
      failures: [],
      changes: [APT, DNF].map((host) => `${host} installPackage`),
    })
    expect(await deployRun(ready(), 'bindfs.yml')).toMatchObject({ status: 0, changes: [], failures: [] })
    for (const host of [APT, DNF]) await on(host, 'bindfs --version && fusermount3 --version')
  })

  it('pulls through a cache of the cluster', async () => {
    await on('crane01', START_REGISTRY)
    const cache = { cache_host: APT, cache_of: 'http://crane01:5000' }
    const registry = await deployRun(ready(), 'registry.yml', '-e', JSON.stringify(cache))
    expect(registry).toMatchObject({ status: 3, failures: [] })
    const mirrors = [{ url: `http://${labHost(APT, NAME).address}:5000` }]
    const inputs = JSON.stringify({ registries: [{ registry: 'docker.io', mirrors }], images: ['site/alpine:1'] })
    const { failures, changes } = await deployRun(ready(), 'images.yml', '-e', inputs)
    const changed = (host: string) =>
      ['ensureRegistry', 'restartRuntime', 'ensureImage'].map((task) => `${host} ${task}`)
    expect({ failures, changes: changes.sort() }).toEqual({ failures: [], changes: [APT, DNF].flatMap(changed).sort() })
    await on(APT, '[ -d /var/lib/docker-registry/docker/registry/v2/repositories/site/alpine ]')
    expect(await deployRun(ready(), 'images.yml', '-e', inputs)).toMatchObject({ status: 0, changes: [], failures: [] })
  })

  // Not before: CRI-O that is restarted while a job's pod is removed keeps the pod.
  it('leaves nothing for doctor to find but the faults that are planted, each on its host and taken away again', async () => {
    expect(await doctorRun(ready())).toMatchObject(HEALTHY)
    const { seen, wanted } = await plantFaults(ready(), CRIO_PLANTS)
    expect(seen).toEqual(wanted)
    expect(CRIO_PLANTS.length).toBeGreaterThan(10)
    expect(await doctorRun(ready())).toMatchObject(HEALTHY)
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
    expect({ changes, failures }).toEqual({ changes: [`${APT} configureCrio`, `${APT} restartRuntime`], failures: [] })
  })

  it('does not restart it while a job runs, unless told to, and writes into the log of the host that it did', async () => {
    await on(
      'crane01',
      `cd /home && ccon -p CPU -w ${DNF} run -d --pull-policy IfNotPresent --userns=false alpine:latest sleep 60`,
    )
    await on(DNF, 'for i in $(seq 100); do [ "$(ls /run/crun | wc -l)" -lt 2 ] || exit 0; sleep 0.2; done; exit 1')
    const port = ['-e', 'stream_port=10351', '--limit', DNF]
    for (const options of [['--check'], []]) {
      const { failures } = await deployRun(ready(), 'streaming.yml', ...port, ...options)
      expect(failures).toMatchObject([
        {
          host: DNF,
          task: 'restartRuntime',
          cause: expect.stringMatching(/^crio has to be restarted .* but 2 containers run/),
        },
      ])
    }
    const { changes, failures } = await deployRun(ready(), 'streaming.yml', ...port, '-e', 'running_jobs=force')
    expect({ changes, failures }).toEqual({ changes: [`${DNF} restartRuntime`], failures: [] })
    expect(await on(DNF, 'journalctl -t crane-play -o cat')).toMatch(
      /^restarted crio: \S+ changed after its start \(task 'restart the runtime if its configuration changed', run of 20\S+Z by \S+@\S+\)$/m,
    )
    await on(DNF, 'test "$(ls /run/crun | wc -l)" = 2')
  })

  // The last: the runtime keeps a job's pod for some seconds after its end, and counts it.
  it('gives containers an address of the network that was written, and answers at a mapped port', async () => {
    for (const host of [APT, DNF])
      expect(await containerAddresses(ready(), host)).toContainEqual(expect.stringMatching(/^10\.88\./))
    const { failures } = await deployRun(ready(), 'verify.yml', '-e', 'verify_port=18080')
    expect(failures).toEqual([])
  })
})
