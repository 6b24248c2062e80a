// CraneSched's own configuration read as an inventory: the groups it gives, and where it is wrong.
import { describe, expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from './memoryFiles.ts'
import { diagnosticsOf, underlined, valueOf } from './tell.ts'

const load = (text: string) => loadInventory({ sources: ['config.yaml'], files: memoryFiles({ 'config.yaml': text }) })

const config = `ControlMachine: crane01
ClusterName: demo
Nodes:
  - name: "crane[02-04]"
    cpu: 2
    memory: 2G
  - name: gpu1
    cpu: 2
    memory: 2G
Partitions:
  - name: CPU
    nodes: "crane[02-04]"
  - name: GPU
    nodes: gpu1, crane02
  - name: whole
    nodes: all
DefaultPartition: CPU
`

describe('parseCraneConfig', () => {
  test('control, compute, and a group for each partition', () => {
    const { groups, hosts } = valueOf(load(config))
    const members = Object.fromEntries(Array.from(groups.values(), (group) => [group.name, group.hosts.join(' ')]))
    expect(members).toEqual({
      all: 'crane01 crane02 crane03 crane04 gpu1',
      ungrouped: '',
      control: 'crane01',
      compute: 'crane02 crane03 crane04 gpu1',
      CPU: 'crane02 crane03 crane04',
      GPU: 'crane02 gpu1',
      whole: 'crane02 crane03 crane04 gpu1',
    })
    expect(hosts.get('crane02')?.groups).toEqual(['compute', 'CPU', 'GPU', 'whole'])
  })

  test('a control machine may compute, and a partition may be called compute when it is all of it', () => {
    const text = 'ControlMachine: a\nNodes: [{name: "a,b"}]\nPartitions: [{name: compute, nodes: "a,b"}]'
    const result = load(text)
    expect(valueOf(result).groups.get('compute')?.hosts).toEqual(['a', 'b'])
    expect(diagnosticsOf(result)).toEqual([])
  })

  test('a smaller partition called compute gets a warning, and no group', () => {
    const result = load('ControlMachine: a\nNodes: [{name: "a,b"}]\nPartitions: [{name: compute, nodes: b}]')
    expect(valueOf(result).groups.get('compute')?.hosts).toEqual(['a', 'b'])
    expect(diagnosticsOf(result)).toMatchObject([{ severity: 'warning', code: 'partition-name-taken' }])
  })

  test.each([
    [
      'a node of a partition that is none',
      'Nodes: [{name: a}]\nPartitions: [{name: p, nodes: "a,b[1-2]"}]',
      'unknown-host',
      '"a,b[1-2]"',
    ],
    ['a node twice', 'ControlMachine: c\nNodes: [{name: a}, {name: "a"}]', 'duplicate-host', '"a"'],
    ['a node without a name', 'ControlMachine: c\nNodes: [{cpu: 1}]', 'missing-key', '{cpu: 1}'],
    ['nodes that are no list', 'ControlMachine: c\nNodes: a', 'wrong-type', 'a'],
    ['a host list that is broken', 'ControlMachine: c\nNodes: [{name: "a[2-"}]', 'bad-host', '"a[2-"'],
    [
      'a partition that is named like a host',
      'ControlMachine: c\nNodes: [{name: a}]\nPartitions: [{name: a, nodes: a}]',
      'host-and-group',
      'a',
    ],
  ])('%s is a mistake', (_case, text, code, marked) => {
    const found = diagnosticsOf(load(text))
    expect(found).toMatchObject([{ severity: 'error', code }])
    expect(found.map(underlined)).toEqual([marked])
  })
})
