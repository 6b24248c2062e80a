// Wrong expressions, among them what people write in Jinja: the place of each, and the spelling that is right.
import { expect, test } from 'vitest'
import { told, mistakesIn, play } from '../playbook/world.ts'

/** `when:` of the second task, whose value begins in column 13 of line 6; `r` is what the first one registered. */
const WHEN: readonly (readonly [expression: string, expected: string])[] = [
  ['partitoin == "CPU"', "6:13 unknown-variable there is no variable 'partitoin'; did you mean 'partition'?"],
  [
    'port > 1 && partitoin == "CPU"',
    "6:25 unknown-variable there is no variable 'partitoin'; did you mean 'partition'?",
  ],
  ['frobnicate', "6:13 unknown-variable there is no variable 'frobnicate'"],
  ['r.chnged', "6:15 unknown-field 'r' (the result of run) has no field 'chnged'; did you mean 'changed'?"],
  ['r.stdout.frob', '6:22 type-mismatch a string has no fields'],
  ['crane.nam == "c"', "6:19 no-such-field 'crane' has no 'nam'; did you mean 'name'?"],
  ['r.changed ? crane.nam == "c" : true', "6:32 no-such-field 'crane' has no 'nam'; did you mean 'name'?"],
  [
    'r.exitStatus == "0"',
    "6:13 type-mismatch '==' does not work between an integer and a string; write r.exitStatus == 0",
  ],
  [
    'port + partition == ""',
    `6:13 type-mismatch '+' does not work between an integer and a string; write string(port) + partition == ""`,
  ],
  [
    'r.changed && partition',
    "6:13 type-mismatch '&&' and '||' need true or false, not a string; write r.changed && partition != ''",
  ],
  ['partition', "6:13 type-mismatch 'when' must be true or false, not a string; write partition != ''"],
  ['port', "6:13 type-mismatch 'when' must be true or false, not an integer; write port != 0"],
  ['group_names', "6:13 type-mismatch 'when' must be true or false, not a list; write size(group_names) > 0"],
  ['r.changed && string', "6:13 type-mismatch '&&' and '||' need true or false, not the name of a type"],
  ['r', "6:13 type-mismatch 'when' must be true or false, not the result of run; write r.changed"],
  ['sise(partition) > 1', "6:13 unknown-function there is no function 'sise'; did you mean 'size'?"],
  ['len(partition) > 1', "6:13 unknown-function there is no function 'len'; write size(partition) > 1"],
  [
    'partition.startswith("C")',
    `6:23 unknown-function there is no method 'startswith'; write partition.startsWith("C")`,
  ],
  [
    'startsWith(partition, "C")',
    `6:13 unknown-function there is no function 'startsWith'; write partition.startsWith("C")`,
  ],
  [
    'size(port) > 1',
    "6:13 type-mismatch 'size' does not accept an integer; its forms are size(string): int; size(bytes): int; size(list): int; size(map): int; string.size(): int; bytes.size(): int",
  ],
  [
    'partition.contains(1)',
    "6:13 type-mismatch 'contains' of a string does not accept an integer; its forms are string.contains(string): bool",
  ],
  [
    '"%02d" % port == ""',
    "6:14 type-mismatch '%' does not work between a string and an integer; convert one side: string(x) or int(x)",
  ],
  ['(port > 1', '6:22 bad-expression the expression is incomplete'],
  ['port > 1)', "6:21 bad-expression unexpected ')'"],
  ['port >', '6:19 bad-expression the expression is incomplete'],
  ['partition == "CPU', '6:26 bad-expression a quoted string is not closed'],
  ['port // 2 > 1', "6:18 jinja-habit '//' is Python; in CEL it begins a comment; write port / 2 > 1"],
  ['has(1)', '6:17 bad-expression has() takes a variable or a field; such as has(result.stdout)'],
  ['crane.?name', '6:13 bad-expression this value may be absent; give a default: .orValue(…)'],
  [
    'later.changed',
    "6:13 unknown-variable 'later' is registered by a later task, on line 8; move this task after that one",
  ],
  ['ansible_check_mode', "6:13 unknown-variable there is no variable 'ansible_check_mode'; write crane_check_mode"],
  [
    'inventory_hostname_short == "x"',
    `6:13 unknown-variable there is no variable 'inventory_hostname_short'; write inventory_hostname.split('.')[0] == "x"`,
  ],
  [
    'ansible_facts.x == 1',
    "6:13 unknown-variable there is no variable 'ansible_facts'; docs/facts.md lists the facts that there are, and what they are called in Ansible",
  ],
  [
    'special == "yes"',
    "6:13 unset-variable 'special' is not set on crane[02-04]; where it may be absent: has(special) ? special : …",
  ],
  [
    'hostvars["crane01"].specal == ""',
    `6:33 no-such-field 'hostvars["crane01"]' has no 'specal'; did you mean 'special'?`,
  ],
  ['hostvars["crane09"].special == ""', "6:13 no-such-field 'hostvars' has no 'crane09'; did you mean 'crane01'?"],
  ['inventory_hostname in groups.comptue', "6:42 no-such-field 'groups' has no 'comptue'; did you mean 'compute'?"],
  [
    'group_names[3] == "x"',
    "6:13 no-such-item the list 'group_names' is too short; check its length first: size(list)",
  ],
  // Habits of Jinja and Python.
  ['r.changed and port > 1', "6:23 jinja-habit 'and' is Jinja; expressions are CEL; write r.changed && port > 1"],
  ['r.changed or r.failed', "6:23 jinja-habit 'or' is Jinja; expressions are CEL; write r.changed || r.failed"],
  ['not r.changed', "6:13 jinja-habit 'not' is Jinja; expressions are CEL; write !r.changed"],
  [
    'not (r.changed or r.failed) and True',
    "6:13 jinja-habit 'not' is Jinja; expressions are CEL; write !(r.changed || r.failed) && true",
  ],
  ['special is defined', "6:21 jinja-habit 'is defined' is Jinja; expressions are CEL; write has(special)"],
  ['special is not defined', "6:21 jinja-habit 'is not defined' is Jinja; expressions are CEL; write !has(special)"],
  [
    'crane.x is defined and r.changed',
    "6:21 jinja-habit 'is defined' is Jinja; expressions are CEL; write has(crane.x) && r.changed",
  ],
  ['r is changed', "6:15 jinja-habit 'is changed' is Jinja; expressions are CEL; write r.changed"],
  ['r is not failed', "6:15 jinja-habit 'is not failed' is Jinja; expressions are CEL; write !r.failed"],
  ['r is succeeded', "6:15 jinja-habit 'is succeeded' is Jinja; expressions are CEL; write !r.failed"],
  ['r is successful', "6:15 jinja-habit 'is successful' is Jinja; expressions are CEL; write !r.failed"],
  ['4 is greaterthan 3', "6:15 jinja-habit 'is greaterthan' is Jinja; expressions are CEL; write 4 > 3"],
  ['4 is divisibleby 2', "6:15 jinja-habit 'is divisibleby' is Jinja; expressions are CEL; write 4 % 2 == 0"],
  [
    'partition is number',
    "6:23 jinja-habit 'is number' is Jinja; expressions are CEL; write type(partition) in [int, double]",
  ],
  [
    'partition | length > 0',
    "6:23 jinja-habit '| length' is a Jinja filter; CEL has functions; write size(partition) > 0",
  ],
  [
    'crane.x | default("y") == "y"',
    `6:21 jinja-habit '| default' is a Jinja filter; CEL has functions; write crane.?x.orValue("y") == "y"`,
  ],
  [
    'special | default("y") == "y"',
    `6:21 jinja-habit '| default' is a Jinja filter; CEL has functions; write (has(special) ? special : "y") == "y"`,
  ],
  [
    'partition | upper == "CPU"',
    `6:23 jinja-habit '| upper' is a Jinja filter; CEL has functions; write partition.upper() == "CPU"`,
  ],
  [
    'partition | b64encode == ""',
    `6:23 jinja-habit '| b64encode' is a Jinja filter; CEL has functions; write partition.b64encode() == ""`,
  ],
  ['partition = "CPU"', `6:23 jinja-habit '=' does not compare; write partition == "CPU"`],
  [
    '"control" not in group_names',
    `6:24 jinja-habit 'not in' is Jinja; expressions are CEL; write !("control" in group_names)`,
  ],
  [
    'r.failed == None',
    "6:25 jinja-habit 'None' is Python; expressions are CEL; see docs/functions.md for what to write instead",
  ],
  ['r.failed == True', "6:25 jinja-habit 'True' is Python; expressions are CEL; write r.failed == true"],
  [
    'lookup("env", "HOME") == ""',
    "6:13 jinja-habit lookups are not supported; declare the value under 'inputs', or put it in 'vars_files'",
  ],
  [
    'port if r.changed else 2',
    "6:18 jinja-habit 'a if b else c' is Python; expressions are CEL; write (r.changed ? port : 2) != 0",
  ],
]

