// docs/from-ansible.md says what the conformance cases and the refused words say; a difference is a drift.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fromAnsible } from '../../scripts/fromAnsible.ts'
import { areas } from '../conformance/playCase.ts'

const text = await fromAnsible()

it('is what `npm run docs` would write', () => {
  expect(readFileSync(new URL('../../docs/from-ansible.md', import.meta.url), 'utf8')).toBe(text)
})

it.each(areas.flatMap(({ cases }) => cases))('has the play: $name', ({ name, here }) => {
  expect(text).toContain(here ? `| ${name} |` : `- ${name}\n`)
})

it.each([
  ['why something differs', '### An included file is not a task of its own here\n'],
  ['a module', '| `apt` | use `installPackage: { name: htop }` |'],
  ['a word', "| `no_log` | mark the input 'sensitive: true': its value is then never shown |"],
])('says %s', (_what, row) => {
  expect(text).toContain(row)
})
