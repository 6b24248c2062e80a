import { describe, expect, test } from 'vitest'
import { hideSecrets } from '../../src/inventory/hideSecrets.ts'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from './memoryFiles.ts'
import { diagnosticsOf } from './tell.ts'

describe('hideSecrets', () => {
  test.each([
    ['a x=1', 'a x=1'],
    ['a ansible_password=abc x=1', 'a ansible_password=*** x=1'],
    ['a ansible_become_pass="a b" x=1', 'a ansible_become_pass=***** x=1'],
    ['a ansible_password=a"b c"d\\ e x', 'a ansible_password=********** x'],
    ['a ansible_password="abc def', 'a ansible_password=********'],
    ['a ansible_password = abc', 'a ansible_password = ***'],
    ['ansible_password = a b', 'ansible_password = ***'],
    ['  db_passwd: a, b', '  db_passwd: ****'],
    ['a: {"API_TOKEN": "x"}', 'a: {"API_TOKEN": ****'],
    ['a pass=1 token=22', 'a pass=* token=**'],
    ['a passenger', 'a passenger'],
  ])('%s', (line, shown) => {
    expect(hideSecrets(line)).toBe(shown)
  })

  test('a mistake beside a password does not show it', () => {
    const hosts = '[g]\na ansible_password=hunter2 ansible_port=abc oops'
    const files = { hosts, 'group_vars/g.yml': 'x: {ansible_become_password: hunter2, x: 1, x: 2}' }
    const found = diagnosticsOf(loadInventory({ sources: ['hosts'], files: memoryFiles(files) }))
    expect(found).toHaveLength(3)
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})
