// CraneSched's own /etc/crane/config.yaml → the groups control and compute, and one for each partition.
import { expandNodeSet, foldNodeSet } from '../../model/nodeSet.ts'
import { describeNode, entryOf, placeOf, type YamlEntry, type YamlNode } from '../../text/yamlTree.ts'
import type { Draft, DraftGroup } from '../draft.ts'
import { badHostName } from '../hostNames.ts'

const get = (node: YamlNode, key: string): YamlEntry | undefined =>
  node.kind === 'map' ? entryOf(node, key) : undefined

export const isCraneConfig = (root: YamlNode): boolean =>
  get(root, 'ControlMachine') !== undefined ||
  (get(root, 'Nodes') !== undefined && get(root, 'Partitions') !== undefined)

/** Format: CraneSched source; `Nodes[].name` and `Partitions[].nodes` are host lists, the latter may be `ALL`. */
export function parseCraneConfig(root: YamlNode, draft: Draft): void {
  const control = get(root, 'ControlMachine')
  if (control) addNodes(draft.group('control', control.keyAt), readNodes(control, draft), control.value, draft)
  const compute = draft.group('compute', get(root, 'Nodes')?.keyAt ?? placeOf(root))
  for (const node of itemsOf(get(root, 'Nodes'), draft)) {
    const name = required(node, 'name', draft)
    if (!name) continue
    const names = readNodes(name, draft)
    const twice = names.filter((each) => compute?.hosts.has(each))
    if (twice.length > 0)
      draft.findings.error('duplicate-host', `${foldNodeSet(twice)} is listed twice in Nodes`, placeOf(name.value))
    addNodes(compute, names, name.value, draft)
  }
  for (const partition of itemsOf(get(root, 'Partitions'), draft)) readPartition(partition, compute, draft)
}

function readPartition(partition: YamlNode, compute: DraftGroup | undefined, draft: Draft): void {
  const name = required(partition, 'name', draft)
  const nodes = required(partition, 'nodes', draft)
  if (!name || !nodes) return
  const label = textOf(name, draft)
  if (label === undefined) return
  const all = [...(compute?.hosts.keys() ?? [])]
  const members = textOf(nodes, draft)?.toUpperCase() === 'ALL' ? all : readNodes(nodes, draft)
  const unknown = members.filter((each) => !compute?.hosts.has(each))
  if (unknown.length > 0) {
    draft.findings.error(
      'unknown-host',
      `${foldNodeSet(unknown)} in the partition ${label} is not listed in Nodes`,
      placeOf(nodes.value),
    )
  }
  if (['control', 'compute', 'all', 'ungrouped'].includes(label)) {
    if (label === 'all' || (label === 'compute' && members.length === all.length)) return
    const message = `the partition ${label} does not become a group: that name is taken`
    draft.findings.warn('partition-name-taken', message, placeOf(name.value))
    return
  }
  addNodes(draft.group(label, placeOf(name.value)), members, nodes.value, draft)
}

/** A host that is there already (a partition that overlaps, a control node that computes) is not a mistake in this file. */
function addNodes(group: DraftGroup | undefined, names: readonly string[], value: YamlNode, draft: Draft): void {
  if (!group) return
  const fresh = [...new Set(names)].filter((name) => !group.hosts.has(name))
  draft.addHosts(group, fresh, placeOf(value), new Map())
}

function itemsOf(entry: YamlEntry | undefined, draft: Draft): readonly YamlNode[] {
  if (!entry) return []
  if (entry.value.kind === 'list') return entry.value.items
  draft.findings.error(
    'wrong-type',
    `${entry.key} must be a list, not ${describeNode(entry.value)}`,
    placeOf(entry.value),
  )
  return []
}

function required(item: YamlNode, key: string, draft: Draft): YamlEntry | undefined {
  const entry = get(item, key)
  if (!entry) draft.findings.error('missing-key', `missing key '${key}'`, placeOf(item))
  return entry
}

function textOf(entry: YamlEntry, draft: Draft): string | undefined {
  const { value } = entry
  if (value.kind === 'scalar' && value.value !== null) return String(value.value)
  draft.findings.error('wrong-type', `${entry.key} must be a string, not ${describeNode(value)}`, placeOf(value))
  return undefined
}

function readNodes(entry: YamlEntry, draft: Draft): readonly string[] {
  const text = textOf(entry, draft)
  if (text === undefined) return []
  const expanded = expandNodeSet(text)
  if (!expanded.ok) {
    draft.findings.error('bad-host', expanded.problem.message, placeOf(entry.value))
    return []
  }
  const bad = expanded.names.map((name) => badHostName(name)).find((wrong) => wrong)
  if (bad) draft.findings.error('bad-host', bad[0], placeOf(entry.value), bad[1])
  return bad ? [] : expanded.names
}
