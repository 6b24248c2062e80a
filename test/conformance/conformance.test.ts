// Plays in Ansible's words give the same recap, the same order and the same exit status in ours, or differ for a stated reason.
import { describe, expect, it } from 'vitest'
import { areas } from './playCase.ts'
import { comparable, expectedHere, runHere } from './runCase.ts'

describe.each(areas)('$area', ({ cases }) => {
  it.each(cases)('$name', async (one) => {
    const made = await runHere(one)
    const expected = { mistakes: [], ...expectedHere(one) }
    const found = { ...made, log: comparable(one, made.log) }
    if (one.notYet === undefined) expect(found).toEqual(expected)
    else expect(found, `works now: remove the mark '${one.notYet}'`).not.toEqual(expected)
  })
})
