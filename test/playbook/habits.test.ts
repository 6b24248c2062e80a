// What hands type out of habit outside of expressions: it works, or the message names what to write.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checked, mistake, mistaken } from '../../src/model/diagnostic.ts'
import { leavesOf } from '../../src/model/playTree.ts'
import { load, mistakesIn, play, told, valid } from './world.ts'

test('a group that exists and is empty is a warning, and the play is skipped', () => {
  const loaded = load('- hosts: gpu\n  tasks: [{ run: x }]\n- hosts: all\n  tasks: [{ run: x }]\n', {
    selectHosts: (pattern, at) =>
      pattern === 'gpu' ? mistaken([mistake('no-host-matched', "no host matches 'gpu'", at)]) : checked(['crane01']),
  })
  expect(loaded.ok && loaded.value.plays.map(({ hosts }) => hosts)).toEqual([[], ['crane01']])
  expect(loaded.ok && told(loaded.warnings)).toEqual([
    "1:10 no-host-matched no host matches 'gpu': the play is skipped",
  ])
})

test('-e wins over the variables of a task, of a block and of an import', () => {
  const files = {
    'site.yml': `- hosts: all
  tasks:
    - { run: "{{ v }}", vars: { v: task } }
    - block: [{ run: "{{ v }}" }]
      vars: { v: block }
    - { import_tasks: t.yml, vars: { v: import } }
`,
    't.yml': '- run: "{{ v }}"\n',
  }
  const [first] = valid(files, { extraVars: ['v=extra'] }).plays
  const scope = first?.variables('crane01') ?? {}
  for (const task of leavesOf(first?.tasks ?? [])) {
    expect(task.vars).toEqual({})
    expect(task.params.evaluate(scope)).toEqual({ ok: true, value: { command: 'extra' } })
  }
})

test('an optional input may be absent', () => {
  const head =
    'inputs: { a: { type: string, optional: true } }\nplays:\n  - hosts: all\n    tasks: [{ run: "{{ has(a) ? a : \'-\' }}" }]\n'
  expect(mistakesIn(head)).toEqual([])
  expect(told(mistakesIn(head.replace('optional', 'default: x, optional')))).toEqual([
    "1:42 contradiction 'a' is optional and has a default; remove one of them",
  ])
})

/** The hint of an unknown name declares it; with that declaration the same file is right. */
test.each([
  ['foo is defined', 'string', 'has(foo)'],
  ['(foo | default("x")) == "y"', 'string', '(has(foo) ? foo : "x") == "y"'],
  ['foo | default([]) | length > 0', 'list', 'size(has(foo) ? foo : []) > 0'],
  ['foo | default(false)', 'boolean', 'has(foo) ? foo : false'],
])('nothing declares foo: %s', (expression, type, cel) => {
  const [found, ...more] = mistakesIn(play(`- run: x\n  when: '${expression}'`))
  expect(found?.hint).toBe(`declare it with 'inputs: { foo: { type: ${type}, optional: true } }', and write ${cel}`)
  expect(more).toEqual([])
  const followed = `inputs: { foo: { type: ${type}, optional: true } }\nplays:\n${play(`- run: x\n  when: '${cel}'`).replace(/^/gm, '  ')}`
  expect(told(mistakesIn(followed))).toEqual([])
})

