// Parameters that do not fit their task type: each is one mistake at its place, and what fits is none.
import { expect, test } from 'vitest'
import { compare, type Expected, inventoryOf, load, mistakesIn, play } from './world.ts'

const MISTAKES: readonly (readonly [name: string, tasks: string, expected: readonly Expected[]])[] = [
  [
    'a misspelt parameter',
    '- installPackage: { nmae: x, name: y }',
    [
      [
        'unknown-parameter',
        3,
        25,
        "no parameter 'nmae'",
        "did you mean 'name'? its parameters are name, state, version",
      ],
    ],
  ],
  [
    'a strange parameter',
    '- installPackage: { frob: x, name: y }',
    [['unknown-parameter', 3, 25, "'frob'", 'its parameters are']],
  ],
  [
    'a misspelt key below',
    '- writeFile: { path: /x, owner: { usr: a } }',
    [['unknown-parameter', 3, 39, "'owner' has no key 'usr'", "did you mean 'user'"]],
  ],
  [
    'a missing parameter',
    '- writeFile: { mode: "0644" }',
    [['missing-parameter', 3, 7, "writeFile needs 'path'", 'Where it is']],
  ],
  ['no parameters at all', '- writeFile:', [['missing-parameter', 3, 7, "writeFile needs 'path'"]]],
  [
    'a number where a text belongs',
    '- writeFile: { path: /x, content: 5 }',
    [['wrong-type', 3, 39, "'content' must be a text, not the number 5", "write '5'"]],
  ],
  [
    'a mode that YAML reads as a number',
    '- writeFile: { path: /x, mode: 0644 }',
    [
      [
        'wrong-type',
        3,
        36,
        "'mode' must be a text, not the number 644",
        "YAML reads 0644 as the number 644: write '0644'",
      ],
    ],
  ],
  [
    'a mode in octal',
    '- writeFile: { path: /x, mode: 0o644 }',
    [['wrong-type', 3, 36, "'mode' must be a text, not the number 420", "write '0644'"]],
  ],
  [
    'yes',
    '- writeFile: { path: /x, backup: yes }',
    [['wrong-type', 3, 38, "'backup' must be true or false, not the text 'yes'", 'write true']],
  ],
  [
    'a number in quotes',
    "- writeFile: { path: /x, lines: '3' }",
    [['wrong-type', 3, 37, "'lines' must be a whole number", 'leave the quotes out: 3']],
  ],
  [
    'too small a number',
    '- writeFile: { path: /x, lines: 0 }',
    [['bad-parameter', 3, 37, "'lines' must be at least 1, not the number 0"]],
  ],
  [
    'a choice that there is not',
    '- installPackage: { name: x, state: latst }',
    [
      [
        'bad-parameter',
        3,
        41,
        "'state' must be one of present, absent, latest, not the text 'latst'",
        "did you mean 'latest'",
      ],
    ],
  ],
  [
    'a text that does not fit',
    '- writeFile: { path: etc/x }',
    [['bad-parameter', 3, 26, "'path' must be an absolute path, not the text 'etc/x'", 'where it is']],
  ],
  [
    'neither a text nor a list',
    '- installPackage: { name: { a: b } }',
    [['wrong-type', 3, 31, "'name' must be a text or a list of texts, not a map"]],
  ],
  [
    'a list of another kind',
    '- installPackage: { name: [1] }',
    [['bad-parameter', 3, 31, "an item of 'name' does not fit", 'each item must be a text']],
  ],
  ['an empty list', '- installPackage: { name: [] }', [['bad-parameter', 3, 31, "'name'"]]],
  [
    'a bare value where a map belongs',
    '- writeFile: /x',
    [['wrong-type', 3, 18, 'writeFile takes a map', 'writeFile: { path: … }']],
  ],
  ['a bare value that does not fit', '- run: 5', [['wrong-type', 3, 12, "'command' must be a text, not the number 5"]]],
  [
    'what only the task type can tell',
    '- writeFile: { path: /x, content: a, src: b }',
    [
      ['bad-parameter', 3, 47, "'src' does not go with 'content'", 'keep one'],
      ['unreadable-file', 3, 47, 'cannot read b: there is no such file', 'begins in the folder of site.yml'],
    ],
  ],
  [
    'a mistake beside an expression',
    '- writeFile: { path: "/{{ port }}", mode: 5 }',
    [['wrong-type', 3, 47, "'mode'"]],
  ],
  [
    'a mistake below a block',
    '- writeFile:\n    path: /x\n    content: |\n      text\n    mod: x',
    [['unknown-parameter', 7, 9, "'mod'", "did you mean 'mode'"]],
  ],
  [
    'an expression of the wrong type',
    '- writeFile: { path: "{{ port }}" }',
    [['wrong-type', 3, 26, "'path' must be a text, not the number 50051"]],
  ],
  [
    'an expression that does not fit',
    '- writeFile: { path: "{{ partition }}" }',
    [
      ['bad-parameter', 3, 26, "not the text 'CPU' on crane[01-02]"],
      ['bad-parameter', 3, 26, "not the text 'GPU' on crane[03-04]"],
    ],
  ],
  [
    'one host of four',
    `- writeFile: { path: "{{ inventory_hostname == 'crane03' ? 'x' : '/x' }}" }`,
    [['bad-parameter', 3, 26, "not the text 'x' on crane03"]],
  ],
  [
    'one item of a loop',
    '- writeFile: { path: "{{ item }}" }\n  loop: [/a, b, /c]',
    [['bad-parameter', 3, 26, "not the text 'b'"]],
  ],
  [
    'many mistakes of one task',
    '- writeFile: { pth: /x, mode: 1, backup: no }',
    [
      ['missing-parameter', 3, 7, "'path'"],
      ['unknown-parameter', 3, 20, "'pth'"],
      ['wrong-type', 3, 35, "'mode'"],
      ['wrong-type', 3, 46, "'backup'", 'write false'],
    ],
  ],
]

