// containerd's configuration in all its versions: what is set, what is kept, and what is refused whole.
import { readFileSync } from 'node:fs'
import { configureContainerd } from 'crane-play/container'
import { parseToml } from 'crane-play/task'
import { describe, expect, it } from 'vitest'

const SETTINGS = {
  streamAddress: '10.77.0.12',
  streamPort: 10350,
  streamTls: false,
  cniBinDir: '/usr/lib/cni',
  cniConfDir: '/etc/cni/net.d',
}

const GRPC = 'io.containerd.grpc.v1.cri'
const RUNTIME = 'io.containerd.cri.v1.runtime'

const configure = (text: string, dump?: string, settings: object = SETTINGS) => {
  const configured = configureContainerd(text, dump, settings)
  if (!configured.ok) return configured
  return { ...configured, values: parseToml(configured.text) as any }
}

/** Set again, nothing changes. */
const again = (text: string) => expect(configure(text)).toMatchObject({ ok: true, text })

describe.each([
  ['1.6.20', 2],
  ['1.7.24', 2],
  ['2.1.9', 3],
  ['2.3.4', 4],
])('the default of containerd %s', (release, version) => {
  const text = readFileSync(new URL(`../fixtures/containerd/default-${release}.toml`, import.meta.url), 'utf8')
  it('is set in one edit', () => {
    const configured = configure(text) as any
    const { plugins } = configured.values
    expect(configured).toMatchObject({ ok: true, version, warnings: [] })
    expect(plugins[GRPC]).toMatchObject({
      stream_server_address: '10.77.0.12',
      stream_server_port: '10350',
      enable_tls_streaming: false,
    })
    const { bin_dir, bin_dirs, conf_dir } = plugins[version === 2 ? GRPC : RUNTIME].cni
    expect(conf_dir).toBe('/etc/cni/net.d')
    if (version === 2) expect([bin_dir, bin_dirs]).toEqual(['/usr/lib/cni', undefined])
    else expect([bin_dir, bin_dirs]).toEqual(['', ['/usr/lib/cni']])
    again(configured.text)
  })

  it('names the image that holds a pod where this version has it, and nothing else differs', () => {
    const image = 'registry.example.org/pause:1'
    const configured = configure(text, undefined, { pauseImage: image }) as any
    const { sandbox_image } = configured.values.plugins[GRPC]
    const sandbox = configured.values.plugins['io.containerd.cri.v1.images']?.pinned_images.sandbox
    expect(version === 2 ? [sandbox_image, sandbox] : [sandbox, sandbox_image]).toEqual([image, undefined])
    const differing = configured.text.split('\n').filter((line: string, i: number) => line !== text.split('\n')[i])
    expect(differing).toEqual([expect.stringContaining(image)])
  })

  it('keeps every line that is not one of the keys', () => {
    const configured = configure(text) as any
    const changed = new Set(['stream_server_address', 'stream_server_port', 'bin_dir', 'bin_dirs', 'conf_dir'])
    const others = (lines: string) =>
      lines.split('\n').filter((line) => !changed.has(line.trim().split(' ')[0] ?? '') && line.trim() !== '')
    expect(others(configured.text)).toEqual(others(text))
  })
})

