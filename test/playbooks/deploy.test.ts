// The product's own playbook against inventories that it must refuse, or take, before any host is touched.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkMetaCni, cniPlugins, type MetaCni } from '../../src/container/index.ts'
import { readInputs } from '../../src/playbook/readInputs.ts'
import { parseYaml } from '../../src/task/index.ts'
import { runCommand } from '../cli/runCommand.ts'

const folder = mkdtempSync(join(tmpdir(), 'crane-play-deploy-'))
afterAll(() => rmSync(folder, { recursive: true }))

const EXAMPLE = 'inventory/hosts'

function inventory(compute: string): string {
  const path = join(folder, 'hosts')
  writeFileSync(path, `[control]\ncrane01\n\n[compute]\n${compute}\n`)
  return path
}

const check = (hosts: string, ...options: string[]) =>
  runCommand('playbooks/deploy.yml', '-i', hosts, '--syntax-check', ...options)

it.each([
  ['the example inventory', () => EXAMPLE],
  ['an IP address as ansible_host', () => inventory('crane02 ansible_host=10.0.0.2\ncrane03 ansible_host=fd00::3')],
  ['a name as ansible_host, and node_address', () => inventory('crane[02-04] node_address=10.0.0.2')],
])('takes %s', async (_, hosts) => {
  const { status, out, err } = await check(hosts())
  expect({ status, err }).toEqual({ status: 0, err: '' })
  expect(out).toMatch(/no mistake found in 3 plays/)
})

it.each([
  'runtime',
  'streaming',
  'rotate-certificates',
  'gpu',
  'cni',
  'bindfs',
  'configuration',
  'images',
  'verify',
  'undeploy',
])('%s.yml runs alone', async (name) => {
  const { status, err } = await runCommand(`playbooks/${name}.yml`, '-i', EXAMPLE, '--syntax-check')
  expect({ status, err }).toEqual({ status: 0, err: '' })
})

it('removes what deploy.yml brings: their inputs have the same defaults', () => {
  const inputsOf = (name: string) => {
    const read = readInputs(`playbooks/${name}.yml`)
    return new Map(read.ok ? read.value.map((input) => [input.name, input]) : [])
  }
  const deploy = inputsOf('deploy')
  const both = [...inputsOf('undeploy').values()].filter(({ name }) => deploy.has(name))
  expect(both.map(({ name }) => name)).toEqual(expect.arrayContaining(['cni_file', 'cni_packages', 'cni_bin_dir']))
  for (const input of both) expect(input.default).toEqual(deploy.get(input.name)?.default)
})

it('takes a new node alone, and asks which', async () => {
  const { out } = await runCommand('add-node.yml', '-i', EXAMPLE, '--list-hosts', '-e', 'nodes=crane04')
  expect(out.match(/^PLAY .*$/gm)).toEqual(['PLAY Control node: crane01 (1 host)', 'PLAY New nodes: crane04 (1 host)'])
  const without = await runCommand('add-node.yml', '-i', EXAMPLE, '--list-hosts')
  expect(without.err).toContain("the input 'nodes' has no value")
})

it('lists the tasks of the example inventory', async () => {
  const { status, out } = await runCommand('playbooks/deploy.yml', '-i', EXAMPLE, '--list-tasks')
  expect(status).toBe(0)
  expect(out).toContain('configure containerd')
})

