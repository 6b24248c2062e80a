// Parameters that do not fit their task type: each is one mistake at its place, and what fits is none.
import { describe, expect, test } from 'vitest'
import { told, inventoryOf, load, mistakesIn, play } from './world.ts'
import { leavesOf } from '../../src/model/playTree.ts'

const MISTAKES: readonly (readonly [name: string, tasks: string, expected: readonly string[]])[] = [
  [
    'a misspelt parameter',
    '- installPackage: { nmae: x, name: y }',
    [
      "3:25 unknown-parameter installPackage has no parameter 'nmae'; did you mean 'name'? its parameters are name, state, version",
    ],
  ],
  [
    'a strange parameter',
    '- installPackage: { frob: x, name: y }',
    ["3:25 unknown-parameter installPackage has no parameter 'frob'; its parameters are name, state, version"],
  ],
  [
    "Ansible's name of a parameter",
    '- writeFile: { dest: /x, content: a }\n- run: { cmd: x }',
    [
      "3:20 unknown-parameter writeFile has no parameter 'dest'; did you mean 'path'? its parameters are path, content, src, template, mode, backup, lines, owner",
      "4:14 unknown-parameter run has no parameter 'cmd'; did you mean 'command'? its parameters are command, creates, retries",
    ],
  ],
  [
    'a misspelt key below',
    '- writeFile: { path: /x, owner: { usr: a } }',
    ["3:39 unknown-parameter 'owner' has no key 'usr'; did you mean 'user'? its keys are user, group"],
  ],
  [
    'a missing parameter',
    '- writeFile: { mode: "0644" }',
    ["3:7 missing-parameter writeFile needs 'path'; 'path': Where it is"],
  ],
  ['no parameters at all', '- writeFile:', ["3:7 missing-parameter writeFile needs 'path'; 'path': Where it is"]],
  [
    'a number where a text belongs',
    '- writeFile: { path: /x, content: 5 }',
    ["3:39 wrong-type 'content' must be a string, not the number 5; write '5'"],
  ],
  [
    'a mode that YAML reads as a number',
    '- writeFile: { path: /x, mode: 0644 }',
    ["3:36 wrong-type 'mode' must be a string, not the number 644; YAML reads 0644 as the number 644: write '0644'"],
  ],
  [
    'a mode with a sticky bit',
    '- writeFile: { path: /x, mode: 1777 }',
    ["3:36 wrong-type 'mode' must be a string, not the number 1777; write '1777'"],
  ],
  [
    'a mode in octal',
    '- writeFile: { path: /x, mode: 0o644 }',
    ["3:36 wrong-type 'mode' must be a string, not the number 420; YAML reads 0o644 as the number 420: write '0644'"],
  ],
  [
    'yes',
    '- writeFile: { path: /x, backup: yes }',
    ["3:38 wrong-type 'backup' must be true or false, not the string 'yes'; write true"],
  ],
  [
    'a number in quotes',
    "- writeFile: { path: /x, lines: '3' }",
    ["3:37 wrong-type 'lines' must be an integer, not the string '3'; leave the quotes out: 3"],
  ],
  [
    'too small a number',
    '- writeFile: { path: /x, lines: 0 }',
    ["3:37 bad-parameter 'lines' must be at least 1, not the number 0"],
  ],
  [
    'a choice that there is not',
    '- installPackage: { name: x, state: latst }',
    [
      "3:41 bad-parameter 'state' must be one of present, absent, latest, not the string 'latst'; did you mean 'latest'?",
    ],
  ],
  [
    'a text that does not fit',
    '- writeFile: { path: etc/x }',
    ["3:26 bad-parameter 'path' must be an absolute path, not the string 'etc/x'; where it is"],
  ],
  [
    'neither a text nor a list',
    '- installPackage: { name: { a: b } }',
    ["3:31 wrong-type 'name' must be a string or a list of strings, not a map"],
  ],
  [
    'a list of another kind',
    '- installPackage: { name: [1] }',
    ["3:31 bad-parameter an item of 'name' does not fit; each item must be a string"],
  ],
  [
    'an empty list',
    '- installPackage: { name: [] }',
    ["3:31 bad-parameter an item of 'name' does not fit; each item must be a string"],
  ],
  [
    'a bare value where a map belongs',
    '- writeFile: /x',
    ["3:18 wrong-type writeFile takes a map of parameters, not the string '/x'; such as writeFile: { path: … }"],
  ],
  [
    'a bare value that does not fit',
    '- run: 5',
    ["3:12 wrong-type 'command' must be a string, not the number 5; write '5'"],
  ],
  [
    'what only the task type can tell',
    '- writeFile: { path: /x, content: a, src: b }',
    [
      "3:47 bad-parameter 'src' does not go with 'content'; keep one of the two",
      "3:47 unreadable-file cannot read b: there is no such file; 'src' is relative to the directory of site.yml",
    ],
  ],
  [
    'a mistake beside an expression',
    '- writeFile: { path: "/{{ port }}", mode: 5 }',
    ["3:47 wrong-type 'mode' must be a string, not the number 5; it must be quoted octal digits such as '0644'"],
  ],
  [
    'a mistake below a block',
    '- writeFile:\n    path: /x\n    content: |\n      text\n    mod: x',
    [
      "7:9 unknown-parameter writeFile has no parameter 'mod'; did you mean 'mode'? its parameters are path, content, src, template, mode, backup, lines, owner",
    ],
  ],
  [
    'an expression of the wrong type',
    '- writeFile: { path: "{{ port }}" }',
    ["3:26 wrong-type 'path' must be a string, not the number 50051; where it is"],
  ],
  [
    'an expression that does not fit',
    '- writeFile: { path: "{{ partition }}" }',
    [
      "3:26 bad-parameter 'path' must be an absolute path, not the string 'CPU' on crane[01-02]; where it is",
      "3:26 bad-parameter 'path' must be an absolute path, not the string 'GPU' on crane[03-04]; where it is",
    ],
  ],
  [
    'one host of four',
    `- writeFile: { path: "{{ inventory_hostname == 'crane03' ? 'x' : '/x' }}" }`,
    ["3:26 bad-parameter 'path' must be an absolute path, not the string 'x' on crane03; where it is"],
  ],
  [
    'one item of a loop',
    '- writeFile: { path: "{{ item }}" }\n  loop: [/a, b, /c]',
    ["3:26 bad-parameter 'path' must be an absolute path, not the string 'b'; where it is"],
  ],
  [
    'many mistakes of one task',
    '- writeFile: { pth: /x, mode: 1, backup: no }',
    [
      "3:20 unknown-parameter writeFile has no parameter 'pth'; did you mean 'path'? its parameters are path, content, src, template, mode, backup, lines, owner",
      "3:35 wrong-type 'mode' must be a string, not the number 1; it must be quoted octal digits such as '0644'",
      "3:46 wrong-type 'backup' must be true or false, not the string 'no'; write false",
    ],
  ],
]