describe('what is in force', () => {
  it('the vendor ships CRI switched off and no version', () => {
    const text = '# from the package\ndisabled_plugins = ["cri"]\n'
    const { values, text: edited } = configure(text) as any
    expect(values).toMatchObject({ version: 2, disabled_plugins: [], plugins: { [GRPC]: { cni: {} } } })
    expect(edited).toContain('# from the package\n')
    again(edited)
  })

  it('other plug-ins stay switched off', () => {
    const { values } = configure(
      "version = 3\ndisabled_plugins = ['io.containerd.cri.v1.images', 'io.containerd.snapshotter.v1.btrfs']\n",
    ) as any
    expect(values.disabled_plugins).toEqual(['io.containerd.snapshotter.v1.btrfs'])
  })

  it.each([2, 3, 4])('the cgroup driver of runc and of the default runtime, version %i', (version) => {
    const table = version === 2 ? GRPC : RUNTIME
    const options = (name: string) => `[plugins.'${table}'.containerd.runtimes.${name}.options]\nSystemdCgroup = true\n`
    const text = `version = ${version}\n[plugins.'${table}'.containerd]\ndefault_runtime_name = 'nvidia'\n${options('nvidia')}${options('runc')}${options('kata')}`
    const { values } = configure(text) as any
    const { runtimes } = values.plugins[table].containerd
    expect(runtimes).toEqual({
      nvidia: { options: { SystemdCgroup: false } },
      runc: { options: { SystemdCgroup: false } },
      kata: { options: { SystemdCgroup: true } },
    })
  })

  it.each<[string, string, string, object]>([
    ['only the old key', '3', "bin_dir = '/home/site/cni'", { bin_dir: '/usr/lib/cni' }],
    ['only the new key', '3', "bin_dirs = ['/home/site/cni']", { bin_dirs: ['/usr/lib/cni'] }],
    ['both', '3', "bin_dir = '/a'\nbin_dirs = ['/b']", { bin_dir: '', bin_dirs: ['/usr/lib/cni'] }],
    ['neither', '4', "conf_dir = '/etc/cni/net.d'", { bin_dirs: ['/usr/lib/cni'] }],
  ])('plug-in directories: %s', (_what, version, lines, cni) => {
    const { values, text } = configure(`version = ${version}\n[plugins.'${RUNTIME}'.cni]\n${lines}\n`) as any
    expect(values.plugins[RUNTIME].cni).toEqual({ conf_dir: '/etc/cni/net.d', ...cni })
    again(text)
  })

  it('an older containerd has only the old key: its dump says so', () => {
    const dump = `version = 3\n[plugins.'${RUNTIME}'.cni]\nbin_dir = '/opt/cni/bin'\n`
    const { values } = configure('version = 3\n', dump) as any
    expect(values.plugins[RUNTIME].cni).toMatchObject({ bin_dir: '/usr/lib/cni' })
    expect(values.plugins[RUNTIME].cni).not.toHaveProperty('bin_dirs')
  })

  it('the certificate of encrypted streams', () => {
    const tls = { streamTls: true, streamCertificate: '/c', streamKey: '/k' }
    const { values } = configure('version = 2\n', undefined, tls) as any
    expect(values.plugins[GRPC]).toEqual({
      enable_tls_streaming: true,
      x509_key_pair_streaming: { tls_cert_file: '/c', tls_key_file: '/k' },
    })
  })

  it('no certificate where streams are not encrypted any more, since containerd then has no CRI', () => {
    const { text } = configure('version = 2\n', undefined, {
      streamTls: true,
      streamCertificate: '/c',
      streamKey: '/k',
    }) as any
    expect((configure(text, undefined, { streamTls: false }) as any).values.plugins[GRPC]).toEqual({
      enable_tls_streaming: false,
      x509_key_pair_streaming: { tls_cert_file: '', tls_key_file: '' },
    })
    const never = configure('version = 2\n', undefined, { streamTls: false }) as any
    expect(never.values.plugins[GRPC]).toEqual({ enable_tls_streaming: false })
  })

  it('CDI, in the table of its version', () => {
    expect((configure('version = 2\n', undefined, { cdi: true }) as any).values.plugins[GRPC]).toEqual({
      enable_cdi: true,
    })
    const { values } = configure('version = 4\n', undefined, { cdi: true }) as any
    expect(values.plugins[RUNTIME]).toEqual({ enable_cdi: true })
  })

  it.each([
    ['version = 2\n', GRPC, ''],
    ['version = 3\n', 'io.containerd.cri.v1.images', ''],
    [
      `version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = '/etc/docker/certs.d'\n`,
      'io.containerd.cri.v1.images',
      ':/etc/docker/certs.d',
    ],
  ])('the directory of registries in %s', (text, plugin, others) => {
    const { text: edited, values } = configure(text, undefined, { registryDirectory: '/etc/containerd/certs.d' }) as any
    expect(values.plugins[plugin].registry).toEqual({ config_path: `/etc/containerd/certs.d${others}` })
    expect(configure(edited, undefined, { registryDirectory: '/etc/containerd/certs.d' })).toMatchObject({
      text: edited,
    })
  })

  it('registries in the deprecated tables are refused beside the directory', () => {
    const text = `version = 2\n[plugins."${GRPC}".registry.mirrors."docker.io"]\nendpoint = ["https://m"]\n`
    const refused = configure(text, undefined, { registryDirectory: '/etc/containerd/certs.d' })
    expect(refused).toMatchObject({ ok: false, cause: expect.stringContaining('registry.mirrors') })
    expect(configure(text)).toMatchObject({ ok: true })
  })

  it('a runtime of a vendor gets pods, with the cgroup driver of runc', () => {
    const defaultRuntime = { name: 'nvidia', binary: '/usr/bin/nvidia-container-runtime' }
    const text = `version = 3\n[plugins.'${RUNTIME}'.containerd.runtimes.runc.options]\nSystemdCgroup = true\n`
    const { text: edited, values } = configure(text, undefined, { defaultRuntime }) as any
    expect(values.plugins[RUNTIME].containerd).toEqual({
      default_runtime_name: 'nvidia',
      runtimes: {
        runc: { options: { SystemdCgroup: false } },
        nvidia: {
          runtime_type: 'io.containerd.runc.v2',
          options: { BinaryName: '/usr/bin/nvidia-container-runtime', SystemdCgroup: false },
        },
      },
    })
    expect(configure(edited, undefined, { defaultRuntime })).toMatchObject({ text: edited })
  })

  it('an imported file that has the last word', () => {
    const first = configure("version = 2\nimports = ['/etc/containerd/conf.d/*.toml']\n") as any
    const dump = first.text.replace('10.77.0.12', '127.0.0.1')
    expect(configure(first.text, dump)).toEqual({
      ok: false,
      cause:
        'stream_server_address is "127.0.0.1" in force, though the file has "10.77.0.12": a file that it imports has the last word',
      hint: expect.stringContaining('nvidia-ctk'),
    })
    expect(configure(first.text, first.text)).toMatchObject({ ok: true, text: first.text })
  })

  it('the default runtime that an imported file names', () => {
    const runtime = `[plugins.'${GRPC}'.containerd]\ndefault_runtime_name = 'nvidia'\n[plugins.'${GRPC}'.containerd.runtimes.nvidia.options]\nSystemdCgroup = true\n`
    const { text } = configure("version = 2\nimports = ['x']\n", `version = 2\n${runtime}`) as any
    expect(
      configure(
        text,
        text.replace('version = 2', `version = 2`).replace(/SystemdCgroup = false/, 'SystemdCgroup = true') +
          `[plugins.'${GRPC}'.containerd]\ndefault_runtime_name = 'nvidia'\n`,
      ),
    ).toMatchObject({ ok: false, cause: expect.stringContaining('SystemdCgroup is true in force') })
  })

  it('tables of version 2 in a later file are pointed out', () => {
    const { warnings } = configure(`version = 3\n[plugins.'${GRPC}'.containerd]\nsnapshotter = 'overlayfs'\n`) as any
    expect(warnings).toEqual([
      `[plugins.'${GRPC}'.containerd] has no effect in version 3: it belongs to another plug-in there`,
    ])
  })
})

describe('a file that is refused whole', () => {
  it.each<[string, string, string, string]>([
    ['version 1 in all but name', "[plugins.cri]\nstream_server_port = '0'\n", 'version 1', 'install containerd 2'],
    ['version 1', 'version = 1\n', 'version 1', 'install containerd 2'],
    ['short names under version 2', 'version = 2\n[plugins.cri]\nsystemd_cgroup = true\n', '[plugins.cri]', GRPC],
    ['short names under version 4', 'version = 4\n[plugins.linux]\nshim = "x"\n', '[plugins.linux]', 'full name'],
    ['a short name in a list', 'disabled_plugins = ["cri", "aufs"]\n', "'aufs'", 'full name'],
    ['a version to come', 'version = 5\n', 'version 5', 'by hand'],
    ['a version that is none', 'version = "2"\n', 'version "2"', 'by hand'],
    ['no TOML', 'version = \n', 'not valid TOML', 'by hand'],
  ])('%s', (_what, text, cause, hint) => {
    const configured = configure(text)
    expect(configured).toMatchObject({ ok: false })
    if (configured.ok) return
    expect(configured.cause).toContain(cause)
    expect(configured.hint).toContain(hint)
  })
})
