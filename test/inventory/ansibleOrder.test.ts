// Hosts that patterns select and their order, recorded from ansible-core 2.19.14 over generated inventories.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { selectHosts } from '../../src/inventory/hostPattern.ts'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from './memoryFiles.ts'
import { valueOf } from './shown.ts'

interface Recorded {
  readonly hosts: string
  /** Pattern → its hosts, or `none` where Ansible selects nothing. */
  readonly selects: Readonly<Record<string, string>>
}

const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/inventory/ansibleOrder.json', import.meta.url), 'utf8'),
) as Recorded[]

test.each(recorded)('inventory $#', ({ hosts, selects }) => {
  const inventory = valueOf(loadInventory({ sources: ['hosts'], files: memoryFiles({ hosts }) }))
  const ours = Object.keys(selects).map((pattern) => {
    const selected = selectHosts(pattern, inventory)
    return [pattern, selected.ok ? selected.value.join(' ') : 'none']
  })
  expect(Object.fromEntries(ours)).toEqual(selects)
})
