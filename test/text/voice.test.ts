// Mistakes are told in one voice, whichever room finds them: lower case, what was written in 'quotes', no backticks.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const rooms = ['text', 'inventory', 'playbook'].flatMap((room) =>
  readdirSync(`${root}src/${room}`).flatMap((name) => (name.endsWith('.ts') ? [`src/${room}/${name}`] : [])),
)

/** Texts of a line of code, without the backticks that make it a template. */
const textsOf = (line: string): readonly string[] =>
  /^\s*(\/\/|\*|\/\*)/.test(line)
    ? []
    : [...line.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].map(
        ([, single, double, template]) => single ?? double ?? template ?? '',
      )

/** Sentences, not words: names, patterns and keys have no blank after a first word. */
const outOfTune = (line: string): readonly string[] =>
  textsOf(line).filter((text) => /^[A-Z]([a-z]+)? [a-z]/.test(text) || /\\?`[\w$]/.test(text))

it.each([...rooms, 'src/model/nodeSet.ts'])('%s', (file) => {
  expect(
    readFileSync(root + file, 'utf8')
      .split('\n')
      .flatMap(outOfTune),
  ).toEqual([])
})

describe('a planted message', () => {
  it.each([
    ["say('x', 'The group is inside itself')", true],
    ["say('x', `A bracket opens`)", true],
    ["say('x', `the group \\`${name}\\` is inside itself`)", true],
    ["say('x', 'look at `hosts:`')", true],
    ["say('x', `the group '${name}' is inside itself`)", false],
    ["say('x', \"YAML is indented with spaces: 'a'\")", false],
    ['// Says `x`.', false],
  ])('%s', (line, found) => {
    expect(outOfTune(line).length > 0).toBe(found)
  })
})
