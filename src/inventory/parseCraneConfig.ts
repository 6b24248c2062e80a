// CraneSched's own /etc/crane/config.yaml → the groups control and compute, and one for each partition.
import { expandNodeSet } from '../model/nodeSet.ts'
import { foldNodeSet } from '../model/nodeSet.ts'
import type { Draft, DraftGroup } from './draft.ts'
import { badHostName } from './hostNames.ts'
import { kindInWords, type Placed, type PlacedEntry } from './readYaml.ts'

const get = (map: Placed, key: string): PlacedEntry | undefined =>
  map.kind === 'map' ? map.entries.find((entry) => entry.key === key) : undefined

export const isCraneConfig = (root: Placed): boolean =>
  get(root, 'ControlMachine') !== undefined ||
  (get(root, 'Nodes') !== undefined && get(root, 'Partitions') !== undefined)

/** Format: CraneSched source; `Nodes[].name` and `Partitions[].nodes` are host lists, the latter may be `ALL`. */
export function parseCraneConfig(root: Placed, draft: Draft): void {
  const control = get(root, 'ControlMachine')
  if (control) addNodes(draft.group('control', control.keyAt), readNodes(control, draft), control.value, draft)
  const compute = draft.group('compute', get(root, 'Nodes')?.keyAt ?? root.at)
  for (const node of itemsOf(get(root, 'Nodes'), draft)) {
    const name = required(node, 'name', draft)
    if (!name) continue
    const names = readNodes(name, draft)
    const twice = names.filter((each) => compute?.hosts.has(each))
    if (twice.length > 0) draft.say('duplicate-host', `${foldNodeSet(twice)} is defined twice in Nodes`, name.value.at)
    addNodes(compute, names, name.value, draft)
  }
  for (const partition of itemsOf(get(root, 'Partitions'), draft)) readPartition(partition, compute, draft)
}

function readPartition(partition: Placed, compute: DraftGroup | undefined, draft: Draft): void {
  const name = required(partition, 'name', draft)
  const nodes = required(partition, 'nodes', draft)
  if (!name || !nodes) return
  const label = textOf(name, draft)
  if (label === undefined) return
  const all = [...(compute?.hosts.keys() ?? [])]
  const members = textOf(nodes, draft)?.toUpperCase() === 'ALL' ? all : readNodes(nodes, draft)
  const unknown = members.filter((each) => !compute?.hosts.has(each))
  if (unknown.length > 0) {
    draft.say('unknown-host', `${foldNodeSet(unknown)} of the partition ${label} is not in Nodes`, nodes.value.at)
  }
  if (['control', 'compute', 'all', 'ungrouped'].includes(label)) {
    if (label === 'all' || (label === 'compute' && members.length === all.length)) return
    const message = `The partition ${label} gives no group: that name means something else here`
    draft.warn('partition-name-taken', message, name.value.at)
    return
  }
  addNodes(draft.group(label, name.value.at), members, nodes.value, draft)
}

/** A host that is there already (a partition that overlaps, a control node that computes) is no mistake in this file. */
function addNodes(group: DraftGroup | undefined, names: readonly string[], value: Placed, draft: Draft): void {
  if (!group) return
  const fresh = [...new Set(names)].filter((name) => !group.hosts.has(name))
  draft.addHosts(group, fresh, value.at, new Map())
}

function itemsOf(entry: PlacedEntry | undefined, draft: Draft): readonly Placed[] {
  if (!entry) return []
  if (entry.value.kind === 'list') return entry.value.items
  draft.say('wrong-type', `${entry.key} must be a list, and this is ${kindInWords(entry.value)}`, entry.value.at)
  return []
}

function required(item: Placed, key: string, draft: Draft): PlacedEntry | undefined {
  const entry = get(item, key)
  if (!entry) draft.say('missing-key', `The key \`${key}\` is missing here`, item.at)
  return entry
}

function textOf(entry: PlacedEntry, draft: Draft): string | undefined {
  const { value } = entry
  if (value.kind === 'scalar' && value.value !== null) return String(value.value)
  draft.say('wrong-type', `${entry.key} must be a text, and this is ${kindInWords(value)}`, value.at)
  return undefined
}

function readNodes(entry: PlacedEntry, draft: Draft): readonly string[] {
  const text = textOf(entry, draft)
  if (text === undefined) return []
  const expanded = expandNodeSet(text)
  if (!expanded.ok) {
    draft.say('bad-host', expanded.problem.message, entry.value.at)
    return []
  }
  const bad = expanded.names.map((name) => badHostName(name)).find((wrong) => wrong)
  if (bad) draft.say('bad-host', bad[0], entry.value.at, bad[1])
  return bad ? [] : expanded.names
}