test.each(MISTAKES)('%s', (_name, tasks, expected) => {
  expect(told(mistakesIn(play(tasks)))).toEqual(expected)
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
  expect(told(mistakesIn(play(tasks)))).toEqual([
    "5:50 wrong-type 'mode' must be a string, not the number 50051",
    "5:64 unknown-parameter writeFile has no parameter 'bakcup'; did you mean 'backup'? its parameters are path, content, src, template, mode, backup, lines, owner",
  ])
})

describe("a type's own check of parameters that wait for a result", () => {
  test.each([
    ['a parameter that it does not read', '{ content: a, src: b, path: "{{ r.stdout }}" }', ['5:37']],
    ['a part that it does not read', '{ content: a, src: b, path: /x, owner: { user: "{{ r.stdout }}" } }', ['5:37']],
    [
      'a parameter that it reads, which may be left out',
      `{ path: /x, src: b, content: "{{ r.exitStatus == 0 ? null : 'a' }}" }`,
      [],
    ],
  ])('%s', (_name, params, places) => {
    const files = { 'site.yml': play(`- run: x\n  register: r\n- writeFile: ${params}`), b: '' }
    expect(told(mistakesIn(files))).toEqual(
      places.map((place) => `${place} bad-parameter 'src' does not go with 'content'; keep one of the two`),
    )
  })
})

test('parameters that came with a result are checked at run time, at the same place', () => {
  const loaded = load(play('- run: x\n  register: r\n- writeFile: { path: "{{ r.stdout }}" }'))
  const task = loaded.ok ? leavesOf(loaded.value.plays[0]?.tasks ?? [])[1] : undefined
  expect(task?.checkParams({ path: '/ok' })).toEqual([])
  expect(told(task?.checkParams({ path: 'bad' }) ?? [])).toEqual([
    "5:26 bad-parameter 'path' must be an absolute path, not the string 'bad'; where it is",
  ])
})

test('a mistake that a thousand hosts have, each with a value of its own, is told once', () => {
  const hosts = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [
      `n${String(i + 1).padStart(4, '0')}`,
      { dir: i < 990 ? `d${i}` : '/good' },
    ]),
  )
  const found = mistakesIn(play('- writeFile: { path: "{{ dir }}" }'), { inventory: inventoryOf(hosts) })
  expect(told(found)).toEqual([
    "3:26 bad-parameter 'path' must be an absolute path, not the string 'd0' on n0001, and similarly on n[0002-0990]; where it is",
  ])
})

test('a mistake that a thousand hosts share is told once', () => {
  const hosts = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [`n${String(i + 1).padStart(4, '0')}`, { dir: i < 990 ? 'bad' : '/good' }]),
  )
  const found = mistakesIn(play('- writeFile: { path: "{{ dir }}" }'), { inventory: inventoryOf(hosts) })
  expect(told(found)).toEqual([
    "3:26 bad-parameter 'path' must be an absolute path, not the string 'bad' on n[0001-0990]; where it is",
  ])
})
