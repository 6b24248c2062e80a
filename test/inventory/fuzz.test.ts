// Whatever an inventory is made of, reading it gives hosts or mistakes, and never throws.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Draft } from '../../src/inventory/draft.ts'
import { readInventoryOutput } from '../../src/inventory/formats/readInventoryOutput.ts'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from './memoryFiles.ts'

/** Its length says how many runs one costs. */
const RUNS = { numRuns: 1000 }

const word = fc.oneof(
  fc.constantFrom(
    'a',
    'g',
    'all',
    'ungrouped',
    'crane[1-3]',
    'a:22',
    '[::1]',
    '_meta',
    '__proto__',
    'constructor',
    '-x',
  ),
  fc.string({ maxLength: 6 }),
  fc.string({ maxLength: 4, unit: 'binary' }),
)

/** Empty: it gives hosts, or at least one error. */
function problemWith(name: string, text: string, more: Readonly<Record<string, string>> = {}): string {
  const result = loadInventory({ sources: [name], files: memoryFiles({ [name]: text, ...more }), home: '/home/me' })
  if (result.ok) return result.value.hosts.size > 0 ? '' : 'no hosts'
  return result.diagnostics.some(({ severity }) => severity === 'error') ? '' : 'no error'
}

test('INI of sections, hosts and values', () => {
  const pair = fc.tuple(fc.constantFrom('x', 'ansible_port', 'ansible_user', 'ansible_group_priority', 'a-b'), word)
  const line = fc.oneof(
    word.map((name) => `[${name}]`),
    fc.tuple(word, fc.constantFrom('vars', 'children', 'x')).map(([name, kind]) => `[${name}:${kind}]`),
    fc
      .tuple(word, fc.array(pair, { maxLength: 3 }))
      .map(([name, pairs]) => [name, ...pairs.map((each) => each.join('='))].join(' ')),
    pair.map((each) => each.join(' = ')),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      expect(problemWith('hosts', lines.join('\n'))).toBe('')
    }),
    RUNS,
  )
})

test('YAML inventories, and values of any shape for what they are made of', () => {
  const part = fc.dictionary(
    fc.constantFrom('hosts', 'children', 'vars', 'x'),
    fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.dictionary(word, fc.jsonValue({ maxDepth: 1 }))),
  )
  fc.assert(
    fc.property(fc.dictionary(word, part, { maxKeys: 4 }), (groups) => {
      expect(problemWith('hosts.yml', JSON.stringify(groups))).toBe('')
    }),
    RUNS,
  )
})

test("CraneSched's configuration", () => {
  const config = fc.record(
    {
      ControlMachine: fc.oneof(word, fc.jsonValue({ maxDepth: 1 })),
      Nodes: fc.oneof(
        fc.array(fc.dictionary(fc.constantFrom('name', 'cpu'), fc.oneof(word, fc.jsonValue({ maxDepth: 1 })))),
        fc.jsonValue(),
      ),
      Partitions: fc.oneof(
        fc.array(fc.dictionary(fc.constantFrom('name', 'nodes'), fc.oneof(word, fc.constant('ALL')))),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: ['ControlMachine'] },
  )
  fc.assert(
    fc.property(config, (value) => {
      expect(problemWith('config.yaml', JSON.stringify(value))).toBe('')
    }),
    RUNS,
  )
})

test('variables in files', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(problemWith('hosts', '[g]\na', { 'group_vars/g.yml': text, 'host_vars/a.yml': text })).toBe('')
    }),
    RUNS,
  )
})

describe('what an executable prints', () => {
  const read = (text: string) => {
    const draft = new Draft()
    readInventoryOutput(text, 'inv', draft)
    return draft
  }
  const group = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(
      fc.constantFrom('hosts', 'children', 'vars', 'x'),
      fc.oneof(fc.array(fc.oneof(word, fc.jsonValue())), fc.dictionary(word, fc.jsonValue())),
    ),
  )

  test('any JSON', () => {
    const hostvars = fc.dictionary(word, fc.oneof(fc.dictionary(word, fc.jsonValue()), fc.jsonValue()))
    const output = fc
      .tuple(fc.dictionary(word, group, { maxKeys: 4 }), hostvars)
      .map(([groups, vars]) => ({ ...groups, _meta: { hostvars: vars } }))
    fc.assert(
      fc.property(output, (value) => {
        const draft = read(JSON.stringify(value))
        expect(draft.findings.failed || draft.groups.has('all')).toBe(true)
      }),
      RUNS,
    )
  })

  test('any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const draft = read(text)
        expect(draft.findings.failed || draft.hosts.size >= 0).toBe(true)
      }),
      RUNS,
    )
  })
})

describe('depth', () => {
  const DEEP = 50_000
  const nested = '['.repeat(DEEP) + ']'.repeat(DEEP)
  test.each([
    ['a value of an INI inventory', 'hosts', `a\n[all:vars]\nx=${nested}`],
    ['a value of a YAML inventory', 'hosts.yml', `g: {hosts: {a: {x: ${nested}}}}`],
    ['a whole YAML inventory', 'hosts.yml', nested],
    ['a flow map of CraneSched', 'config.yaml', `ControlMachine: a\nNodes: ${nested}`],
  ])('%s', (_case, name, text) => {
    expect(() => loadInventory({ sources: [name], files: memoryFiles({ [name]: text }) })).not.toThrow()
  })

  test('an executable', () => {
    const draft = new Draft()
    const text = `{"_meta": {"hostvars": {"a": {"x": ${nested}}}}, "g": {"hosts": ["a", ${nested}]}}`
    readInventoryOutput(text, 'inv', draft)
    expect(draft.findings.all.map(({ code }) => code)).toEqual(['inventory-script', 'too-deep'])
  })
})
