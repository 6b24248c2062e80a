// Wrong expressions, among them what people write in Jinja: the place of each, and the spelling that is right.
import { expect, test } from 'vitest'
import { compare, type Expected, mistakesIn, play } from '../playbook/world.ts'

/** `when:` of the second task, whose value begins in column 13 of line 6; `r` is what the first one registered. */
const WHEN: readonly (readonly [
  expression: string,
  expected: readonly [code: string, column: number, message: string, hint?: string],
])[] = [
  ['partitoin == "CPU"', ['unknown-variable', 13, "no variable 'partitoin'", "did you mean 'partition'"]],
  ['port > 1 && partitoin == "CPU"', ['unknown-variable', 25, "'partitoin'", "did you mean 'partition'"]],
  ['frobnicate', ['unknown-variable', 13, "no variable 'frobnicate'"]],
  ['r.chnged', ['unknown-field', 15, "'r' (the result of run) has no field 'chnged'", "did you mean 'changed'"]],
  ['r.stdout.frob', ['type-mismatch', 22, 'a text has no fields']],
  ['crane.nam == "c"', ['no-such-field', 19, "'crane' has no 'nam'", "did you mean 'name'"]],
  ['r.changed ? crane.nam == "c" : true', ['no-such-field', 31, "'crane' has no 'nam'", "did you mean 'name'"]],
  ['r.exitStatus == "0"', ['type-mismatch', 13, "'==' does not go between a whole number and a text", 'int(x)']],
  ['port + partition == ""', ['type-mismatch', 13, "'+' does not go between"]],
  ['r.changed && partition', ['type-mismatch', 13, 'join conditions', 'compare it']],
  ['partition', ['type-mismatch', 13, "'when' must be true or false, and this is a text", "x == 'yes'"]],
  ['port', ['type-mismatch', 13, 'and this is a whole number', 'x > 0']],
  ['group_names', ['type-mismatch', 13, 'and this is a list', 'size(x) > 0']],
  ['r', ['type-mismatch', 13, 'and this is the result of run', 'x.changed']],
  ['sise(partition) > 1', ['unknown-function', 13, "no function 'sise'", "did you mean 'size'"]],
  ['len(partition) > 1', ['unknown-function', 13, "'len'", 'size(x)']],
  ['partition.startswith("C")', ['unknown-function', 23, "no method 'startswith'", 'startsWith']],
  ['startsWith(partition, "C")', ['unknown-function', 13, "no function 'startsWith'", 'x.startsWith(…)']],
  ['size(port) > 1', ['type-mismatch', 13, "'size' does not take a whole number", 'size(string)']],
  ['partition.contains(1)', ['type-mismatch', 13, "'contains' does not take a whole number on a text"]],
  ['(port > 1', ['bad-expression', 22, 'ends too early']],
  ['port > 1)', ['bad-expression', 21, "')' was not expected"]],
  ['port >', ['bad-expression', 19, 'ends too early']],
  ['partition == "CPU', ['bad-expression', 26, 'not closed']],
  ['port // 2 > 1', ['bad-expression', 18, 'begins a comment', "'/'"]],
  ['has(1)', ['bad-expression', 17, 'has() asks for']],
  ['crane.?name', ['bad-expression', 13, 'may be absent', 'orValue']],
  ['later.changed', ['unknown-variable', 13, "'later' is registered by a later task, in line 8", 'behind']],
  ['ansible_check_mode', ['unknown-variable', 13, 'ansible_check_mode', 'crane_check_mode']],
  ['inventory_hostname_short == "x"', ['unknown-variable', 13, 'inventory_hostname_short', "split('.')[0]"]],
  ['ansible_facts.x == 1', ['unknown-variable', 13, 'ansible_facts', 'facts are no variables']],
  ['ansible_os_family == "Debian"', ['unknown-variable', 13, 'ansible_os_family', 'facts are no variables']],
  ['special == "yes"', ['unset-variable', 13, "'special' is not set on crane[02-04]", 'has(special) ? special : …']],
  [
    'hostvars["crane01"].specal == ""',
    ['no-such-field', 33, "'hostvars[\"crane01\"]' has no 'specal'", "did you mean 'special'"],
  ],
  ['hostvars["crane09"].special == ""', ['no-such-field', 13, "'hostvars' has no 'crane09'"]],
  [
    'inventory_hostname in groups.comptue',
    ['no-such-field', 42, "'groups' has no 'comptue'", "did you mean 'compute'"],
  ],
  ['group_names[3] == "x"', ['no-such-item', 13, "'group_names' is too short"]],
  // Habits of Jinja and Python.
  ['r.changed and port > 1', ['jinja-habit', 23, "'and' is Jinja", 'write r.changed && port > 1']],
  ['r.changed or r.failed', ['jinja-habit', 23, "'or' is Jinja", 'write r.changed || r.failed']],
  ['not r.changed', ['jinja-habit', 13, "'not' is Jinja", 'write !r.changed']],
  [
    'not (r.changed or r.failed) and True',
    ['jinja-habit', 13, "'not' is Jinja", 'write !(r.changed || r.failed) && true'],
  ],
  ['special is defined', ['jinja-habit', 13, "'is defined'", 'write has(special)']],
  ['special is not defined', ['jinja-habit', 13, "'is not defined'", 'write !has(special)']],
  ['crane.x is defined and r.changed', ['jinja-habit', 13, "'is defined'", 'write has(crane.x) && r.changed']],
  ['r is changed', ['jinja-habit', 13, "'is changed'", 'write r.changed']],
  ['r is not failed', ['jinja-habit', 13, "'is not failed'", 'write !r.failed']],
  ['r is succeeded', ['jinja-habit', 13, "'is succeeded'", 'write !r.failed']],
  ['partition | length > 0', ['jinja-habit', 13, "'| length' is a filter", 'write size(partition) > 0']],
  ['crane.x | default("y") == "y"', ['jinja-habit', 13, "'| default'", 'write crane.?x.orValue("y") == "y"']],
  ['special | default("y") == "y"', ['jinja-habit', 13, "'| default'", 'write (has(special) ? special : "y") == "y"']],
  ['partition | upper == "CPU"', ['jinja-habit', 13, "'| upper'", 'write partition.upperAscii() == "CPU"']],
  ['partition | b64encode == ""', ['jinja-habit', 13, "'| b64encode'", 'filters are written as functions']],
  ['partition = "CPU"', ['jinja-habit', 23, "'=' does not compare", 'write partition == "CPU"']],
  ['"control" not in group_names', ['jinja-habit', 13, "'not in'", 'write !("control" in group_names)']],
  ['r.failed == None', ['unknown-variable', 25, "'None'", 'write null']],
  ['r.failed == True', ['unknown-variable', 25, "'True'", 'write true']],
  ['lookup("env", "HOME") == ""', ['unknown-function', 13, "'lookup'", 'inputs']],
  ['port if r.changed else 2', ['jinja-habit', 13, 'is Python', 'write r.changed ? port : 2']],
]

