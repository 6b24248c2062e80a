// The values of a play’s variables on its hosts: evaluated when first read, once for all hosts that agree.
import { ExpressionFailure } from '../../language/attemptExpression.ts'
import type { CompiledVariable } from '../../language/compileVariables.ts'
import { deepFreeze } from '../../language/compileTemplate.ts'
import { evaluate } from '../../language/computed.ts'
import { UNKNOWN, type Evaluated, type Scope } from '../../model/computed.ts'
import { type Diagnostic, mistake } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'

type Inputs = Map<unknown, Inputs | Evaluated<Json>>

/** Of a scope: the host, and what gives its variables their values. */
export interface Source {
  readonly host: string
  readonly inForce: ReadonlyMap<string, CompiledVariable>
}

export class LazyValues {
  readonly #made = new Map<CompiledVariable, Inputs>()
  /** Those that are being evaluated, the outermost first. */
  readonly #open = new Map<string, CompiledVariable>()
  readonly #failures = new Map<string, Diagnostic>()
  readonly #refuse: (host: string, name: string, value: Json) => Diagnostic | undefined

  /** `refuse`: why the value cannot be that of the variable. */
  constructor(refuse: (host: string, name: string, value: Json) => Diagnostic | undefined) {
    this.#refuse = refuse
  }

  /** Why the variable has no value on the host, after it was read. */
  failure(host: string, name: string): Diagnostic | undefined {
    return this.#failures.get(`${host}/${name}`)
  }

  /** Undefined after a failure. */
  read(name: string, variable: CompiledVariable, scope: Scope, host: string): unknown {
    // What is wrong with it is reported where it is written.
    if (variable.findings.failed) return UNKNOWN
    const key = `${host}/${name}`
    const result = this.#open.has(key) ? this.#cycle(key, variable) : this.#evaluate(key, variable, scope)
    if (result.ok) {
      const wrong = this.#refuse(host, name, result.value)
      if (!wrong) return result.value
      this.#failures.set(key, wrong)
      return undefined
    }
    if (result.unknown) return UNKNOWN
    const missing = unsetName(result.diagnostic)
    this.#failures.set(key, (missing && this.failure(host, missing)) || result.diagnostic)
    return undefined
  }

  /** Of a variable that follows from facts that are asked now: not kept. Throws `ExpressionFailure`. */
  readNow(name: string, { value, findings }: CompiledVariable, scope: Scope, host: string): unknown {
    if (findings.failed) return UNKNOWN
    const result = evaluate(() => deepFreeze(value.render(scope)))
    if (!result.ok && result.unknown) return UNKNOWN
    const wrong = result.ok ? this.#refuse(host, name, result.value) : result.diagnostic
    if (wrong || !result.ok) throw new ExpressionFailure(wrong as Diagnostic)
    return result.value
  }

  /** Through `hostvars`, which shows only in the values. */
  #cycle(key: string, { entry }: CompiledVariable): Evaluated<Json> {
    const open = [...this.#open]
    const circle = open.slice(open.findIndex(([first]) => first === key))
    const shown = circle.slice(0, MOST_SHOWN).map(
      ([
        one,
        {
          entry: { keyAt },
        },
      ]) => `${named(one)} (${keyAt.file}:${keyAt.line})`,
    )
    const left = circle.length > MOST_SHOWN ? ['…'] : []
    const message = `a variable depends on itself through hostvars: ${[...shown, ...left, named(key)].join(' → ')}`
    return { ok: false, unknown: false, diagnostic: mistake('variable-cycle', message, entry.keyAt) }
  }

  #evaluate(key: string, variable: CompiledVariable, scope: Scope): Evaluated<Json> {
    const { needs, value } = variable
    const make = () => evaluate(() => deepFreeze(value.render(scope)), needs, scope)
    this.#open.set(key, variable)
    try {
      if (needs.includes('inventory_hostname')) return make()
      let inputs = this.#made.get(variable)
      if (!inputs) this.#made.set(variable, (inputs = new Map()))
      for (const need of needs) {
        const input = scope[need]
        let next = inputs.get(input) as Inputs | undefined
        if (!next) inputs.set(input, (next = new Map()))
        inputs = next
      }
      let result = inputs.get(RESULT) as Evaluated<Json> | undefined
      if (!result) inputs.set(RESULT, (result = make()))
      return result
    } finally {
      this.#open.delete(key)
    }
  }
}

const RESULT = Symbol('result')

/** The variable that a message says is not set. */
export const unsetName = ({ code, message }: Diagnostic): string | undefined =>
  code === 'unset-variable' ? /^'(\w+)'/.exec(message)?.[1] : undefined

/** Steps of a cycle that are named: it may go through all hosts. */
const MOST_SHOWN = 4

/** Of `host/name`. */
const named = (key: string): string => {
  const at = key.lastIndexOf('/')
  return `${key.slice(at + 1)} of ${key.slice(0, at)}`
}
