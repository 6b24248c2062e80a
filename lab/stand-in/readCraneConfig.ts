/** Reads /etc/crane/config.yaml as CraneSched's daemons do: what they need, refuse, abort on and never look at. */
import { crc32 } from './crc32.ts'
import { type Gres, readGres } from './gres.ts'
import { expandHostList } from './hostList.ts'
import { readContainer, type ContainerConfig } from './readContainer.ts'
import { Refusal } from './refusal.ts'
import { YamlAbort, YamlNode } from './yamlNode.ts'

export type Role = 'cranectld' | 'craned'

export interface Partition {
  name: string
  nodes: string[]
}

export interface NodeEntry {
  name: string
  cpu: number
  gres: Gres[]
}

export interface CraneConfig {
  controlMachine: string
  clusterName: string
  baseDir: string
  ctldPort: number
  internalPort: number
  cranedPort: number
  logFile: string
  supervisorLogDir: string
  nodes: NodeEntry[]
  partitions: Partition[]
  defaultPartition: string
  containerEnabled: boolean
  /** Read by craned only. */
  container?: ContainerConfig | undefined
  crc: number
}

/** `exit`: one logged line and status 1. `abort`: an uncaught exception of the YAML library, SIGABRT. */
export type ReadResult =
  | { kind: 'ok'; config: CraneConfig; warnings: string[] }
  | { kind: 'exit'; message: string }
  | { kind: 'abort'; message: string }

export function readCraneConfig(text: string, role: Role, hostname: string): ReadResult {
  const warnings: string[] = []
  try {
    return { kind: 'ok', config: read(YamlNode.parse(text), role, hostname, warnings), warnings }
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'exit', message: error.message }
    if (error instanceof YamlAbort) return { kind: 'abort', message: error.message }
    throw error
  }
}

function read(root: YamlNode, role: Role, hostname: string, warnings: string[]): CraneConfig {
  const required = (key: string) => {
    const value = root.get(key)
    if (!value.defined || value.text() === '') throw new Refusal(`${key} is not configured.`)
    return value.text()
  }
  const daemon = role === 'cranectld' ? 'CraneCtld' : 'Craned'
  const level = root.get(`${daemon}DebugLevel`).text('info')
  if (!['trace', 'debug', 'info', 'warn', 'error', 'off'].includes(level))
    throw new Refusal(`Illegal debug-level format: ${level}`)
  const config: CraneConfig = {
    clusterName: required('ClusterName'),
    controlMachine: role === 'craned' ? required('ControlMachine') : root.get('ControlMachine').text(''),
    baseDir: root.get('CraneBaseDir').text('/var/crane/'),
    ctldPort: Number(root.get('CraneCtldListenPort').text('10011')),
    internalPort: Number(root.get('CraneCtldForInternalListenPort').text('10013')),
    cranedPort: Number(root.get('CranedListenPort').text('10010')),
    logFile: root.get(`${daemon}LogFile`).text(`${role}/${role}.log`),
    supervisorLogDir: root.get('Supervisor').get('LogDir').text('supervisor'),
    nodes: readNodes(root.get('Nodes')),
    partitions: [],
    defaultPartition: root.get('DefaultPartition').text(''),
    containerEnabled: false,
    crc: crc32(root.dump()),
  }
  if (role === 'craned' && !root.get('Supervisor').defined) throw new Refusal('No Supervisor configuration found.')
  config.partitions = readPartitions(root.get('Partitions'), config, role, warnings)
  const { defaultPartition } = config
  if (role === 'cranectld' && defaultPartition && !config.partitions.some(({ name }) => name === defaultPartition))
    throw new Refusal(`Unknown default partition ${defaultPartition}`)
  // craned looks at the container section only inside the block that runs when partitions are written.
  if (role === 'cranectld') config.containerEnabled = root.get('Container').get('Enabled').flag(false)
  else if (root.get('Partitions').defined) config.container = readContainer(root.get('Container'))
  config.containerEnabled ||= config.container !== undefined
  if (role === 'craned') checkMembership(config, hostname)
  return config
}

/** The devices of a node. Of two entries for one node the last counts. */
export const gresOf = ({ nodes }: CraneConfig, node: string): Gres[] =>
  nodes.findLast(({ name }) => name === node)?.gres ?? []

function readNodes(list: YamlNode): NodeEntry[] {
  return list.items().flatMap((node) => {
    if (!node.get('name').defined) throw new Refusal('Node name is required.')
    const names = expandHostList(node.get('name').text())
    if ('error' in names) throw new Refusal(names.error)
    if (!node.get('cpu').defined) throw new Refusal('Node cpu is required.')
    const cpu = node.get('cpu').number()
    if (!node.get('memory').defined) throw new Refusal('Node memory is required.')
    if (!/\d+[KMBG]/.test(node.get('memory').text())) throw new Refusal('Illegal memory format.')
    const gres = readGres(node.get('gres'))
    return names.names.map((name) => ({ name, cpu, gres }))
  })
}

function readPartitions(list: YamlNode, config: CraneConfig, role: Role, warnings: string[]): Partition[] {
  const known = new Set(config.nodes.map(({ name }) => name))
  const partitions = list.items().map((entry) => {
    if (!entry.get('name').defined) throw new Refusal('Partition name is required.')
    const name = entry.get('name').text()
    const text = entry.get('nodes').text('')
    const nodes = text.toUpperCase() === 'ALL' ? { names: [...known] } : expandHostList(text)
    if ('error' in nodes) throw new Refusal(nodes.error)
    for (const node of nodes.names.filter((node) => !known.has(node))) {
      const message = `Node ${node} of partition ${name} is unknown.`
      if (role === 'cranectld') throw new Refusal(message)
      warnings.push(message)
    }
    return { name, nodes: nodes.names.filter((node) => known.has(node)) }
  })
  const orphan = config.nodes.find(({ name }) => !partitions.some(({ nodes }) => nodes.includes(name)))
  if (role === 'cranectld' && orphan) throw new Refusal(`Node ${orphan.name} does not belong to any partition.`)
  return partitions
}

function checkMembership(config: CraneConfig, hostname: string): void {
  if (!config.nodes.some(({ name }) => name === hostname))
    throw new Refusal(`This machine ${hostname} is not contained in Nodes!`)
  if (!config.partitions.some(({ nodes }) => nodes.includes(hostname)))
    throw new Refusal(`This machine ${hostname} doesn't belong to any partition`)
}
