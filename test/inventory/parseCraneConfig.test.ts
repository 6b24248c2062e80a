// CraneSched's own configuration read as an inventory: the groups it gives, and where it is wrong.
import { describe, expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from './memoryFiles.ts'
import { cases, diagnosticsOf, valueOf, shown } from './shown.ts'

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
      GPU: 'gpu1 crane02',
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

  test.each(
    cases(String.raw`
Nodes: [{name: a}]⏎Partitions: [{name: p, nodes: "a,b[1-2]"}]  =>  2:31+10 unknown-host b[1-2] in the partition p is not listed in Nodes
ControlMachine: c⏎Nodes: [{name: a}, {name: "a"}]  =>  2:27+3 duplicate-host a is listed twice in Nodes
ControlMachine: c⏎Nodes: [{cpu: 1}]  =>  2:9+8 missing-key missing key 'name'
ControlMachine: c⏎Nodes: a  =>  2:8+1 wrong-type Nodes must be a list, not the string 'a'
ControlMachine: c⏎Nodes: [{name: "a[2-"}]  =>  2:16+6 bad-host this bracket is never closed
ControlMachine: c⏎Nodes: [{name: a}]⏎Partitions: [{name: a, nodes: a}]  =>  2:16+1 host-and-group 'a' is both a host and a group; rename one of them; the group is at config.yaml:3
`),
  )('%s', (text, expected) => {
    expect(shown(load(text))).toBe(expected)
  })
})
