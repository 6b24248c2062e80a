// Every task type against its table of cases: what is observed, and what it decides from that.
import { describe, expect, it } from 'vitest'
import { decideProblems, rejections, wrongProblems } from '../../src/run/checkCases.ts'
import { catalogue } from './catalogue.ts'

it('finds the task types', () => expect(catalogue.map(({ name }) => name)).toContain('installPackage'))

describe.each(catalogue)('$name', ({ name, type, cases }) => {
  it('is named by its file, and says of each parameter what it is', () => {
    expect(type.name).toBe(name)
    expect(type.summary).toMatch(/^[A-Z].*\.$/)
    expect(type.params.additionalProperties).toBe(false)
    const properties = Object.entries(type.params.properties as Record<string, { description?: string }>)
    expect(properties.filter(([, schema]) => !schema.description).map(([key]) => key)).toEqual([])
  })
  it('has cases for ok and for what is due', () => {
    const kinds = new Set(cases.decide.map((one) => one.expect.kind))
    expect(kinds.has('ok')).toBe(true)
    // A task type that only reads has nothing to make.
    const reads = !kinds.has('change') && !kinds.has('verify')
    expect(type.apply === undefined).toBe(reads)
    expect(cases.live ?? cases.notLive).toBeTruthy()
  })
  it.each(cases.decide)('$expect.kind: $it', (one) => {
    expect(decideProblems(type, one)).toEqual([])
  })
  it.each(cases.wrong)('refuses $params', (one) => expect(wrongProblems(type, one)).toEqual([]))
  it.each(cases.live ?? [])('fits its live example: $it', ({ params }) => expect(rejections(type, params)).toEqual([]))
})
