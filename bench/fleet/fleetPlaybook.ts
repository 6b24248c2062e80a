// A playbook of a hundred mixed tasks, its inventory, and hosts on which nothing is left to change.
import { stringify } from 'yaml'
import type { HostImage, HostText } from './simulatedHost.ts'

export interface FleetPlaybook {
  readonly playbook: string
  readonly inventory: string
  /** Of `group_vars/compute.yml` beside the inventory; where absent, the inventory itself has the variables. */
  readonly groupVars?: string
  readonly image: HostImage
  readonly hosts: readonly string[]
}

export interface FleetSize {
  readonly hosts: number
  /** At least 20; a mix of the same proportions at each multiple of 20. */
  readonly tasks: number
  readonly shape?: FleetShape
}

/**
 * How the same work is written. `values`, the default: variables are data. `expressions`: `group_vars` are expressions that come to the
 * same. `facts`: that, and conditions ask for facts of the host. `blocks`: as `values`, tasks in nested blocks.
 */
export type FleetShape = 'values' | 'expressions' | 'facts' | 'blocks'

const RACK = 40

export function fleetPlaybook({ hosts, tasks, shape = 'values' }: FleetSize): FleetPlaybook {
  const names = Array.from({ length: hosts }, (_, i) => `node${String(i + 1).padStart(5, '0')}`)
  const image = new ImageDraft()
  const made = Array.from({ length: tasks }, (_, i) => (MIX[i % MIX.length] ?? directoryTask)(i, image, shape))
  const handlers = [{ name: 'restart agent', restartService: { name: 'agent0' } }]
  image.units.add('agent0.service')
  const play = {
    name: 'Fleet',
    hosts: 'all',
    vars: { tier: '{{ inventory_hostname.substring(0, 4) }}' },
    tasks: shape === 'blocks' ? inBlocks(made) : made,
    handlers,
  }
  const own = shape === 'expressions' || shape === 'facts'
  return {
    playbook: stringify({ plays: [play] }),
    inventory: `${inventoryText(names)}${own ? '' : VALUES}`,
    ...(own && { groupVars: stringify(EXPRESSIONS) }),
    image,
    hosts: names,
  }
}

const VALUES = `
[compute:vars]
site=north
packages=["curl","jq","tree"]
`

/** Some are the same on all hosts, one differs from rack to rack, and one from host to host. */
const EXPRESSIONS = {
  region: 'north',
  site: '{{ region }}',
  base: ['curl', 'jq'],
  packages: "{{ base + ['tree'] }}",
  rackName: 'rack{{ rack }}',
  identity: 'name = {{ inventory_hostname }}\nsite = {{ site }}\nrack = {{ rackName }}\n',
}

/** Tens in a block with a condition and a rescue, halves of them in another one. */
function inBlocks(tasks: readonly YamlTask[]): readonly object[] {
  if (tasks.length > 10)
    return Array.from({ length: Math.ceil(tasks.length / 10) }, (_, i) =>
      inBlocks(tasks.slice(i * 10, i * 10 + 10)),
    ).flat()
  const rescue = [{ name: 'say what failed', print: '{{ failure.task }}: {{ failure.cause }}' }]
  return [{ when: "site == 'north'", block: [...tasks.slice(0, 5), { block: tasks.slice(5) }], rescue }]
}

/** Racks of forty, each with a variable of its own, and one variable for each host. */
function inventoryText(names: readonly string[]): string {
  const lines = [
    '[compute]',
    ...names.map((name, i) => `${name} ansible_host=10.${i >> 16}.${(i >> 8) & 255}.${i & 255} slot=${i % RACK}`),
  ]
  for (let rack = 0; rack * RACK < names.length; rack++)
    lines.push(
      '',
      `[rack${rack}]`,
      ...names.slice(rack * RACK, (rack + 1) * RACK),
      '',
      `[rack${rack}:vars]`,
      `rack=${rack}`,
    )
  return `${lines.join('\n')}\n`
}

class ImageDraft implements HostImage {
  readonly files = new Map<string, { content: HostText; mode?: string }>()
  readonly directories = new Map([
    ['/etc', '0755'],
    ['/srv', '0755'],
  ])
  readonly units = new Set<string>()
  readonly packages = new Map<string, string>()
}

