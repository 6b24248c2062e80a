// A cluster of nodes with CRI-O and with containerd behind one socket: deployed, proved from another host, and left as it was found.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Lab, labDown, LabProblem, labUp, ownLab } from '../../lab/index.ts'
import { deployRun, onLabHost } from './support/deployRun.ts'

const NAME = ownLab('mixed')
const CRIO = 'crane02'
const CONTAINERD = 'crane03'
const SOCKET = '/run/crane-cri.sock'
const INPUTS = ['-e', JSON.stringify({ socket: SOCKET, cni_packages: [] })]

/** Undefined where CRI-O is not built: that needs Go, and the module proxy. */
let lab: Lab | undefined
try {
  lab = await labUp({ name: NAME, hosts: 3, runtime: 'crio', containerd: '2.1' })
} catch (error) {
  if (!(error instanceof LabProblem)) throw error
  process.stderr.write(`The deployment of two runtimes is left out: ${error.message}\n`)
}
const folder = mkdtempSync(join(tmpdir(), 'crane-play-mixed-'))
const more = join(folder, 'hosts')
writeFileSync(more, `[compute]\n${CONTAINERD} runtime=containerd\n`)
afterAll(async () => {
  rmSync(folder, { recursive: true })
  if (lab) await labDown(undefined, NAME)
})

const ready = (): Lab => {
  if (!lab) throw new Error('there is no lab')
  return lab
}
const run = (playbook: string, ...options: string[]) => deployRun(ready(), playbook, '-i', more, ...options)
const on = (host: string, command: string) => onLabHost(ready(), host, command)

/** The files of /etc with their digests, and the links to plug-ins. */
const stateOf = async (host: string) =>
  (
    await on(
      host,
      "cd /etc && find . -type f ! -name ld.so.cache -exec sha256sum {} + | awk '{ print $2, $1 }'; ls -l /opt/cni/bin | awk '{ print $9 }'",
    )
  ).split('\n')

// No lab, no CRI-O: the reason is printed above.
describe.skipIf(lab === undefined)('nodes with different runtimes', () => {
  const before = new Map<string, readonly string[]>()

  it('are deployed behind one socket, and a second run has nothing to do', async () => {
    for (const host of [CRIO, CONTAINERD]) before.set(host, await stateOf(host))
    const { status, failures } = await run('deploy.yml', ...INPUTS)
    expect({ status, failures }).toEqual({ status: 3, failures: [] })
    for (const [host, socket] of [
      [CRIO, '/run/crio/crio.sock'],
      [CONTAINERD, '/run/containerd/containerd.sock'],
    ] as const) {
      expect(await on(host, `readlink ${SOCKET}`)).toBe(`${socket}\n`)
      expect(await on(host, 'grep RuntimeEndpoint /etc/crane/config.yaml')).toContain(SOCKET)
    }
    const again = await run('deploy.yml', ...INPUTS)
    expect(again).toMatchObject({ status: 0, failures: [], changes: [], roundTrips: { [CRIO]: 1, [CONTAINERD]: 1 } })
  })

  it('run jobs that users reach from another host', async () => {
    const { status, failures, results } = await run('verify.yml', '-e', 'verify_port=18080')
    expect({ status, failures }).toEqual({ status: 0, failures: [] })
    const jobs = results.find(({ task }) => task.type === 'verifyCcon')?.result.data
    expect(jobs).toMatchObject({ jobs: [{ node: CRIO }, { node: CONTAINERD }] })
  })

  it('are left as they were found, but for what packages leave', async () => {
    const { status, failures } = await run('undeploy.yml', ...INPUTS, '-e', 'purge=true')
    expect({ status, failures }).toEqual({ status: 3, failures: [] })
    for (const host of [CRIO, CONTAINERD]) {
      const found = before.get(host) ?? []
      const after = await stateOf(host)
      const brought = after.filter(
        (line) => !found.includes(line) && /crane|cni|crictl|tmpfiles|\.crt|\.key|~ /.test(line),
      )
      expect({ host, lost: found.filter((line) => !after.includes(line)), brought }).toEqual({
        host,
        lost: [],
        brought: [],
      })
    }
    expect(await run('undeploy.yml', ...INPUTS, '-e', 'purge=true')).toMatchObject({ status: 0, changes: [] })
  })
})
