// What leaves this room of a compiled value: evaluation without exceptions.
import type { Json } from '../model/inventory.ts'
import { type Evaluated, type Scope, type Computed, UNKNOWN } from '../model/computed.ts'
import { ExpressionFailure } from './attemptExpression.ts'
import type { Compiled } from './compileTemplate.ts'
import { NOT_KNOWN, UnknownRead } from './unknownRead.ts'

/** What the engine sees of a compiled value. `shape` makes the last of it, and may throw `ExpressionFailure`. */
export function templateOf<T>(compiled: Compiled, shape?: (value: Json) => T): Computed<T> {
  const make = shape ?? ((value: Json) => value as T)
  const { at, constant, text } = compiled
  const needs = [...new Set(compiled.expressions.flatMap((expression) => expression.needs))]
  const facts = compiled.expressions.flatMap((expression) => expression.facts)
  let kept: Evaluated<T> | undefined
  return {
    at,
    ...(text !== undefined && { text }),
    constant: constant !== undefined,
    needs,
    ...(facts.length > 0 && { facts }),
    evaluate(scope) {
      if (kept) return kept
      const result = evaluate(() => make(compiled.render(scope)), needs, scope)
      if (constant) kept = result
      return result
    },
    known: (scope) => make(compiled.render(scope, [])),
  }
}

/** `needs` and `scope` serve to name what is not known. */
export function evaluate<T>(render: () => T, needs: readonly string[] = [], scope: Scope = {}): Evaluated<T> {
  try {
    return { ok: true, value: render() }
  } catch (error) {
    if (error instanceof UnknownRead) return { ok: false, unknown: true, because: whatIsUnknown(needs, scope) }
    if (error instanceof ExpressionFailure) return { ok: false, unknown: false, diagnostic: error.diagnostic }
    throw error
  }
}

function whatIsUnknown(needs: readonly string[], scope: Scope): string {
  const names = needs.filter((name) => {
    const value = scope[name]
    return value === UNKNOWN || (typeof value === 'object' && value !== null && Object.values(value).includes(UNKNOWN))
  })
  return names.length > 0 ? names.map((name) => `'${name}'`).join(' and ') : NOT_KNOWN.message
}