/** YAML needs quotes around what begins with one, or holds `: `; the expression then begins one column further right. */
const needsQuotes = (expression: string) => /^["']|: /.test(expression)
const quoted = (expression: string) => (needsQuotes(expression) ? `'${expression}'` : expression)

test.each(WHEN)('when: %s', (expression, [code, column, message, hint]) => {
  const text = play(`- run: x\n  register: r\n- run: x\n  when: ${quoted(expression)}\n- run: x\n  register: later\n`)
  const { actual, wanted } = compare(mistakesIn(text), [
    [code, 6, column + (needsQuotes(expression) ? 1 : 0), message, hint] as unknown as Expected,
  ])
  expect(actual).toEqual(wanted)
})

const TEMPLATES: readonly (readonly [name: string, task: string, expected: readonly Expected[]])[] = [
  [
    'in the middle of a text',
    '- run: "echo {{ port }} {{ prt }}"',
    [['unknown-variable', 3, 32, "'prt'", "did you mean 'port'"]],
  ],
  ['plain', '- run: echo {{ prt }}', [['unknown-variable', 3, 20, "'prt'"]]],
  ['in single quotes, behind a quote', "- run: 'echo ''a'' {{ prt }}'", [['unknown-variable', 3, 27, "'prt'"]]],
  ['in double quotes, behind escapes', '- run: "a \\"b\\" \\t{{ prt }}"', [['unknown-variable', 3, 26, "'prt'"]]],
  ['in a block', '- run: |\n    first\n    second {{ prt }}', [['unknown-variable', 5, 19, "'prt'"]]],
  ['in a folded block', '- run: >-\n    first\n    second {{ prt }}', [['unknown-variable', 5, 19, "'prt'"]]],
  ['in an item of a list', '- installPackage: [a, "{{ prt }}"]', [['unknown-variable', 3, 31, "'prt'"]]],
  [
    'several of one text',
    '- run: "{{ aa }} {{ bb }}"',
    [
      ['unknown-variable', 3, 16, "'aa'"],
      ['unknown-variable', 3, 25, "'bb'"],
    ],
  ],
  [
    'several of one expression',
    '- run: "{{ aa == bb }}"',
    [
      ['unknown-variable', 3, 16, "'aa'"],
      ['unknown-variable', 3, 22, "'bb'"],
    ],
  ],
  ['braces never closed', '- run: "{{ port"', [['bad-template', 3, 13, 'never closed', 'close it']]],
  ['nothing between the braces', '- run: "{{ }}"', [['empty-expression', 3, 15, 'no expression']]],
  [
    'braces of Go',
    '- run: "docker ps --format {{.Names}}"',
    [['bad-expression', 3, 34, "does not begin with '.'", '{{ "{{" }}']],
  ],
  ['a block of Jinja', '- run: "{% if x %}a{% endif %}"', [['bad-template', 3, 13, 'is Jinja', '? a : b']]],
  ['blanks of Jinja', '- run: "{{- port -}}"', [['jinja-habit', 3, 15, "'{{-' is Jinja"]]],
  [
    'a list inside a text',
    '- run: "a {{ group_names }}"',
    [['type-mismatch', 3, 18, 'a list cannot stand inside a text', 'join']],
  ],
  ['a map inside a text', '- run: "a {{ crane }}"', [['type-mismatch', 3, 18, 'a map cannot stand inside a text']]],
  [
    'an expression as key',
    '- run: { "{{ port }}": x, command: x }',
    [
      ['expression-not-allowed', 3, 14, 'a key cannot hold'],
      ['unknown-parameter', 3, 14, 'no parameter'],
    ],
  ],
  [
    'braces around when',
    '- run: x\n  when: "{{ port > 1 }}"',
    [['braces-in-condition', 4, 14, 'an expression already', 'write port > 1']],
  ],
  [
    'braces inside when',
    '- run: x\n  when: port > {{ port }}',
    [['braces-in-condition', 4, 20, 'an expression already']],
  ],
  ['when in a list', '- run: x\n  when:\n    - port > 1\n    - prt > 1', [['unknown-variable', 6, 11, "'prt'"]]],
  ['when as a number', '- run: x\n  when: 1', [['wrong-type', 4, 13, "'when' must be an expression"]]],
  [
    'a loop over a text',
    '- run: "{{ item }}"\n  loop: partition',
    [['wrong-type', 4, 13, "'loop' must be a list", 'write loop: "{{ partition }}"']],
  ],
  [
    'a loop over a map',
    '- run: "{{ item }}"\n  loop: "{{ crane }}"',
    [['wrong-type', 4, 13, "'loop' must be a list, not a map", 'x.map(key, key)']],
  ],
  [
    'the item outside',
    '- name: "{{ item }}"\n  run: "{{ item }}"\n  loop: [a]',
    [['unknown-variable', 3, 17, "'item' exists only for one item", 'parameters']],
  ],
  ['the item of no loop', '- run: "{{ item }}"', [['unknown-variable', 3, 16, "no variable 'item'"]]],
  [
    'a field of the items',
    '- run: "{{ item.nme }}"\n  loop: [{ name: a }]',
    [['no-such-field', 3, 21, "'item' has no 'nme'", "did you mean 'name'"]],
  ],
  [
    'a type of the items',
    '- run: x\n  loop: [a, b]\n  when: item > 1',
    [['type-mismatch', 5, 13, "'>' does not go between a text and a whole number"]],
  ],
  [
    'its own result',
    '- run: x\n  when: r.changed\n  register: r',
    [['unknown-variable', 4, 13, "'r' is registered by a later task, in line 5"]],
  ],
]

test.each(TEMPLATES)('%s', (_name, task, expected) => {
  const { actual, wanted } = compare(mistakesIn(play(task)), expected)
  expect(actual).toEqual(wanted)
})

test.each([
  ['has(special) && special == "yes"'],
  ['!has(special) || special == "yes"'],
  ['(has(special) ? special : "no") == "yes"'],
  ['inventory_hostname != "crane01" || special == "yes"'],
  ['has(crane.frob) && crane.frob == "x"'],
  ['crane.?frob.orValue("x") == "x"'],
  ['crane[?"frob"].orValue("x") == "x"'],
  ['hostvars["crane02"].?special.orValue("") == ""'],
  ['hostvars[inventory_hostname].port == port'],
  ['hostvars["crane01"].r.changed'],
  ['"compute" in group_names && size(groups["compute"]) == 3'],
  ['groups["compute"].all(host, hostvars[host].port == 50051)'],
  ['groups.compute.exists(h, h == inventory_hostname)'],
  ['play_hosts[0] == inventory_hostname'],
  ['!crane_check_mode'],
  ['r.stdout.split("\\n").size() > 1'],
  ['cel.bind(x, port + 1, x > 2)'],
  ['port * 1.5 > 2 && 1.5 + port > 2.0'],
  ['r.outcome in ["ok", "changed"]'],
  ['true'],
])('when: %s is right', (expression) => {
  expect(
    mistakesIn(play(`- run: x\n  register: r\n- run: x\n  when: '${expression.replaceAll("'", "''")}'\n`)),
  ).toEqual([])
})