type YamlTask = Readonly<Record<string, unknown>>

/** What a playbook of a site is made of: eight in ten the same on all hosts, the rest with variables. */
const MIX: readonly ((n: number, image: ImageDraft, shape: FleetShape) => YamlTask)[] = [
  directoryTask,
  fileTask,
  directoryTask,
  packageTask,
  fileTask,
  serviceTask,
  directoryTask,
  fileTask,
  tomlTask,
  packageTask,
  directoryTask,
  fileTask,
  yamlTask,
  serviceTask,
  conditionalTask,
  fileTask,
  skippedTask,
  loopTask,
  hostFileTask,
  fileTask,
]

function directoryTask(n: number, image: ImageDraft): YamlTask {
  const path = `/srv/data${n}`
  image.directories.set(path, '0750')
  return { name: `directory ${n}`, ensureDirectory: { path, owner: 'root', group: 'root', mode: '0750' } }
}

function fileTask(n: number, image: ImageDraft): YamlTask {
  const path = `/etc/site${n}.conf`
  const content = `# settings ${n}\n${`key = value ${n}\n`.repeat(20)}`
  image.files.set(path, { content, mode: '0640' })
  return { name: `file ${n}`, writeFile: { path, content, mode: '0640', owner: 'root' }, notify: 'restart agent' }
}

function packageTask(n: number, image: ImageDraft): YamlTask {
  image.packages.set(`package${n}`, `1.${n}-1`)
  return { name: `package ${n}`, installPackage: `package${n}` }
}

function serviceTask(n: number, image: ImageDraft): YamlTask {
  image.units.add(`agent${n}.service`)
  return { name: `service ${n}`, ensureService: { name: `agent${n}`, running: true, enabled: true } }
}

function tomlTask(n: number, image: ImageDraft): YamlTask {
  const path = `/etc/runtime${n}.toml`
  const sections = Array.from(
    { length: 60 },
    (_, i) => `[plugins."part.v1.${i}"]\n  enable = true\n  limit = ${i}\n  path = "/run/part${i}"\n`,
  )
  image.files.set(path, { content: `version = 2\n\n${sections.join('\n')}` })
  return { name: `toml ${n}`, ensureToml: { path, set: { version: 2, plugins: { 'part.v1.7': { limit: 7 } } } } }
}

function yamlTask(n: number, image: ImageDraft): YamlTask {
  const path = `/etc/cluster${n}.yaml`
  image.files.set(path, {
    content: `Cluster: north\n${Array.from({ length: 80 }, (_, i) => `Key${i}: value ${i}`).join('\n')}\nContainer:\n  Enabled: true\n`,
  })
  return { name: `yaml ${n}`, ensureYaml: { path, set: { Cluster: 'north', Container: { Enabled: true } } } }
}

/** A condition that holds, with a host variable. */
function conditionalTask(n: number, image: ImageDraft, shape: FleetShape): YamlTask {
  const asked = shape === 'facts' ? "facts.os.family == 'debian' && " : ''
  return { ...directoryTask(n, image), when: `${asked}site == 'north' && slot < ${RACK}` }
}

function skippedTask(n: number): YamlTask {
  return { name: `skipped ${n}`, when: 'slot < 0', ensureDirectory: `/srv/never${n}` }
}

function loopTask(n: number, image: ImageDraft): YamlTask {
  for (const name of ['curl', 'jq', 'tree']) image.packages.set(name, '1.0-1')
  return { name: `loop ${n}`, loop: '{{ packages }}', installPackage: '{{ item }}' }
}

function hostFileTask(n: number, image: ImageDraft, shape: FleetShape): YamlTask {
  const path = `/etc/identity${n}.conf`
  image.files.set(path, { content: (host) => `name = ${host}\nsite = north\nrack = rack${rackOf(host)}\n` })
  const evaluated = shape === 'expressions' || shape === 'facts'
  const content = evaluated
    ? '{{ identity }}'
    : 'name = {{ inventory_hostname }}\nsite = {{ site }}\nrack = rack{{ rack }}\n'
  return { name: `identity ${n}`, register: `identity${n}`, writeFile: { path, content } }
}

const rackOf = (host: string): number => Math.floor((Number(host.slice('node'.length)) - 1) / RACK)
