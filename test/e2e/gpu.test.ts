// gpu.yml on a node with a faked GPU and one without: there is no driver, so the CDI specification is the test's own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, labDown, labHost, labUp, ownLab } from '../../lab/index.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { runCommand } from '../cli/runCommand.ts'
import { LawHost } from './support/lawHost.ts'

const NAME = ownLab('gpu')
const WITH = 'crane02'
const WITHOUT = 'crane03'
const SPEC = JSON.stringify({
  cdiVersion: '0.5.0',
  kind: 'nvidia.com/gpu',
  devices: [{ name: '0', containerEdits: { deviceNodes: [{ path: '/dev/nvidia0' }] } }],
})
const folder = mkdtempSync(join(tmpdir(), 'crane-play-gpu-'))

let lab: Lab
beforeAll(async () => {
  lab = await labUp({ name: NAME, hosts: 3, gpus: { [WITH]: 'nvidia' } })
  for (const name of [WITH, WITHOUT]) {
    const host = new LawHost(lab, name)
    await host.play('installPackage', { name: 'containerd' })
    await host.play('ensureService', { name: 'containerd', running: true })
    host.end()
  }
  await on(WITH, `mkdir -p /srv && cat >/srv/gpu.json <<'END'\n${SPEC}\nEND`)
}, 300_000)
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await labDown(undefined, NAME)
})

async function on(host: string, text: string): Promise<string> {
  const { stdout, stderr, exitCode } = await labHost(host, NAME).exec(text)
  if (exitCode !== 0) throw new Error(`${host}: \`${text}\` exits with ${exitCode}: ${stderr}${stdout}`)
  return stdout
}

const INPUTS = { gpu_packages: [], gpu_cdi_command: 'cp /srv/gpu.json /var/run/cdi/nvidia.json' }

async function gpu(inputs: object = {}, ...options: string[]) {
  const given = ['-e', JSON.stringify({ ...INPUTS, ...inputs }), '--output', 'jsonl']
  const reach = ['-i', lab.inventory, '--known-hosts', lab.knownHosts]
  const { status, out, err } = await runCommand('playbooks/gpu.yml', ...reach, ...given, ...options)
  const events = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RunEvent]))
  const results = events.flatMap((event) => (event.type === 'task-result' ? [event] : []))
  return {
    status,
    err,
    changed: results
      .filter(({ result }) => result.outcome === 'changed')
      .map(({ host, task }) => `${host}: ${task.name}`),
    failures: results.flatMap(({ host, result }) => (result.failure ? [{ host, ...result.failure }] : [])),
  }
}

/** Gives the node of the fake resources in CraneSched's configuration. */
async function promise(gres: string): Promise<void> {
  const path = '/etc/crane/config.yaml'
  await on(WITH, `[ -e ${path}.before ] || cp -p ${path} ${path}.before`)
  const text = await on(WITH, `cat ${path}.before`)
  const node = /^( *- *name: .*)$/m.exec(text)?.[1] ?? ''
  const own = `${node.replace(/name:.*/, `name: ${WITH}`)}\n    cpu: 1\n    memory: 1G\n    gres:\n${gres.replace(/^(?=.)/gm, '      ')}`
  const file = join(folder, 'config.yaml')
  writeFileSync(file, text.replace(/^Nodes:\n/m, `Nodes:\n${own}`))
  const host = new LawHost(lab, WITH)
  await host.play('writeFile', { path, src: file })
  host.end()
}

const ONE = '- name: gpu\n  type: lab\n  DeviceFileList: [/dev/nvidia0]\n'

describe('gpu.yml', () => {
  it('says in check mode what it would do where there is a GPU, and leaves others as they are', async () => {
    const { status, changed, failures } = await gpu({}, '--check')
    expect({ status, failures }).toEqual({ status: 0, failures: [] })
    expect(changed.some((one) => one.startsWith(`${WITH}: `))).toBe(true)
    expect(changed.filter((one) => one.startsWith(`${WITHOUT}: `))).toEqual([])
    await on(WITH, '[ ! -e /etc/systemd/system/crane-cdi.service ]')
  })

  it('does it, and nothing the second time', async () => {
    const { status, changed, failures } = await gpu()
    expect({ status, failures }).toEqual({ status: 0, failures: [] })
    expect(changed).toEqual(
      expect.arrayContaining([
        `${WITH}: generate the CDI specification now and at boot`,
        `${WITH}: enable CDI in containerd`,
        `${WITH}: restart the runtime if its configuration changed`,
      ]),
    )
    expect(changed.filter((one) => one.startsWith(`${WITHOUT}: `))).toEqual([])
    expect(await on(WITH, 'containerd config dump | grep enable_cdi')).toContain('enable_cdi = true')
    expect(await on(WITH, 'systemctl is-enabled crane-cdi; cat /var/run/cdi/nvidia.json')).toBe(`enabled\n${SPEC}\n`)
    expect(await gpu()).toMatchObject({ status: 0, changed: [], failures: [] })
  })

  it('takes gres that agree with the devices', async () => {
    await promise(`${ONE}  DeviceCDIList: [nvidia.com/gpu=0]\n`)
    expect(await gpu()).toMatchObject({ status: 0, changed: [], failures: [] })
  })

  it.each([
    [
      'a device file that is not there',
      ONE.replace('nvidia0', 'nvidia7'),
      'has the device file /dev/nvidia7, which does not exist',
    ],
    [
      'more names than devices',
      `${ONE}  DeviceCDIList: [nvidia.com/gpu=0, nvidia.com/gpu=1]\n`,
      'has 1 device and 2 CDI names',
    ],
    ['a made-up name', `${ONE}  DeviceCDIList: [nvidia.com/gpu=GPU0]\n`, 'specifications define nvidia.com/gpu=0'],
  ])('refuses gres with %s, on that node alone', async (_, gres, says) => {
    await promise(gres)
    const { status, failures } = await gpu()
    expect(status).toBe(2)
    expect(failures).toMatchObject([{ host: WITH, cause: expect.stringContaining(says) }])
  })

  it('gives pods the vendor runtime in hook mode, with the cgroup driver that CraneSched needs', async () => {
    await promise(ONE)
    const { status, failures } = await gpu({ gpu_mode: 'hook' })
    expect({ status, failures }).toEqual({ status: 0, failures: [] })
    const dump = await on(WITH, 'containerd config dump')
    expect(dump).toContain('default_runtime_name = "nvidia"')
    expect(dump).toMatch(/BinaryName = "\/usr\/bin\/nvidia-container-runtime"[^[]*SystemdCgroup = false/)
  })
})
