// What an expression reads of a scope: variables converted as they are read, and values as they were written.
import type { ASTNode } from '@marcbachmann/cel-js'
import type { Scope } from '../model/computed.ts'
import { toCel } from './celValues.ts'
import { ANY, type ValueType } from './valueType.ts'

/** What `a.b`, `a['b']`, `a[0]` or `a[b]` reads; undefined for anything else. */
export function readPath(node: ASTNode, scope: Scope): unknown {
  if (node.op === 'id') return scope[node.args]
  if (node.op === '.') return itemOf(readPath(node.args[0], scope), node.args[1])
  if (node.op !== '[]') return undefined
  const [list, key] = node.args
  return itemOf(readPath(list, scope), key.op === 'value' ? key.args : readPath(key, scope))
}

function itemOf(value: unknown, key: unknown): unknown {
  const name = String(key)
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}

/** The variables of a scope, converted as they are read. */
export class CelScope extends Map<string, unknown> {
  readonly #scope: Scope
  readonly #types: ReadonlyMap<string, ValueType>

  constructor(scope: Scope, types: ReadonlyMap<string, ValueType>) {
    super()
    this.#scope = scope
    this.#types = types
  }

  override get(name: string): unknown {
    const value = this.#scope[name]
    return value === undefined ? undefined : toCel(value, this.#types.get(name) ?? ANY)
  }
}
