// docs/variables.md says what the code says, and each level of precedence wins over those below it in a run.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { variableReference } from '../../scripts/variableReference.ts'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { checked } from '../../src/model/diagnostic.ts'
import { PRECEDENCE, type PrecedenceLevel } from '../../src/model/variableSource.ts'
import { FakeFleet, fakeTypes } from '../engine/fakeFleet.ts'
import { memoryFiles } from '../inventory/memoryFiles.ts'
import { valueOf } from '../inventory/shown.ts'
import { mistakesIn, valid } from '../playbook/world.ts'

test('the page is what `npm run docs` would write', () => {
  expect(readFileSync(new URL('../../docs/variables.md', import.meta.url), 'utf8')).toBe(variableReference())
})

/** What sets x to the name of the level; an input cannot be a variable of a play as well. */
function setAt(levels: readonly PrecedenceLevel[]) {
  const has = (level: PrecedenceLevel) => levels.includes(level)
  const input = has('default') && !has('play') && !has('result') && !has('task')
  const tasks = [
    ...(has('result') ? ['      - setVars: { x: result }'] : []),
    `      - put: { key: out, value: "{{ x }}" }${has('task') ? '\n        vars: { x: task }' : ''}`,
  ]
  return {
    text: `inputs: {${input ? ' x: { type: string, default: default } ' : ''}}
plays:
  - hosts: all
    vars: {${has('play') ? ' x: play ' : ''}}
    tasks:
${tasks.join('\n')}
`,
    extraVars: has('extra') ? ['x=extra'] : [],
    files: {
      hosts: '[g]\ncrane01\n',
      ...(has('host') && { 'host_vars/crane01.yml': 'x: host\n' }),
      ...(has('group') && { 'group_vars/g.yml': 'x: group\n' }),
    },
  }
}

const settable = PRECEDENCE.map(({ level }) => level).filter((level) => level !== 'crane-play')

test.each(settable.map((level, i) => [level, settable.slice(i)] as const))(
  '%s over all below it',
  async (level, set) => {
    const { text, extraVars, files } = setAt(set)
    const inventory = valueOf(loadInventory({ sources: ['hosts'], files: memoryFiles(files) }))
    const selectHosts = () => checked(['crane01'])
    const { plays } = valid(text, { catalogue: fakeTypes, inventory, extraVars, selectHosts })
    const fleet = new FakeFleet(['crane01'])
    await fleet.start(plays).done
    expect(fleet.host('crane01').values.get('out')).toBe(level)
  },
)

test('nothing sets what crane-play sets', () => {
  const text = '- hosts: all\n  vars: { group_names: x }\n  tasks: []\n'
  expect(mistakesIn(text).map(({ code }) => code)).toEqual(['bad-variable-name'])
})