test.each(MISTAKES)('%s', (_name, tasks, expected) => {
  const { actual, wanted } = compare(mistakesIn(play(tasks)), expected)
  expect(actual).toEqual(wanted)
})

test.each([
  ['a bare text', '- installPackage: containerd'],
  ['a bare list', '- installPackage: [a, b]'],
  ['a quoted mode', "- writeFile: { path: /x, mode: '0644' }"],
  ['a path from an expression', '- writeFile: { path: "/{{ partition }}", content: "{{ port }} is a text here" }'],
  ['a task that no host runs', `- writeFile: { path: "{{ partition }}" }\n  when: partition == 'TPU'`],
  [
    'what waits for a result',
    '- run: x\n  register: r\n- writeFile: { path: "{{ r.stdout }}", lines: "{{ r.exitStatus }}" }',
  ],
  ['a list built by an expression', `- installPackage: "{{ ['a', partition] }}"`],
])('%s is right', (_name, tasks) => {
  expect(mistakesIn(play(tasks))).toEqual([])
})

test.each([
  ['an unknown variable', '- writeFile: { path: "{{ prt }}" }'],
  ['a list in a text', '- writeFile: { path: "x{{ group_names }}" }'],
  ['braces never closed', '- writeFile: { path: "{{ port" }'],
  ['a loop that cannot be', '- writeFile: { path: "/{{ item }}" }\n  loop: "{{ port.map(x, x) }}"'],
])('%s is one mistake, and not another of the parameter too', (_name, tasks) => {
  expect(mistakesIn(play(tasks))).toHaveLength(1)
})

test('what does not wait for a result is checked beside what does', () => {
  const tasks = '- run: x\n  register: r\n- writeFile: { path: "{{ r.stdout }}", mode: "{{ port }}", bakcup: true }'
  const { actual, wanted } = compare(mistakesIn(play(tasks)), [
    ['wrong-type', 5, 50, "'mode' must be a text, not the number 50051"],
    ['unknown-parameter', 5, 64, "'bakcup'", "did you mean 'backup'"],
  ])
  expect(actual).toEqual(wanted)
})

test('parameters that came with a result are checked at run time, at the same place', () => {
  const loaded = load(play('- run: x\n  register: r\n- writeFile: { path: "{{ r.stdout }}" }'))
  const task = loaded.ok ? loaded.value.plays[0]?.tasks[1] : undefined
  expect(task?.checkParams({ path: '/ok' })).toEqual([])
  const { actual, wanted } = compare(task?.checkParams({ path: 'bad' }) ?? [], [
    ['bad-parameter', 5, 26, "not the text 'bad'"],
  ])
  expect(actual).toEqual(wanted)
})

test('a mistake that a thousand hosts have, each with a value of its own, is told once', () => {
  const hosts = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [
      `n${String(i + 1).padStart(4, '0')}`,
      { dir: i < 990 ? `d${i}` : '/good' },
    ]),
  )
  const found = mistakesIn(play('- writeFile: { path: "{{ dir }}" }'), { inventory: inventoryOf(hosts) })
  const { actual, wanted } = compare(found, [
    ['bad-parameter', 3, 26, "not the text 'd0' on n0001, and likewise on n[0002-0990]"],
  ])
  expect(actual).toEqual(wanted)
})

test('a mistake that a thousand hosts share is told once', () => {
  const hosts = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [`n${String(i + 1).padStart(4, '0')}`, { dir: i < 990 ? 'bad' : '/good' }]),
  )
  const found = mistakesIn(play('- writeFile: { path: "{{ dir }}" }'), { inventory: inventoryOf(hosts) })
  const { actual, wanted } = compare(found, [['bad-parameter', 3, 26, "not the text 'bad' on n[0001-0990]"]])
  expect(actual).toEqual(wanted)
})