/** YAML needs quotes around what begins with one, or holds `: `; the expression then begins one column further right. */
const needsQuotes = (expression: string) => /^["']|: /.test(expression)
const quoted = (expression: string) => (needsQuotes(expression) ? `'${expression}'` : expression)

test.each(WHEN)('when: %s', (expression, expected) => {
  const text = play(`- run: x\n  register: r\n- run: x\n  when: ${quoted(expression)}\n- run: x\n  register: later\n`)
  expect(told(mistakesIn(text))).toEqual([expected])
})

/** Jinja that Ansible's playbooks are full of, and what the hint says; each hint is followed below. */
const JINJA: readonly (readonly [expression: string, cel: string])[] = [
  ['"x" in r.stdout', 'r.stdout.contains("x")'],
  ['"x" not in r.stdout', '!(r.stdout.contains("x"))'],
  ['not "x" in r.stdout', '!(r.stdout.contains("x"))'],
  ['"x" in r.stdout and r.rc == 0', 'r.stdout.contains("x") && r.exitStatus == 0'],
  [
    'r is changed or "x" in r.stdout or "y" in r.stdout',
    'r.changed || r.stdout.contains("x") || r.stdout.contains("y")',
  ],
  ['("x" if "x" in r.stdout else "y") == "x"', '(r.stdout.contains("x") ? "x" : "y") == "x"'],
  ['"cp" in partition | lower', 'partition.lower().contains("cp")'],
  ['"x" in r.stdout_lines', '"x" in r.stdoutLines'],
  ['r.stdout | int > 1', 'int(r.stdout) > 1'],
  ['r.rc == 0', 'r.exitStatus == 0'],
  ['r.stdout_lines | length > 0', 'size(r.stdoutLines) > 0'],
  ['partition is match("C")', "partition.matches('^C')"],
  ['partition is match("C|G")', "partition.matches('^(?:C|G)')"],
  ['partition is search("C")', 'partition.matches("C")'],
  ['partition is not search("C")', '!partition.matches("C")'],
  ['special | default("y", true) == "y"', `(has(special) && special != '' ? special : "y") == "y"`],
  ['groups["x"] is defined', '"x" in groups'],
  ['groups["x"] | default([]) | length > 0', 'size(groups[?"x"].orValue([])) > 0'],
  ['not "x" in group_names', '!("x" in group_names)'],
  ['not partition == "CPU"', '!(partition == "CPU")'],
  ['partition | lower == "cpu"', 'partition.lower() == "cpu"'],
  ['r.stdout is version("1.2", ">=")', 'version(r.stdout) >= "1.2"'],
  ['(partition == "CPU") | ternary(1, 2) == 1', '(partition == "CPU" ? 1 : 2) == 1'],
  ['partition | replace("C", "G") == ""', 'partition.replace("C", "G") == ""'],
  ['group_names | select("match", "comp") | list | length > 0', "size(group_names.filter(i, i.matches('^comp'))) > 0"],
  ['crane | dict2items | map(attribute="key") | list == []', 'crane.items().map(i, i.key) == []'],
  ["partition is search('\\d+')", "partition.matches(r'\\d+')"],
  [
    String.raw`partition | regex_replace("^(\w+) '\.", "x") == ""`,
    String.raw`partition.regexReplace(r"^(\w+) '\.", "x") == ""`,
  ],
  [
    String.raw`partition | regex_replace('a\.\'\n', "x") == ""`,
    String.raw`partition.regexReplace('a\\.\'\n', "x") == ""`,
  ],
  [String.raw`partition.matches('\d+')`, String.raw`partition.matches(r'\d+')`],
  [String.raw`partition.matches('\\d+') and true`, String.raw`partition.matches('\\d+') && true`],
  ['[{"n": 1}] | sum(attribute="n") == 1', '[{"n": 1}].map(i, i.n).sum() == 1'],
  ['group_names.0 == "x"', 'group_names[0] == "x"'],
  ['[[{"a": 1}]].0.0.a == 1', '[[{"a": 1}]][0][0].a == 1'],
  ['crane | to_json == ""', 'crane.toJson() == ""'],
  ['(crane | combine({"a": 1})).a == 1', 'crane.merge({"a": 1}).a == 1'],
  ['group_names | unique | length == 1', 'size(group_names.unique()) == 1'],
  ['partition | regex_replace("C", "G") == ""', 'partition.regexReplace("C", "G") == ""'],
  ['partition | quote == ""', 'partition.quote() == ""'],
  ['crane.x | default(omit) == null', 'crane.?x.orValue(null) == null'],
  ['group_names | map("upper") | join(",") == ""', 'group_names.map(i, i.upper()).join(",") == ""'],
  ['groups.all | map("extract", hostvars, "port") | list == []', 'groups.all.map(i, hostvars[i].port) == []'],
  ['[crane] | selectattr("name", "equalto", "c") | list | length > 0', 'size([crane].filter(i, i.name == "c")) > 0'],
  ['[crane] | rejectattr("name", "defined") | list | length > 0', 'size([crane].filter(i, !has(i.name))) > 0'],
  ['r.stdout | ipaddr("10.0.0.0/8")', 'ip(r.stdout).inNetwork("10.0.0.0/8")'],
  ['r.stdout.strip().startswith("a")', 'r.stdout.trim().startsWith("a")'],
  ['crane.get("x", "") == ""', 'crane.?x.orValue("") == ""'],
  ['",".join(group_names) == ""', 'group_names.join(",") == ""'],
  ['"a" ~ partition == "aCPU"', '"a" + partition == "aCPU"'],
  ['r is succeeded and r is not skipped', '!r.failed && !r.skipped'],
  ['r.changed if r.failed else False', 'r.failed ? r.changed : false'],
  ['r.stdout.split()[0] == "a"', 'r.stdout.trim().split(\' \')[0] == "a"'],
  ['ansible_check_mode', 'crane_check_mode'],
  ['port // 2 > 1', 'port / 2 > 1'],
  ['port / 2 > 1 and true', 'port / 2.0 > 1 && true'],
  ['port / 1.5 > 1 and true', 'port / 1.5 > 1 && true'],
  ['(100 / port) | int > 1', 'int(100 / double(port)) > 1'],
  ['ansible_managed == ""', 'managed == ""'],
  ['partition in "CPU GPU"', '"CPU GPU".contains(partition)'],
  ['group_names[-1] == "x"', 'group_names.last() == "x"'],
  ['r.stdoutLines[-2] == "x"', 'r.stdoutLines[size(r.stdoutLines) - 2] == "x"'],
  ['r.stdout.split(",")[-1] is search("x")', 'r.stdout.split(",").last().matches("x")'],
  ['r.stdout | regex_search("x")', `r.stdout.regexSearch("x") != ''`],
  ['r.stdout | regex_search("x") and r.rc == 0', `r.stdout.regexSearch("x") != '' && r.exitStatus == 0`],
  ['r.stdout_lines | length', 'size(r.stdoutLines) != 0'],
  ['group_names | first | default("x") == "x"', '(size(group_names) > 0 ? group_names.first() : "x") == "x"'],
  ['[crane] | selectattr("name", "==", "c") | list | length > 0', 'size([crane].filter(i, i.name == "c")) > 0'],
  ['[port] | select(">=", 1) | list | length > 0', 'size([port].filter(i, i >= 1)) > 0'],
  ['r.stdout > 5', 'int(r.stdout) > 5'],
  ['special.orValue("no") == "yes"', '(has(special) ? special : "no") == "yes"'],
  ['r.stdout.orValue("no") == "yes"', 'r.?stdout.orValue("no") == "yes"'],
  ['port == "50051"', 'port == 50051'],
  ['partition + port == ""', 'partition + string(port) == ""'],
]

const whenOf = (expression: string) =>
  play(
    `- run: x\n  register: r\n- run: x\n  when: '${expression.replaceAll("'", "''")}'\n- run: x\n  register: later\n`,
  )

test.each(JINJA)('the hint for %s', (expression, cel) => {
  const [first, ...more] = mistakesIn(whenOf(expression))
  expect(first?.hint).toBe(`write ${cel}`)
  expect(more).toEqual([])
})

/** What the hint of a case says to write. */
const written = (rendered: string) => /; write (.*)$/.exec(rendered)?.[1]

const FOLLOWED = [...WHEN.map(([, expected]) => written(expected)), ...JINJA.map(([, cel]) => cel)]

test.each(FOLLOWED.filter((one) => one !== undefined))('what a hint says to write is right: %s', (expression) => {
  // What hosts have, such as a group or an address, is a matter of the inventory.
  const ofHosts = ['unset-variable', 'no-such-field', 'bad-value']
  const found = mistakesIn(whenOf(expression)).filter(({ code }) => !ofHosts.includes(code))
  expect(told(found)).toEqual([])
})

test('a hint is written as YAML wants it where it goes', () => {
  const task = (text: string) => play(`- run: ${text}`)
  const hint = (text: string) => mistakesIn(task(text)).map((one) => one.hint)
  expect(hint(String.raw`"a {{ partition | regex_replace('\\d+', \"x\") }}"`)).toEqual([
    String.raw`write partition.regexReplace(r'\\d+', \"x\")`,
  ])
  expect(hint(String.raw`a {{ partition | regex_replace('\d+', "x") }}`)).toEqual([
    String.raw`write partition.regexReplace(r'\d+', "x")`,
  ])
  expect(mistakesIn(task(String.raw`"a {{ partition.regexReplace(r'\\d+', \"x\") }}"`))).toEqual([])
})

const TEMPLATES: readonly (readonly [name: string, task: string, expected: readonly string[]])[] = [
  [
    'in the middle of a text',
    '- run: "echo {{ port }} {{ prt }}"',
    ["3:32 unknown-variable there is no variable 'prt'; did you mean 'port'?"],
  ],
  ['plain', '- run: echo {{ prt }}', ["3:20 unknown-variable there is no variable 'prt'; did you mean 'port'?"]],
  [
    'in single quotes, behind a quote',
    "- run: 'echo ''a'' {{ prt }}'",
    ["3:27 unknown-variable there is no variable 'prt'; did you mean 'port'?"],
  ],
  [
    'in double quotes, behind escapes',
    '- run: "a \\"b\\" \\t{{ prt }}"',
    ["3:26 unknown-variable there is no variable 'prt'; did you mean 'port'?"],
  ],
  [
    'in a block',
    '- run: |\n    first\n    second {{ prt }}',
    ["5:19 unknown-variable there is no variable 'prt'; did you mean 'port'?"],
  ],
  [
    'in a folded block',
    '- run: >-\n    first\n    second {{ prt }}',
    ["5:19 unknown-variable there is no variable 'prt'; did you mean 'port'?"],
  ],
  [
    'in an item of a list',
    '- installPackage: [a, "{{ prt }}"]',
    ["3:31 unknown-variable there is no variable 'prt'; did you mean 'port'?"],
  ],
  [
    'several of one text',
    '- run: "{{ aa }} {{ bb }}"',
    ["3:16 unknown-variable there is no variable 'aa'", "3:25 unknown-variable there is no variable 'bb'"],
  ],
  [
    'several of one expression',
    '- run: "{{ aa == bb }}"',
    ["3:16 unknown-variable there is no variable 'aa'", "3:22 unknown-variable there is no variable 'bb'"],
  ],
  [
    'braces never closed',
    '- run: "{{ port"',
    [`3:13 bad-template this '{{' is never closed; close it with }}; for literal braces write {{ "{{" }}`],
  ],
  ['nothing between the braces', '- run: "{{ }}"', ['3:15 empty-expression the braces are empty']],
  [
    'braces of Go',
    '- run: "docker ps --format {{.Names}}"',
    [`3:34 bad-expression an expression cannot begin with '.'; for literal braces write {{ "{{" }}`],
  ],
  [
    'a block of Jinja',
    '- run: "{% if x %}a{% endif %}"',
    [
      "3:13 bad-template '{% … %}' is Jinja syntax; use {{ condition ? a : b }}, {{ list.map(x, …).join('\\n') }}, or 'when' and 'loop'",
    ],
  ],
  ['blanks of Jinja', '- run: "{{- port -}}"', ["3:15 jinja-habit '{{-' is Jinja syntax; write {{ … }}"]],
  [
    'a list inside a text',
    '- run: "a {{ group_names }}"',
    ["3:18 type-mismatch a list cannot be part of a string; join it: list.join(',')"],
  ],
  [
    'a map inside a text',
    '- run: "a {{ crane }}"',
    ['3:18 type-mismatch a map cannot be part of a string; take a field of it'],
  ],
  [
    'an expression as key',
    '- run: { "{{ port }}": x, command: x }',
    [
      '3:14 expression-not-allowed a key cannot hold {{ … }}',
      "3:14 unknown-parameter run has no parameter '{{ port }}'; its parameters are command, creates, retries",
    ],
  ],
  [
    'braces around when',
    '- run: x\n  when: "{{ port > 1 }}"',
    ["4:14 braces-in-condition 'when' is already an expression and takes no {{ … }}; write port > 1"],
  ],
  [
    'braces inside when',
    '- run: x\n  when: port > {{ port }}',
    ["4:20 braces-in-condition 'when' is already an expression and takes no {{ … }}; write port > port"],
  ],
  [
    'when in a list',
    '- run: x\n  when:\n    - port > 1\n    - prt > 1',
    ["6:11 unknown-variable there is no variable 'prt'; did you mean 'port'?"],
  ],
  [
    'when as a number',
    '- run: x\n  when: 1',
    ["4:13 wrong-type 'when' must be an expression; write true, false or an expression such as size(group_names) > 0"],
  ],
  [
    'a loop over a text',
    '- run: "{{ item }}"\n  loop: partition',
    ["4:13 wrong-type 'loop' must be a list or a map, not the string 'partition'"],
  ],
  [
    'the item outside',
    '- name: "{{ item }}"\n  run: "{{ item }}"\n  loop: [a]',
    [
      "3:17 unknown-variable 'item' exists only inside the loop; use it in the parameters, 'when' or 'environment', not in 'name', 'vars' or 'loop'",
    ],
  ],
  ['the item of no loop', '- run: "{{ item }}"', ["3:16 unknown-variable there is no variable 'item'"]],
  [
    'a field of the items',
    '- run: "{{ item.nme }}"\n  loop: [{ name: a }]',
    ["3:21 no-such-field 'item' has no 'nme'; did you mean 'name'?"],
  ],
  [
    'a type of the items',
    "- run: x\n  loop: ['1', '2']\n  when: item > 1",
    ["5:13 type-mismatch '>' does not work between a string and an integer; write int(item) > 1"],
  ],
  ...['changed_when', 'failed_when', 'until'].map((word): [string, string, string[]] => [
    `the type of its own result in ${word}`,
    `- run: x\n  ${word}: result.exitStatus == "1"`,
    [
      `4:${word.length + 9} type-mismatch '==' does not work between an integer and a string; write result.exitStatus == 1`,
    ],
  ]),
  [
    'its own result',
    '- run: x\n  when: r.changed\n  register: r',
    ["4:13 unknown-variable 'r' is registered by a later task, on line 5; move this task after that one"],
  ],
]

test.each(TEMPLATES)('%s', (_name, task, expected) => {
  expect(told(mistakesIn(play(task)))).toEqual(expected)
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