test.each([
  [
    'a host without quotes',
    '- run: x\n  when: inventory_hostname == crane02',
    ["4:35 unknown-variable there is no variable 'crane02'; to name the host, put it in quotes: 'crane02'"],
  ],
  [
    'a group without quotes',
    '- run: x\n  when: compute in group_names',
    ["4:13 unknown-variable there is no variable 'compute'; to name the group, put it in quotes: 'compute'"],
  ],
  [
    'a line end in single quotes',
    "- writeFile: { path: /x, content: 'a\\n' }",
    ["3:39 literal-backslash this string ends in a backslash and an 'n', not in a line end; put it in double quotes"],
  ],
  [
    'a template that is sent as it is',
    '- writeFile: { path: /x, src: site.yml.j2 }',
    [
      "3:35 plain-template 'src' sends the file as it is: the expressions in it are not evaluated; to render it, write 'template: site.yml.j2'",
      "3:35 unreadable-file cannot read site.yml.j2: there is no such file; 'src' is relative to the directory of site.yml",
    ],
  ],
  ['a line end in double quotes', '- writeFile: { path: /x, content: "a\\n" }', []],
  [
    'a comment of Jinja',
    '- run: "a {# note #}"',
    ["3:15 bad-template '{# … #}' is Jinja syntax; write the comment in YAML, after '#'"],
  ],
  [
    'a filter block',
    '- run: "{% filter upper %}a{% endfilter %}"',
    [
      "3:13 bad-template '{% … %}' is Jinja syntax; use {{ condition ? a : b }}, {{ list.map(x, …).join('\\n') }}, or 'when' and 'loop'",
    ],
  ],
  [
    'a with block',
    '- run: "{% with a = 1 %}a{% endwith %}"',
    ["3:13 bad-template '{% … %}' is Jinja syntax; set the variable in the task's 'vars'"],
  ],
  [
    'a debug block',
    '- run: "{% debug %}"',
    ["3:13 bad-template '{% … %}' is Jinja syntax; delete it; a task with 'print' shows a value"],
  ],
  ['a percent sign in braces of awk', "- run: awk '{print $1}' /x", []],
])('%s', (_name, tasks, expected) => {
  expect(told(mistakesIn(play(tasks)))).toEqual(expected)
})

test('a template is checked where it is wrong, and its text is the value of the parameter', () => {
  const files = (template: string) => ({
    'site.yml': play('- writeFile: { path: /x, template: files/f.j2 }'),
    'files/f.j2': template,
  })
  const [task] = leavesOf(valid(files('{% for h in groups.compute %}\n{{ h }}\n{% endfor %}')).plays[0]?.tasks ?? [])
  expect(task?.params.evaluate({ groups: { compute: ['crane02'] } })).toEqual({
    ok: true,
    value: { path: '/x', template: 'crane02\n' },
  })
  expect(told(mistakesIn(files('a\n{{ prt }}\n')))).toEqual([
    "files/f.j2:2:4 unknown-variable there is no variable 'prt'; did you mean 'port'?",
  ])
  expect(told(mistakesIn(play('- writeFile: { path: /x, template: none.j2 }')))).toEqual([
    '3:40 unreadable-file cannot read none.j2: there is no such file',
  ])
})

/** What the parameter of the only task is on a host. */
const rendered = (text: string, options = {}): unknown => {
  const [first] = valid(text, options).plays
  const [task] = leavesOf(first?.tasks ?? [])
  const scope = { ...first?.variables('crane01'), ...task?.vars }
  const result = task?.params.evaluate(scope)
  return result?.ok ? result.value : result
}

test.each([
  ['of a play', play('- run: "{{ v }} v{{ v }} {{ w }}"', '  vars: { v: 1.10, w: "{{ v }}" }\n'), '1.10 v1.10 1.10'],
  [
    'in lists and maps',
    play(
      `- run: "{{ l[0] }} {{ l[i] }} {{ m.a }} {{ m['b c'][0] }} {{ m[k] }} {{ w[0] }} {{ x.m.a }}"`,
      "  vars: { l: [1.10, 3.0], i: 1, m: { a: 2.0, 'b c': [4.50] }, k: a, w: '{{ l }}', x: { m: '{{ m }}' } }\n",
    ),
    '1.10 3.0 2.0 4.50 2.0 1.10 2.0',
  ],
  ['of what is not a decimal', play('- run: "{{ a }} {{ b[0] }}"', '  vars: { a: 0x1F, b: [0o17] }\n'), '31 15'],
  ['and it is still a number', play('- run: "v{{ v + 1.0 }}"', '  vars: { v: 1.10 }\n'), 'v2.1'],
  [
    'of an input',
    "inputs: { v: { type: number, default: 2.0 } }\nplays:\n  - { hosts: all, tasks: [{ run: '-{{ v }}' }] }\n",
    '-2.0',
  ],
])('the digits of a number are kept: %s', (_name, text, command) => {
  expect(rendered(text)).toEqual({ command })
})

