// Template files: what they give, with Ansible's newline rules, and what is said of a mistake in a block.
import { expect, test } from 'vitest'
import { compileTemplateFile } from '../../src/language/template/compileTemplateFile.ts'
import { evaluate } from '../../src/language/computed.ts'
import { UNKNOWN } from '../../src/model/computed.ts'
import { BOOLEAN, INTEGER, listOf, MAP, TEXT } from '../../src/language/valueType.ts'
import { Findings } from '../../src/text/findings.ts'
import { SourceText } from '../../src/text/sourceText.ts'
import { told } from '../playbook/world.ts'

const TYPES = new Map([
  ['name', TEXT],
  ['n', INTEGER],
  ['on', BOOLEAN],
  ['hosts', listOf(TEXT)],
  ['crane', MAP],
  ['empty', listOf(TEXT)],
])
const SCOPE = { name: 'c', n: 2, on: true, hosts: ['h1', 'h2'], crane: { a: 1, b: 2 }, empty: [] }

function compile(text: string) {
  const findings = new Findings()
  const vocabulary = { types: TYPES, explain: () => undefined, used: () => {} }
  return { compiled: compileTemplateFile(new SourceText('site.yml', text), vocabulary, findings), findings }
}

test.each([
  ['plain\n', 'plain\n'],
  ['a {{ name }}\n', 'a c\n'],
  ['{# note #}\na\n', 'a\n'],
  ['a {# note #} b\n', 'a  b\n'],
  ['{% if on %}\na\n{% endif %}\nb\n', 'a\nb\n'],
  ['{% if n > 2 %}a{% elif n == 2 %}b{% else %}c{% endif %}\n', 'b'],
  ['{% if !on %}\na\n{% else %}\nb\n{% endif %}\n', 'b\n'],
  ['{% for h in hosts %}\n- {{ h }}\n{% endfor %}\nend\n', '- h1\n- h2\nend\n'],
  ['{% for h in hosts %}{{ h }}{% if !loop.last %},{% endif %}{% endfor %}', 'h1,h2'],
  [
    '{% for h in hosts %}{{ loop.index }}/{{ loop.length }}={{ loop.index0 }}{{ loop.first }} {% endfor %}',
    '1/2=0true 2/2=1false ',
  ],
  ['{% for k, v in crane %}{{ k }}={{ v }};{% endfor %}', 'a=1;b=2;'],
  ['{% for k, v in crane.items() %}{{ k }}={{ v }};{% endfor %}', 'a=1;b=2;'],
  ['{% for e in empty %}x{% else %}none{% endfor %}', 'none'],
  ['{% for a in hosts %}{% for b in hosts %}{{ a }}{{ b }} {% endfor %}{% endfor %}', 'h1h1 h1h2 h2h1 h2h2 '],
  ['{% set x = n + 1 %}\n{{ x }}\n', '3\n'],
  ['{% set x = 1 %}{% for h in hosts %}{% set x = 2 %}{% endfor %}{{ x }}', '1'],
  ['{% if on %}{% set x = 5 %}{% endif %}{{ x }}', '5'],
  ['  {% if on %}\n  a\n  {% endif %}\nb\n', '    a\n  b\n'],
  ['a\n  {%- if on %} b{% endif -%}  \n c\n', 'a bc\n'],
  ['a {{- name -}} b', 'acb'],
  ['{% if on +%}\na{% endif %}', '\na'],
  ['{% raw %}{{ x }} {% if %}{% endraw %}\nb', '{{ x }} {% if %}b'],
  ['{{ "%}" }}{{ -n }}', '%}-2'],
  ['', ''],
])('%j', (text, expected) => {
  const { compiled, findings } = compile(text)
  expect(told(findings.all)).toEqual([])
  expect(evaluate(() => compiled.render(SCOPE))).toEqual({ ok: true, value: expected })
})

test.each([
  ['{% if on %}a', ["1:4 bad-template 'if' has no 'endif'"]],
  ['{% for h in hosts %}a{% endif %}', ["1:4 bad-template 'for' has no 'endfor'"]],
  ['a{% endif %}', ["1:5 bad-template 'endif' ends nothing"]],
  ['{% for hosts %}{% endfor %}', ["1:4 bad-template 'for' needs a name and a list; write {% for x in list %}"]],
  ['a {{ name', ["1:3 bad-template this '{{' is never closed"]],
  ['{% include "x" %}', ["1:4 bad-template 'include' is not supported in a template; write its lines here"]],
  ['x\n{% if nam == "c" %}{% endif %}', ["2:7 unknown-variable there is no variable 'nam'; did you mean 'name'?"]],
  ['{% if name %}{% endif %}', ["1:7 type-mismatch 'if' must be true or false, not a string; write name != ''"]],
  ['{% if on and n > 1 %}{% endif %}', ["1:10 jinja-habit 'and' is Jinja; expressions are CEL; write on && n > 1"]],
  ['{% for h in name %}{% endfor %}', ["1:13 type-mismatch 'for' goes over a list or a map, not a string"]],
  [
    '{% for h in hosts %}{{ h + 1 }}{% endfor %}',
    ["1:24 type-mismatch '+' does not work between a string and an integer; write h + string(1)"],
  ],
  ['{% for h in hosts %}{% endfor %}{{ h }}', ["1:36 unknown-variable there is no variable 'h'"]],
  [
    '{% for h in hosts %}{{ loop.idx }}{% endfor %}',
    ["1:29 unknown-field 'loop' (the state of the loop) has no field 'idx'; did you mean 'index'?"],
  ],
  ['{{ hosts }}', ["1:4 type-mismatch a list cannot be part of a string; join it: list.join(',')"]],
  [
    '{{ hosts | join(",") }}',
    [`1:10 jinja-habit '| join' is a Jinja filter; CEL has functions; write hosts.join(",")`],
  ],
  [
    '{{ name if on else "" }}',
    [`1:9 jinja-habit 'a if b else c' is Python; expressions are CEL; write on ? name : ""`],
  ],
])('%j is a mistake', (text, expected) => {
  expect(told(compile(text).findings.all)).toEqual(expected)
})

test('it names what it reads from outside, and what is not known makes the whole unknown', () => {
  const { compiled } = compile('{% set x = n %}{% for h in hosts %}{{ h }}{{ x }}{% endfor %}{{ name }}')
  expect([...new Set(compiled.expressions.flatMap(({ needs }) => needs))].toSorted()).toEqual(['hosts', 'n', 'name'])
  expect(evaluate(() => compiled.render({ ...SCOPE, name: UNKNOWN }))).toMatchObject({ ok: false, unknown: true })
})