async function tasksOf(playbook: string): Promise<Set<string>> {
  const { out } = await runCommand(`playbooks/${playbook}.yml`, '-i', EXAMPLE, '--list-tasks')
  return new Set([...out.matchAll(/^ +(\S.*?) +\(\w+, /gm)].map(([, task = '']) => task))
}

it('does all that the small playbooks do, and names each', async () => {
  const whole = await tasksOf('deploy')
  for (const name of ['runtime', 'streaming', 'gpu', 'cni', 'bindfs', 'configuration', 'images', 'verify']) {
    const part = [...(await tasksOf(name))]
    expect(part).not.toEqual([])
    expect({ name, missing: part.filter((task) => !whole.has(task)) }).toEqual({ name, missing: [] })
    for (const file of ['playbooks/deploy.yml', 'playbooks/README.md'])
      expect(readFileSync(file, 'utf8')).toContain(`${name}.yml`)
  }
})

it('says which plays --limit leaves out', async () => {
  const { status, err } = await check(EXAMPLE, '--limit', 'crane02')
  expect(status).toBe(0)
  expect(err).toContain("--limit leaves out the play 'CraneSched on the control node'")
})

it('gives login hosts the configuration, where there is a group of them', async () => {
  const hosts = inventory('crane02 ansible_host=10.0.0.2\n\n[login]\nlogin1')
  const { out } = await runCommand('playbooks/deploy.yml', '-i', hosts, '--list-hosts')
  expect(out.match(/^PLAY .*login1.*$/gm)).toEqual(['PLAY CraneSched on the control node: crane01,login1 (2 hosts)'])
})

it.each([
  ['no address at all', 'crane[02-04]', []],
  ['a name as ansible_host', 'crane[02-04] ansible_host=node.example.org', []],
  ['no address, though nothing is to be verified', 'crane[02-04]', ['--skip-tags', 'verify']],
])('refuses %s for the streams, and says what to set', async (_, compute, options) => {
  const { status, err } = await check(inventory(compute), ...options)
  expect(status).toBe(1)
  expect(err).toContain(
    "error[bad-parameter]: 'streamAddress' must be an IP address at which other nodes reach this one",
  )
  expect(err).toContain('deploy.yml takes node_address, else ansible_host')
  expect(err).toContain('3 errors in 3 files; no host was touched')
})

it('refuses a name as node_address', async () => {
  const { status, err } = await check(inventory('crane[02-04] node_address=crane02'))
  expect(status).toBe(1)
  expect(err).toContain("error[bad-input]: 'node_address' must match")
})

it.each([
  ['the first', 'crane02 runtime=crio'],
  ['another', 'crane04 runtime=crio'],
])('refuses nodes with different runtimes, where %s has its own, without a socket for all', async (_, crio) => {
  const rest = ['crane02', 'crane03', 'crane04'].filter((name) => !crio.startsWith(name)).join('\n')
  const hosts = inventory(`${crio}\n${rest}\n[compute:vars]\nnode_address=10.0.0.2`)
  const { status, err } = await check(hosts)
  expect(status).toBe(1)
  expect(err).toContain("'container.RuntimeEndpoint' must be the plain path of a socket")
  expect(err).toContain('deploy.yml takes `socket`, which it needs where their runtimes differ')
  for (const given of ['socket=/run/crane-cri.sock', 'runtime=crio'])
    expect(await check(hosts, '-e', given)).toMatchObject({ status: 0, err: '' })
})

it('refuses a mistyped key of the container section before a daemon does', async () => {
  const settings = { ImagePullingTimeout: 'abc', Dns: { Servers: ['fd00::53'] }, SubId: { UidMappings: [] } }
  const { status, err } = await check(EXAMPLE, '-e', JSON.stringify({ container_settings: settings }))
  expect(status).toBe(1)
  expect(err).toContain("'container.ImagePullingTimeout' must be an integer, not the string 'abc'")
  expect(err).toContain("'container.Dns.Servers[0]' must be an IPv4 address")
  expect(err).toContain("container.SubId.UidMappings'")
})

describe.each([
  ['calico', ['crane-meta', 'calico', 'calico-ipam']],
  ['sriov', ['crane-meta', 'calico', 'calico-ipam', 'dns-register', 'sriov', 'rdma']],
])('vars/%s.yml', (name, brought) => {
  const path = `playbooks/vars/${name}.yml`
  const text = readFileSync(path, 'utf8')

  it('is taken by the command line that it shows, where it was copied to', async () => {
    const [, options = ''] = /^#\s+crane-play deploy\.yml (.*)$/m.exec(text) ?? []
    copyFileSync(path, join(folder, `${name}.yml`))
    inventory('crane02 ansible_host=10.0.0.2')
    const there = options.replace('-i ', `-i ${folder}/`).replace('@', `@${folder}/`).split(' ')
    const { status, err } = await runCommand('deploy.yml', ...there, '--syntax-check')
    expect({ status, err }).toEqual({ status: 0, err: '' })
  })

  it('names edits and plug-ins that Meta CNI knows, and has each linked that others do not bring', () => {
    const vars = parseYaml(text) as Readonly<Record<string, unknown>>
    const meta = {
      runtimeOverride: vars['cni_runtime_override'],
      ...(vars['cni_delegates'] ? { delegates: vars['cni_delegates'] } : { pipelines: vars['cni_pipelines'] }),
    } as MetaCni
    expect(checkMetaCni(meta)).toEqual([])
    expect(vars['cni_plugins']).toEqual(
      expect.arrayContaining(cniPlugins(meta).filter((plugin) => !brought.includes(plugin))),
    )
  })
})
