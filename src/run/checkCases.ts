// Checks a task type against its cases, without a host: what is wrong, one line each.
import { isDeepStrictEqual } from 'node:util'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { DecideCase, TaskCases, WrongCase } from '../task/cases.ts'
import { TaskTypeThrew } from '../model/taskTypeThrew.ts'
import type { DecideContext, TaskType } from '../task/defineTask.ts'

/** The moment, in microseconds, at which cases are decided: all their facts are older. */
export const CASE_TIME = 1_800_000_000_000_000

const CONTEXT: DecideContext = {
  host: 'host1',
  notified: false,
  watched: [],
  predictedTime: CASE_TIME,
  now: CASE_TIME,
  files: new Map(),
  kept: new Map(),
}

const NEEDED = {
  decide: ['it', 'params', 'observed', 'expect'],
  wrong: ['params', 'path', 'says'],
  live: ['it', 'params'],
}

/** @param cases what the file of cases exports; anything, since a user wrote it */
export function checkCases(type: TaskType, cases: unknown): readonly string[] {
  const missing = missingFields(cases)
  if (missing.length > 0) return missing
  const { decide, wrong } = cases as TaskCases
  const kinds = new Set(decide.map((one) => one.expect.kind))
  return [
    ...(kinds.has('ok') ? [] : ["no case expects 'ok'"]),
    ...(kinds.has('change') || kinds.has('verify') ? [] : ["no case expects 'change' or 'verify'"]),
    ...decide.flatMap((one) => caught(() => decideProblems(type, one)).map((problem) => `${one.it}: ${problem}`)),
    ...wrong.flatMap((one) => caught(() => wrongProblems(type, one))),
  ]
}

function missingFields(cases: unknown): readonly string[] {
  if (typeof cases !== 'object' || cases === null) return ['the default export is not a map with `decide` and `wrong`']
  return Object.entries(NEEDED).flatMap(([part, fields]) => {
    const list = (cases as Record<string, unknown>)[part]
    if (list === undefined) return part === 'live' ? [] : [`'${part}' is missing: a list of cases`]
    if (!Array.isArray(list)) return [`'${part}' is not a list of cases`]
    return list.flatMap((one: Record<string, unknown>, i) =>
      fields.filter((field) => one?.[field] === undefined).map((field) => `${part}[${i}]: '${field}' is missing`),
    )
  })
}

/** What a type throws is a problem of its author too, with the place in its file. */
function caught(look: () => readonly string[]): readonly string[] {
  try {
    return look()
  } catch (error) {
    if (error instanceof TaskTypeThrew) return [error.message]
    throw error
  }
}

/** What is wrong with one case of `decide`. */
export function decideProblems(type: TaskType, { params, observed, context, expect }: DecideCase): readonly string[] {
  const wrong = rejections(type, params)
  if (wrong.length > 0) return wrong.map(({ path, says }) => `the parameters are rejected: ${path} ${says}`)
  const given = { ...CONTEXT, ...context }
  const probes = type.observe(params as never, given)
  const asked = Object.keys(probes).filter((name) => probes[name])
  const unanswered = asked.filter((name) => !(name in observed))
  if (unanswered.length > 0) return [`'observed' has no answer for ${unanswered.join(', ')}`]
  const unasked = Object.keys(observed).filter((name) => !asked.includes(name))
  if (unasked.length > 0) return [`'observed' answers ${unasked.join(', ')}, which \`observe\` does not ask`]
  const decision = type.decide({ params: params as never, observed, context: given })
  const said = decision.kind === 'refuse' ? decision.cause : decision.note
  if (decision.kind !== expect.kind) return [`decided ${decision.kind} (${said ?? 'no note'}), not ${expect.kind}`]
  const problems: string[] = []
  const compare = (what: string, fits: boolean, found: unknown) => {
    if (!fits) problems.push(`${what} is ${JSON.stringify(found)}`)
  }
  if (expect.says !== undefined) compare('what it says', said?.includes(expect.says) === true, said)
  const hint = decision.kind === 'refuse' ? decision.hint : decision.kind === 'ok' ? undefined : decision.stillDue
  if (expect.hint !== undefined) compare('the hint', hint?.includes(expect.hint) === true, hint)
  if (decision.kind === 'refuse') return problems
  if (expect.data) compare('`data`', isDeepStrictEqual(decision.data, expect.data), decision.data)
  compare('`warnings`', isDeepStrictEqual(decision.warnings ?? [], expect.warnings ?? []), decision.warnings)
  const diffs = (decision.kind !== 'verify' && decision.diffs) || []
  const diff = diffs.map(({ unified }) => unified).join('')
  if (expect.diff !== undefined) compare('the diff', diff === expect.diff, diff)
  if (decision.kind === 'ok') return problems
  if (expect.after) compare('`after`', includes(decision.after, expect.after), decision.after)
  const mayCreate = decision.kind === 'change' && decision.mayCreate !== undefined
  if (expect.mayCreate !== undefined) compare('`mayCreate`', mayCreate === expect.mayCreate, mayCreate)
  const foreign = Object.keys(decision.after).filter((name) => !(name in observed))
  if (foreign.length > 0) problems.push(`\`after\` has ${foreign.join(', ')}, which \`observe\` does not ask`)
  const steps = type.apply?.({ params: params as never, plan: decision.plan }) ?? []
  if (steps.length === 0) problems.push('`apply` returns no steps')
  const labels = steps.map(({ label }) => label)
  if (expect.steps) compare('the list of steps', isDeepStrictEqual(labels, expect.steps), labels)
  const scripts = steps.map((step) => (step.kind === 'shell' ? step.script : '')).join('\n')
  if (expect.script !== undefined) compare('the script', scripts.includes(expect.script), scripts)
  return problems
}

/** What is wrong with one case of parameters that are rejected. */
export function wrongProblems(type: TaskType, { params, path, says }: WrongCase): readonly string[] {
  const found = rejections(type, params)
  if (found.some((one) => one.path === path && one.says.includes(says))) return []
  const instead = found.map((one) => `${one.path} ${one.says}`).join('; ') || 'nothing'
  return [`${JSON.stringify(params)}: '${says}' is not reported for '${path}', but ${instead}`]
}

const validators = new WeakMap<TaskType, ValidateFunction>()

/** Made once for each type. */
function validatorOf(type: TaskType): ValidateFunction {
  const made =
    validators.get(type) ?? new Ajv2020({ allErrors: true, strict: false, verbose: true }).compile(type.params)
  validators.set(type, made)
  return made
}

/** What is wrong with parameters: where, and with which words. */
export function rejections(
  type: TaskType,
  params: Readonly<Record<string, unknown>>,
): readonly { readonly path: string; readonly says: string }[] {
  const fits = validatorOf(type)
  if (!fits(params))
    return (fits.errors ?? []).map(({ instancePath, message, params: detail, parentSchema }) => {
      const own = (parentSchema as { readonly errorMessage?: string } | undefined)?.errorMessage ?? ''
      return { path: instancePath, says: `${message} ${JSON.stringify(detail)} ${own}`.trim() }
    })
  return (type.check?.(params as never, { changedWhen: false }) ?? []).map(({ path, message, hint }) => ({
    path,
    says: `${message} ${hint ?? ''}`.trim(),
  }))
}

/** Whether a value has at least what `part` has; lists have the same length. */
function includes(value: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return isDeepStrictEqual(value, part)
  if (Array.isArray(part) && (!Array.isArray(value) || value.length !== part.length)) return false
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(part).every(([key, inner]) => includes((value as Record<string, unknown>)[key], inner))
}
