// The front door as a whole: limits, and that any text gives a playbook or mistakes that point into it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { told, inventoryOf, load, mistakesIn, play, valid } from './world.ts'
import { leavesOf } from '../../src/model/playTree.ts'

test('--limit leaves some hosts, in the order of the inventory', () => {
  const text = `${play('- run: x')}- hosts: crane01\n`
  expect(valid(text, { limit: 'crane03,crane02' }).plays.map(({ hosts }) => hosts)).toEqual([
    ['crane02', 'crane03'],
    [],
  ])
})

test('--limit that leaves nothing is a mistake', () => {
  expect(told(mistakesIn('- hosts: crane01\n', { limit: 'compute' }))).toEqual([
    "--limit:1:1 no-host-matched --limit excludes every host of every play; compare it with the plays' 'hosts:', or list them with --list-hosts",
  ])
})

test('--limit that names nothing is a mistake', () => {
  const found = mistakesIn('- hosts: all\n', { limit: 'crne01' })
  expect(found).toMatchObject([
    { code: 'unknown-host', at: { file: '--limit', line: 1, column: 1, length: 6, text: 'crne01' } },
  ])
})

test('hosts outside the limit are still known', () => {
  const text = play('- run: "{{ hostvars[\'crane01\'].special }} {{ size(groups.all) }} {{ size(play_hosts) }}"')
  const [first] = valid(text, { limit: 'crane02' }).plays
  expect(leavesOf(first?.tasks ?? [])[0]?.params.evaluate(first?.variables('crane02') ?? {})).toEqual({
    ok: true,
    value: { command: 'yes 4 1' },
  })
})

test('hosts as a list of patterns', () => {
  expect(valid('- hosts: [crane01, crane03]\n').plays[0]?.hosts).toEqual(['crane01', 'crane03'])
})

test('mistakes of all files and of the command line are told at once', () => {
  const found = mistakesIn(
    {
      'site.yml': '- hosts: computes\n- hosts: all\n  tasks:\n    - rnu: x\n    - import_tasks: t.yml\n',
      't.yml': '- run: "{{ prt }}"\n',
    },
    { tags: ['x'], limit: 'nobody', extraVars: ['y'] },
  )
  expect(found.map(({ code, at }) => `${at?.file} ${code}`).sort()).toEqual([
    '--limit unknown-host',
    '--tags unknown-tag',
    '-e bad-extra-vars',
    'site.yml unknown-host',
    'site.yml unknown-task-type',
    't.yml unknown-variable',
  ])
})

test('a mistake never throws, whatever the file holds', () => {
  for (const text of [
    '\0',
    '- ',
    '[',
    '{',
    '-',
    '- - - hosts',
    '- hosts: {a: [b]}',
    '- hosts: all\n  tasks: [[], null, 1, {}]',
    '- null',
    'plays: null',
    'plays: [null]',
    '- hosts: all\n  tasks: [{ run: null }, { null: 1 }]',
    '- hosts: all\n  tasks: [{ run: x, when: null, loop: null, register: null, notify: null, tags: null, vars: null }]',
    '- hosts: null',
    '- hosts: all\n  vars: { __proto__: 1, constructor: 2, toString: 3 }\n  tasks: [{ run: "{{ toString }}" }]',
  ]) {
    const loaded = load(text)
    if (loaded.ok) expect(loaded.value.plays.length).toBeGreaterThanOrEqual(0)
    else expect(loaded.diagnostics.length).toBeGreaterThan(0)
  }
})

test('what hosts share is evaluated once for all of them', () => {
  let asked = 0
  const counted = {
    get n() {
      asked++
      return 1
    },
  }
  const hosts = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`n${i}`, counted as never]))
  const inventory = inventoryOf(hosts)
  const tasks = Array.from({ length: 50 }, (_, i) => `- run: "{{ n + ${i} }}x"`).join('\n')
  expect(load(play(tasks), { inventory }).ok).toBe(true)
  // Variables are copied out of the inventory once for each host, not for each task.
  expect(asked).toBeLessThan(500 * 5)
})

test('the tasks of a block have one and the same list of conditions, unless variables of their own can be read in it', () => {
  const text = `- hosts: all
  vars: { word: a }
  tasks:
    - when: word == inventory_hostname
      block:
        - run: "true"
        - run: "false"
        - run: "true"
          vars: { word: b }
        - run: "true"
          when: inventory_hostname != 'x'`
  const loaded = load(text)
  const [block] = loaded.ok ? (loaded.value.plays[0]?.tasks ?? []) : []
  const lists = block?.kind === 'block' ? block.body.map((task) => 'when' in task && task.when) : []
  const [first, second, shadowed, longer] = lists
  expect(lists).toHaveLength(4)
  expect(second).toBe(first)
  expect(shadowed).not.toBe(first)
  expect(longer).toHaveLength(2)
})

const SAMPLE = `inputs:
  word: { type: string, default: "a", enum: [a, b] }
plays:
  - hosts: compute
    vars: { x: "{{ word + 'y' }}", many: [1, 2] }
    tasks:
      - name: "A task on {{ inventory_hostname }}"
        run: { command: "echo {{ x }}", creates: /x }
        register: r
        when: has(special) || port > 1
      - writeFile:
          path: "/etc/{{ item }}"
          content: |
            {{ r.stdout }} and
            {{ hostvars['crane01'].special }}
        loop: "{{ many.map(n, string(n)) }}"
        notify: [again]
    handlers:
      - { name: again, restartService: containerd }
`

test('the sample of the next test is right', () => {
  expect(mistakesIn(SAMPLE)).toEqual([])
})

test('whatever is typed into a playbook by mistake, there is a verdict and each mistake has a place in the text', () => {
  const letters = fc.constantFrom(
    ...'{}[]:,-?.|&!"\'\n\t #*@`()=<>xA0'.split(''),
    '{{',
    '}}',
    ' && ',
    'null',
    '__proto__',
  )
  const edit = fc.record({ at: fc.nat(SAMPLE.length), cut: fc.nat(12), put: fc.array(letters, { maxLength: 3 }) })
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const text = edits.reduce(
        (now, { at, cut, put }) => now.slice(0, at) + put.join('') + now.slice(at + cut),
        SAMPLE,
      )
      const lines = text.split('\n')
      for (const { at, message } of mistakesIn(text)) {
        expect(message).not.toMatch(/undefined|\[object|NaN/)
        if (!at) continue
        expect(at.text).toBe((lines[at.line - 1] ?? '').replace(/\r$/, ''))
        expect(at.column).toBeLessThanOrEqual(at.text.length + 1)
        expect(at.length).toBeGreaterThanOrEqual(1)
      }
    }),
    { numRuns: 400 },
  )
})
