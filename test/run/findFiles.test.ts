// Which playbook a name means, and which inventory is taken when none is named.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findInventory } from '../../src/run/findInventory.ts'
import { findPlaybook } from '../../src/run/findPlaybook.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'crane-play-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function put(...files: string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), '')
  }
}

describe('playbooks', () => {
  beforeEach(() => put('own/deploy.yml', 'own/verify.yml', 'own/notes.md', 'mine/site.yml', 'mine/deploy.yml'))

  test.each<[string, string, { path: string; own: boolean } | string]>([
    ['a file', 'mine/site.yml', { path: 'mine/site.yml', own: false }],
    ['a file named like one of the product', 'mine/deploy.yml', { path: 'mine/deploy.yml', own: false }],
    ['a bare name of the product', 'verify.yml', { path: 'own/verify.yml', own: true }],
    ['without its ending', 'verify', { path: 'own/verify.yml', own: true }],
    ['a path is not looked up', 'other/verify.yml', "there is no playbook 'other/verify.yml'"],
    ['a misspelt name', 'deplyo.yml', "did you mean 'deploy.yml'?"],
    ['a name like none', 'zzz.yml', "the product's own playbooks: deploy.yml, verify.yml"],
    ['another ending', 'mine/site.yaml', "did you mean 'mine/site.yml'?"],
    ['a directory', 'mine', "'mine' is a directory, not a playbook"],
  ])('%s', (_case, name, expected) => {
    // Names are relative to the working directory; in a test it is somewhere else.
    const given = name.includes('/') || name === 'mine' ? join(directory, name) : name
    const found = findPlaybook(given, join(directory, 'own'))
    if (typeof expected !== 'string') {
      expect(found).toEqual({ ok: true, value: { ...expected, path: join(directory, expected.path) }, warnings: [] })
    } else {
      expect(found.ok).toBe(false)
      if (found.ok) return
      const [one] = found.diagnostics
      expect(`${one?.message} ${one?.hint}`.replaceAll(`${directory}/`, '')).toContain(expected)
    }
  })
})

describe('the inventory that is taken unasked', () => {
  test.each<[string[], string]>([
    [['inventory/hosts', 'hosts'], 'inventory/hosts'],
    [['hosts', 'hosts.yml'], 'hosts'],
    [['hosts.yml'], 'hosts.yml'],
  ])('%j', (files, expected) => {
    put(...files)
    expect(findInventory(directory)).toEqual({ ok: true, value: expected, warnings: [] })
  })

  test('none', () => {
    expect(findInventory(directory)).toMatchObject({ ok: false, diagnostics: [{ code: 'no-inventory' }] })
  })

  test('not in a directory where everybody can write', () => {
    put('hosts')
    chmodSync(directory, 0o777)
    expect(findInventory(directory)).toMatchObject({ ok: false, diagnostics: [{ code: 'untrusted-file' }] })
  })

  test('not when it is executable', () => {
    put('hosts')
    writeFileSync(join(directory, 'hosts'), '#!/bin/sh\n')
    chmodSync(join(directory, 'hosts'), 0o755)
    expect(findInventory(directory)).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'unnamed-script', hint: 'to run it, add -i hosts' }],
    })
  })
})
