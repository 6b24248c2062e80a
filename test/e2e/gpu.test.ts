// gpu.yml on nodes with faked devices of each vendor and one without: there is no driver, so the CDI specification is the
// test's own, or of NVIDIA's own tool where the lab has it; the installers of the other vendors are stand-ins.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseToml, sha256 } from 'crane-play/task'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, labDown, labHost, labUp, ownLab } from '../../lab/index.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { builtTools } from '../../lab/tools/buildTools.ts'
import { runCommand } from '../cli/runCommand.ts'
import { deployRun } from './support/deployRun.ts'
import { doctorRun } from './support/doctorRun.ts'
import { LawHost } from './support/lawHost.ts'

const NAME = ownLab('gpu')
const WITH = 'crane02'
const WITHOUT = 'crane03'
const ASCEND = 'crane04'
const AMD = 'crane05'
const SPEC = JSON.stringify({
  cdiVersion: '0.5.0',
  kind: 'nvidia.com/gpu',
  devices: [{ name: '0', containerEdits: { deviceNodes: [{ path: '/dev/nvidia0' }] } }],
})
const folder = mkdtempSync(join(tmpdir(), 'crane-play-gpu-'))

let lab: Lab
beforeAll(async () => {
  lab = await labUp({ name: NAME, hosts: 5, gpus: { [WITH]: 'nvidia', [ASCEND]: 'ascend', [AMD]: 'amd' } })
  for (const name of [WITH, WITHOUT, ASCEND, AMD]) {
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

/** What doctor says of the GPU of AMD without a CDI specification. */
const withoutCdi = async () =>
  (await doctorRun(lab)).report.findings.find(({ check }) => check === 'gpuWithoutCdi')?.evidence[AMD]

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

  it('is proved by a job that sees the device, on the node that has one', async () => {
    const nodes = `  - name: ${WITH}\n    cpu: 2\n    memory: 1G\n    gres:\n${`${ONE}  DeviceCDIList: [nvidia.com/gpu=0]\n`.replace(/^(?=.)/gm, '      ')}`
    const text = (await on(WITHOUT, 'cat /etc/crane/config.yaml'))
      .replace(/^Nodes:\n/m, `Nodes:\n${nodes}`)
      .replace('- name: "crane[02-05]"', '- name: "crane[03-05]"')
      .replace(/nodes: "crane\[02-05\]"/, `nodes: "${WITH},crane[03-05]"`)
    for (const host of ['crane01', WITH, WITHOUT])
      writeFileSync(join(labHost(host, NAME).root, 'etc/crane/config.yaml'), text)
    const verify = { verify_gres: 'gpu:1', verify_devices: ['/dev/nvidia0'], verify_userns: false }
    const run = (playbook: string, inputs: object) =>
      deployRun(lab, playbook, '-e', JSON.stringify({ ...verify, nodes: `${WITH}:${WITHOUT}`, ...inputs }))
    const { failures, results } = await run('deploy.yml', { ...INPUTS, gpu: true })
    expect(failures).toEqual([])
    const proofs = results.filter(({ task }) => task.name === 'run a job on each node with devices')
    expect(proofs.map(({ result }) => [result.outcome, result.data])).toEqual([
      ['ok', { jobs: [expect.objectContaining({ node: WITH })] }],
      ['skipped', undefined],
    ])
    // It is on the node, and the specification does not give it to containers.
    const { failures: missing } = await run('verify.yml', { verify_exec: false, verify_devices: ['/dev/nvidiactl'] })
    expect(missing).toMatchObject([{ cause: expect.stringContaining('/dev/nvidiactl') }])
  })

  it('gives pods the vendor runtime in hook mode, with the cgroup driver that CraneSched needs', async () => {
    await promise(ONE)
    const { status, failures } = await gpu({ gpu_mode: 'hook', running_jobs: 'wait' })
    expect({ status, failures }).toEqual({ status: 0, failures: [] })
    const dump = await on(WITH, 'containerd config dump')
    expect(dump).toContain('default_runtime_name = "nvidia"')
    expect(dump).toMatch(/BinaryName = "\/usr\/bin\/nvidia-container-runtime"[^[]*SystemdCgroup = false/)
  })
})

/** What nvidia-ctk would write into a file of its own, from the first of the two files that it prints. */
const CTK = 'nvidia-ctk --quiet runtime configure --set-as-default --dry-run'

describe.skipIf(!builtTools().has('nvidia-ctk'))("NVIDIA's own tool (built by `npm run lab -- tools`)", () => {
  it('agrees with the runtime that hook mode configures in containerd', async () => {
    const printed = await on(
      WITH,
      `${CTK} --runtime=containerd --config=/etc/containerd/config.toml --drop-in-config=/tmp/nvidia.toml`,
    )
    const criOf = (text: string) => (parseToml(text) as any).plugins['io.containerd.grpc.v1.cri'].containerd
    const wanted = criOf(printed.slice(0, printed.search(/^disabled_plugins|^imports/m)))
    const ours = criOf(await on(WITH, 'containerd config dump'))
    expect(wanted.default_runtime_name).toBe('nvidia')
    expect(ours.default_runtime_name).toBe(wanted.default_runtime_name)
    expect(ours.runtimes.nvidia).toMatchObject({
      runtime_type: wanted.runtimes.nvidia.runtime_type,
      options: {
        BinaryName: wanted.runtimes.nvidia.options.BinaryName,
        // It copies what runc has; nothing there is cgroupfs.
        SystemdCgroup: wanted.runtimes.nvidia.options.SystemdCgroup ?? false,
      },
    })
  })

  it('generates the specification at boot, with the names that gres may use', async () => {
    await on(WITH, "rm -f /var/run/cdi/nvidia.json; echo 'dev, /dev/nvidia0' >/srv/devices.csv")
    await promise(`${ONE}  DeviceCDIList: [nvidia.com/gpu=0]\n`)
    const gpu_cdi_command =
      'nvidia-ctk cdi generate --mode=csv --csv.file=/srv/devices.csv --output=/var/run/cdi/nvidia.yaml'
    expect(await gpu({ gpu_cdi_command })).toMatchObject({ status: 0, failures: [] })
    expect(await on(WITH, 'nvidia-ctk --quiet cdi list')).toBe('nvidia.com/gpu=0\nnvidia.com/gpu=all\n')
    await on(WITH, 'rm /var/run/cdi/nvidia.yaml; systemctl restart crane-cdi; [ -s /var/run/cdi/nvidia.yaml ]')
    expect(await gpu({ gpu_cdi_command })).toMatchObject({ status: 0, changed: [], failures: [] })
  })

  it('says that there is no driver', async () => {
    const { status, failures } = await gpu({
      gpu_cdi_command: 'nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml',
    })
    expect(status).toBe(2)
    expect(failures.map(({ host }) => host)).toEqual([WITH])
    expect(JSON.stringify(failures)).toContain('ERROR_LIBRARY_NOT_FOUND')
  })
})

/** It stands for Ascend's run file: it records its arguments, and what it installs does not run. */
const RUN_FILE = `#!/bin/sh
# Stand-in of crane-play's tests for the installer of the Ascend Docker Runtime.
mkdir -p /usr/local/Ascend/Ascend-Docker-Runtime /etc/ascend-docker-runtime.d
echo "$@" >/usr/local/Ascend/Ascend-Docker-Runtime/arguments-of-the-stand-in
echo /usr/lib64/installer >/etc/ascend-docker-runtime.d/base.list
`

describe('a node with Ascend NPUs (the installer is a stand-in)', () => {
  const inputs = {
    ascend_installer: 'file:///srv/ascend.run',
    ascend_installer_sha256: sha256(RUN_FILE),
    ascend_mounts: ['/usr/local/Ascend/driver', '/usr/local/dcmi'],
  }
  const only = ['--limit', ASCEND]
  const installed = '/usr/local/Ascend/Ascend-Docker-Runtime'
  beforeAll(() => on(ASCEND, `mkdir -p /srv; cat >/srv/ascend.run <<'END'\n${RUN_FILE}END`))

  it('says in check mode what it would do', async () => {
    const { status, changed } = await gpu(inputs, '--check', ...only)
    expect(status).toBe(0)
    expect(changed).toEqual(
      expect.arrayContaining([`${ASCEND}: download the Ascend installer`, `${ASCEND}: install the Ascend runtime`]),
    )
    await on(ASCEND, `[ ! -e ${installed} ] && [ ! -e /var/cache/ascend-docker-runtime.run ]`)
  })

  it('does not run an installer with another digest', async () => {
    const { status, failures } = await gpu({ ...inputs, ascend_installer_sha256: sha256('another') }, ...only)
    expect(status).toBe(2)
    expect(failures).toMatchObject([{ host: ASCEND, cause: expect.stringContaining(sha256(RUN_FILE)) }])
    await on(ASCEND, `[ ! -e ${installed} ]`)
  })

  it('gives pods its runtime, and nothing the second time', async () => {
    expect(await gpu(inputs, ...only)).toMatchObject({ status: 0, failures: [] })
    expect(await on(ASCEND, `cat ${installed}/arguments-of-the-stand-in /etc/ascend-docker-runtime.d/base.list`)).toBe(
      '--install --install-scene=containerd\n/usr/local/Ascend/driver\n/usr/local/dcmi\n',
    )
    const dump = await on(ASCEND, 'containerd config dump')
    expect(dump).toContain('default_runtime_name = "ascend"')
    expect(dump).toMatch(/BinaryName = "\S*\/ascend-docker-runtime"[^[]*SystemdCgroup = false/)
    expect(await gpu(inputs, ...only)).toMatchObject({ status: 0, changed: [], failures: [] })
  })
})

/** It stands for AMD's tool: it writes the specification of one device. */
const AMD_CTK = `#!/bin/sh
# Stand-in of crane-play's tests for amd-ctk.
[ "$1 $2" = 'cdi generate' ] || exit 1
mkdir -p /etc/cdi
echo '{ "cdiVersion": "0.6.0", "kind": "amd.com/gpu", "devices": [{ "name": "0", "containerEdits": { "deviceNodes": [{ "path": "/dev/dri/renderD128" }] } }] }' >"\${3#--output=}"
`

it('describes AMD devices by CDI, and nothing the second time (amd-ctk is a stand-in)', async () => {
  await on(AMD, `cat >/usr/bin/amd-ctk <<'END'\n${AMD_CTK}END\nchmod 755 /usr/bin/amd-ctk`)
  const inputs = { amd_packages: ['hello'] }
  expect(await gpu(inputs, '--check', '--limit', AMD)).toMatchObject({ status: 0, failures: [] })
  await on(AMD, '[ ! -e /etc/cdi/amd.json ]')
  const gres = 'gres: [{ name: gpu, type: lab, DeviceFileList: [/dev/dri/renderD128] }]'
  await on(AMD, `sed -i '/^    memory: 2G/a\\    ${gres}' /etc/crane/config.yaml`)
  expect(await withoutCdi()).toBe('a device of AMD, and no amd.com in /etc/cdi or /var/run/cdi')
  expect(await gpu(inputs, '--limit', AMD)).toMatchObject({ status: 0, failures: [] })
  expect(
    await on(AMD, 'grep -o amd.com/gpu /etc/cdi/amd.json; containerd config dump | grep -o "enable_cdi = .*"'),
  ).toBe('amd.com/gpu\nenable_cdi = true\n')
  expect(await gpu(inputs, '--limit', AMD)).toMatchObject({ status: 0, changed: [], failures: [] })
  expect(await withoutCdi()).toBeUndefined()
})

it('is taken away by undeploy.yml, with what containerd was told of devices', async () => {
  const undeploy = () => deployRun(lab, 'undeploy.yml', '--limit', WITH, '-e', '{"purge":true,"cni_packages":[]}')
  const { status, failures, changes } = await undeploy()
  expect({ status, failures }).toEqual({ status: 3, failures: [] })
  expect(changes).toEqual(expect.arrayContaining([`${WITH} ensureService`, `${WITH} removePath`]))
  await on(
    WITH,
    '[ ! -e /etc/systemd/system/crane-cdi.service ] && ! grep -E "nvidia|enable_cdi" /etc/containerd/config.toml',
  )
  expect(await undeploy()).toMatchObject({ status: 0, failures: [], changes: [] })
})
