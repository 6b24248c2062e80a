// The playbooks for devices, images and registries: they pass all checks with the example inventory, and with what a site gives.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runCommand } from '../cli/runCommand.ts'

const check = (playbook: string, inputs: object) =>
  runCommand(`playbooks/${playbook}.yml`, '-i', 'inventory/hosts', '--syntax-check', '-e', JSON.stringify(inputs))

it.each<[string, string, object]>([
  ['gpu', 'nothing', {}],
  [
    'gpu',
    "the vendor's repository",
    {
      gpu_repository: {
        apt: { urls: 'https://example.org/deb', suites: ['/'] },
        dnf: { urls: 'https://example.org/rpm' },
        keyUrl: 'https://example.org/key',
        keySha256: 'a'.repeat(64),
      },
    },
  ],
  ['gpu', 'hook mode with CRI-O', { gpu_mode: 'hook', runtime: 'crio' }],
  ['gpu', "Ascend's installer", { ascend_installer: 'file:///srv/a.run', ascend_installer_sha256: 'a'.repeat(64) }],
  [
    'runtime',
    "the vendor's repository",
    {
      runtime_repository: { dnf: { urls: 'https://example.org/rpm' }, trusted: true },
      containerd_package: 'containerd.io',
    },
  ],
  [
    'bindfs',
    "EPEL's repository",
    {
      epel_repository: {
        dnf: { urls: 'https://example.org/epel' },
        keyUrl: 'https://example.org/key',
        keySha256: 'a'.repeat(64),
      },
    },
  ],
  ['images', 'images', { images: ['alpine:3.20'], prepull_pause: true }],
  [
    'images',
    'a mirror for CRI-O',
    { runtime: 'crio', registries: [{ registry: 'cache:5000', mirrors: [{ url: 'http://cache:5001' }] }] },
  ],
  ['images', 'a mirror', { registries: [{ registry: 'docker.io', mirrors: [{ url: 'http://cache:5000' }] }] }],
  [
    'deploy',
    'GPUs, registries and images',
    {
      gpu: true,
      registries: [{ registry: 'docker.io', mirrors: [{ url: 'http://cache:5000' }] }],
      images: ['alpine:3.20'],
      prepull_pause: true,
      verify_gres: 'gpu:1',
      verify_devices: ['/dev/nvidia0'],
    },
  ],
  ['registry', 'nothing', {}],
  ['registry', 'an account', { cache_username: 'node', cache_password: 'secret' }],
])('%s.yml takes %s', async (playbook, _what, inputs) => {
  const { status, err } = await check(playbook, inputs)
  expect({ status, err }).toEqual({ status: 0, err: '' })
})

it('upgrade-runtime.yml takes the commands of Slurm, by the command line that their file shows', async () => {
  const text = readFileSync('playbooks/vars/slurm.yml', 'utf8')
  const [, options = ''] = /^#\s+crane-play upgrade-runtime\.yml (.*)$/m.exec(text) ?? []
  const argv = options.replace('-i hosts', '-i inventory/hosts').replace('@', '@playbooks/vars/').split(' ')
  const { status, err } = await runCommand('playbooks/upgrade-runtime.yml', ...argv, '--syntax-check')
  expect({ status, err }).toEqual({ status: 0, err: '' })
})

it.each<[string, object, string]>([
  ['gpu', { gpu_mode: 'both' }, "error[bad-input]: 'gpu_mode'"],
  ['gpu', { gpu_repository: { apt: { urls: 'https://example.org' } } }, 'exactly one of key, keyUrl'],
  ['runtime', { runtime_repository: { dnf: { urls: 'https://example.org' } } }, 'exactly one of key, keyUrl'],
  ['cni', { cni_plugin_files: [{ name: 'calico' }] }, "'item' has no 'url'"],
  ['images', { images: ['Alpine'] }, 'must be the name of an image'],
  ['images', { registries: ['docker.io'] }, "'registries' has an item 1 that must be a map, not a string"],
  [
    'images',
    { registries: [{ registry: 'docker.io', mirror: 'x' }] },
    "the unknown key 'mirror'; it may have registry,",
  ],
  ['runtime', { runtime_repository: { dnf: {}, keyurl: 'x' } }, "the unknown key 'keyurl'; it may have apt, dnf, key,"],
  ['images', { registries: [{ registry: 'https://docker.io' }] }, 'must be a host such as docker.io'],
  ['registry', { cache_of: 'docker.io' }, "error[bad-input]: 'cache_of'"],
])('%s.yml refuses %s', async (playbook, inputs, says) => {
  const { status, err } = await check(playbook, inputs)
  expect(status).toBe(1)
  expect(err).toContain(says)
})
