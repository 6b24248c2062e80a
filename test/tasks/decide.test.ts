// Every task type against its table of cases: what is observed, and what it decides from that.
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Diff, TaskType } from 'crane-play/task'
import { describe, expect, it } from 'vitest'
import { catalogue } from './catalogue.ts'
import { CONTEXT, type DecideCase, type Params } from './kit.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true })

/** Places and messages of all that is wrong with the parameters. */
function mistakesOf(type: TaskType, params: Params): { path: string; says: string }[] {
  const fits = ajv.compile(type.params)
  if (!fits(params)) {
    return (fits.errors ?? []).map((error) => ({
      path: error.instancePath,
      says: `${error.message} ${JSON.stringify(error.params)} ${(error.parentSchema as { errorMessage?: string } | undefined)?.errorMessage ?? ''}`,
    }))
  }
  return (type.check?.(params as never) ?? []).map(({ path, message, hint }) => ({
    path,
    says: `${message} ${hint ?? ''}`,
  }))
}

function decideCase(type: TaskType, { params, observed, context, expect: wanted }: DecideCase) {
  expect(mistakesOf(type, params)).toEqual([])
  const given = { ...CONTEXT, ...context }
  const asked = type.observe(params as never, given)
  expect(Object.keys(observed).sort()).toEqual(
    Object.keys(asked)
      .filter((name) => asked[name])
      .sort(),
  )
  const decision = type.decide({ params: params as never, observed, context: given })
  expect(decision).toMatchObject({ kind: wanted.kind })
  const said = decision.kind === 'refuse' ? decision.cause : decision.note
  if (wanted.says !== undefined) expect(said).toContain(wanted.says)
  const hint = decision.kind === 'refuse' ? decision.hint : decision.kind === 'ok' ? undefined : decision.stillDue
  if (wanted.hint !== undefined) expect(hint).toContain(wanted.hint)
  if (decision.kind === 'refuse') return
  if (wanted.data) expect(decision.data).toEqual(wanted.data)
  expect(decision.warnings ?? []).toEqual(wanted.warnings ?? [])
  if (decision.kind === 'ok') return
  const diffs: readonly Diff[] = (decision.kind === 'change' && decision.diffs) || []
  if (wanted.diff !== undefined) expect(diffs.map((diff) => diff.unified).join('')).toBe(wanted.diff)
  if (wanted.after) expect(decision.after).toMatchObject(wanted.after)
  if (wanted.mayCreate !== undefined)
    expect(decision.kind === 'change' && decision.mayCreate !== undefined).toBe(wanted.mayCreate)
  for (const name of Object.keys(decision.after)) expect(Object.keys(observed)).toContain(name)
  const steps = type.apply({ params: params as never, plan: decision.plan })
  expect(steps.length).toBeGreaterThan(0)
  if (wanted.steps) expect(steps.map((step) => step.label)).toEqual(wanted.steps)
  if (wanted.script !== undefined) {
    expect(steps.map((step) => (step.kind === 'shell' ? step.script : '')).join('\n')).toContain(wanted.script)
  }
}

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
    expect(kinds.has('change') || kinds.has('verify')).toBe(true)
    expect(cases.live ?? cases.notLive).toBeTruthy()
  })
  it.each(cases.decide)('$expect.kind: $it', (one) => {
    expect.hasAssertions()
    decideCase(type, one)
  })
  it.each(cases.wrong)('refuses $params', ({ params, path, says }) => {
    const mistakes = mistakesOf(type, params)
    expect(mistakes).toContainEqual({ path, says: expect.stringContaining(says) })
  })
  it.each(cases.live ?? [])('fits its live example: $it', ({ params }) => expect(mistakesOf(type, params)).toEqual([]))
})
