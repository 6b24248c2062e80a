// Which variables in a command are warned of: those that stand as a word of their own and may be more than one.
import { expect, test } from 'vitest'
import { loadFacts } from '../../src/run/loadFacts.ts'
import { mistakesIn, play, told } from './world.ts'

const facts = await loadFacts()
const VARIABLES = `  vars: { path: /srv/data, spaced: "/srv/my files", glob: "*.log", words: [a, b], empty: "" }\n`
const warned = (command: string, more = '') =>
  told(mistakesIn(play(`- run: id\n  register: r\n- run: |-\n    ${command}\n${more}`, VARIABLES), { facts })).map(
    (line) => line.replace(/^\S+ /, ''),
  )
const says = (text: string, why: string, hint: string) => [
  `unquoted-word the shell may read '${text}' as more than one word: ${why}; write ${hint}`,
]
const LATER = 'it is not known before the run'

test.each<[string, readonly string[]]>([
  ['rm {{ path }}', []],
  ['rm {{ spaced }}', says('spaced', 'it holds a blank', 'spaced.quote()')],
  ['rm {{ spaced.quote() }}', []],
  ['rm {{ "x " + spaced }}', says('"x " + spaced', 'it holds a blank', '("x " + spaced).quote()')],
  ['rm {{ words.map(w, w.quote()).join(" ") }}', []],
  ['rm {{ words.join(" ") }}', says('words.join(" ")', 'it holds a blank', 'words.join(" ").quote()')],
  ['rm /var/log/{{ glob }}', says('glob', "it holds '*'", 'glob.quote()')],
  ['ls {{ empty }} /srv', []],
  ['kill {{ port }}', []],
  ['echo {{ r.exitStatus }} {{ r.changed }}', []],
  ['echo {{ r.stdout }}', says('r.stdout', LATER, 'r.stdout.quote()')],
  ['echo {{ facts.hostname }}', says('facts.hostname', LATER, 'facts.hostname.quote()')],
  // Between quotes, and where the variable is the whole command, the author means what is there.
  ['echo "{{ spaced }}"', []],
  ["echo it\\'s {{ spaced }}", says('spaced', 'it holds a blank', 'spaced.quote()')],
  ["sh -c 'ls {{ spaced }}'", []],
  ['{{ spaced }}', []],
])('%s', (command, expected) => {
  expect(warned(command)).toEqual(expected)
})

test('a variable of the task itself is a part of its command', () => {
  expect(warned('for x in {{ those }}; do :; done', '  vars: { those: "a b" }\n')).toEqual([])
})

test('each item of a loop', () => {
  expect(warned('rm {{ item }}', '  loop: [a, "b c"]\n')).toEqual(says('item', 'it holds a blank', 'item.quote()'))
})

test('where the task does not run, nothing is said', () => {
  expect(warned('rm {{ spaced }}', "  when: partition == 'none'\n")).toEqual([])
})