test('the digits of a number given with -e are kept', () => {
  const text =
    "inputs: { v: { type: number, default: 2.0 } }\nplays:\n  - { hosts: all, tasks: [{ run: '-{{ v }}' }] }\n"
  expect(rendered(text, { extraVars: ['v=3.50'] })).toEqual({ command: '-3.50' })
  expect(rendered(text, { extraVars: ['{"v": 3.50}'] })).toEqual({ command: '-3.50' })
})

test.each([
  [
    'x: no',
    "3:14 yaml-yes-no 'no' is a string in YAML 1.2, not a boolean; write false, or 'no' in quotes if a string is meant",
  ],
  [
    'x: [a, On]',
    "3:18 yaml-yes-no 'On' is a string in YAML 1.2, not a boolean; write true, or 'On' in quotes if a string is meant",
  ],
  [
    'x: 0644',
    "3:14 yaml-octal 0644 is the number 644 in YAML 1.2, not octal; write '0644' in quotes if a mode or a string is meant",
  ],
  [
    'x: 12345678901234567890',
    "3:14 inexact-number 12345678901234567890 is too large a number to keep all its digits; write '12345678901234567890' in quotes",
  ],
  ["x: 'no'", undefined],
  ["x: '0644'", undefined],
  ['x: !unsafe no', undefined],
  ['x: 0', undefined],
])('in the variables of a play: %s', (written, expected) => {
  const text = `- hosts: all\n  vars:\n    x:       ${written.slice(3)}\n  tasks: [{ run: x }]\n`
  expect(told(mistakesIn(text))).toEqual(expected === undefined ? [] : [expected])
})

test('nothing inside !unsafe is evaluated', () => {
  const head = '  vars: { s: !unsafe "{{ a }}", l: !unsafe ["{{ a }}", { k: "{% b %}" }] }\n'
  expect(rendered(play('- run: "{{ s }} {{ l[0] }} {{ l[1].k }}"', head))).toEqual({
    command: '{{ a }} {{ a }} {% b %}',
  })
})

test('environment may be a list of maps, of which later ones win', () => {
  const environment = '  environment: [{ A: a, B: b }, { B: "{{ port }}" }]\n'
  const [task] = leavesOf(valid(play('- run: x', environment)).plays[0]?.tasks ?? [])
  expect(task?.environment.evaluate({ port: 1 })).toEqual({ ok: true, value: { A: 'a', B: '1' } })
  expect(told(mistakesIn(play('- run: x\n  environment: [A]')))).toEqual([
    "4:21 wrong-type 'environment' must be a map, not the string 'A'",
  ])
})

test('play_hosts may be read in the variables of a play', () => {
  expect(rendered(play('- run: "{{ all }}"', '  vars: { all: "{{ play_hosts.join(\',\') }}" }\n'))).toEqual({
    command: 'crane01,crane02,crane03,crane04',
  })
})

test('whole numbers divide to a whole number, as the page of the functions says', () => {
  expect(rendered(play('- run: "{{ 7 / 2 }} {{ 7 / 2.0 }}"'))).toEqual({ command: '3 3.5' })
  expect(readFileSync(new URL('../../docs/functions.md', import.meta.url), 'utf8')).toContain('write `7 / 2.0` for 3.5')
})

test('what expressions say of such a group is not said besides', () => {
  const files =
    "- hosts: nodes\n  tasks: []\n- hosts: crane01\n  tasks:\n    - run: echo {{ groups['nodes'][0] }}\n      when: groups['nodes'].size() > 1\n"
  expect(told(mistakesIn(files))).toEqual([
    "1:10 unknown-host no host or group is called 'nodes'; the inventory has the groups compute, control",
  ])
})

test('groups that the inventory does not have are named once for all plays', () => {
  const files = '- hosts: nodes\n  tasks: []\n- hosts: head\n  tasks: []\n- hosts: nodes\n  tasks: []\n'
  expect(told(mistakesIn(files))).toEqual([
    "1:10 unknown-host the plays need the groups 'head' and 'nodes', which the inventory does not have; the inventory has the groups compute, control",
  ])
})
