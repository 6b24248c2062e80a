// What is said of a variable: its value, the place in force, and what that overrode.
import { expect, test } from 'vitest'
import { renderVariable } from '../../src/cli/explainVariable.ts'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from '../inventory/memoryFiles.ts'
import { valueOf } from '../inventory/shown.ts'

const files = memoryFiles({
  hosts: '[g]\na[1-3]\nb x=own db_password=hunter2\n[top:children]\ng\n[g:vars]\nx=file',
  'group_vars/all.yml': 'x: all\nonly: [1, 2]',
  'group_vars/g.yml': 'x: group',
  'host_vars/a2.yml': 'x: host',
})
const inventory = valueOf(loadInventory({ sources: ['hosts'], files }))
const explain = (variable: string, hosts = [...inventory.hosts.keys()]) => renderVariable(variable, inventory, hosts)

test('the strongest first, hosts with the same places once', () => {
  expect(explain('x')).toBe(`a[1,3]
  "group"  group_vars/g.yml:1:4, group g
  overrides "all"  group_vars/all.yml:1:4, group all
  overrides "file"  hosts:7:3, group g
a2
  "host"  host_vars/a2.yml:1:4, the host
  overrides "group"  group_vars/g.yml:1:4, group g
  overrides "all"  group_vars/all.yml:1:4, group all
  overrides "file"  hosts:7:3, group g
b
  "own"  hosts:3:5, the host
  overrides "group"  group_vars/g.yml:1:4, group g
  overrides "all"  group_vars/all.yml:1:4, group all
  overrides "file"  hosts:7:3, group g
`)
})

test('what is in force is what the host has', () => {
  for (const [name, { vars }] of inventory.hosts)
    for (const [variable, value] of Object.entries(vars))
      expect(inventory.candidates?.(name, variable)[0]?.value).toEqual(value)
})

test('a secret is not shown, and what is not set gives nothing', () => {
  expect(explain('db_password')).toMatch(/^b\n {2}\*+ {2}hosts:3:21, the host\n$/)
  expect(explain('nothing')).toBe('')
  expect(explain('only', ['a1'])).toBe('a1\n  [1,2]  group_vars/all.yml:2:7, group all\n')
})
