// The expression language as playbooks speak it: CEL with optional fields, and numbers that mix.
import { Environment } from '@marcbachmann/cel-js'
import { HostVars } from './celValues.ts'
import { FACTS_NAME } from '../model/facts.ts'
import { registerLibrary } from './functions/functionLibrary.ts'
import { ANY, celName, type RecordType, type ValueType } from './valueType.ts'
import { isReadableName } from './readableName.ts'

let base: Environment | undefined

/**
 * CEL's own `join` takes strings alone, and is what it chooses for a list whose items are of a type that is known when
 * the expression is evaluated. Calls of `join` are evaluated under this name of the same length.
 */
export const JOIN = 'jOin'

/**
 * `has(x)` of a bare variable is not CEL, but the question whether a host has a variable is common: the parser reads it
 * under this name of the same length, so that places in the text stay true.
 */
export const HAS_VARIABLE = 'hAs'

function baseEnvironment(): Environment {
  if (base) return base
  const environment = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    // A playbook's expressions fit a screen; these bounds only keep a hostile one from eating the controller.
    limits: { maxAstNodes: 5_000, maxDepth: 100 },
  })
  environment.registerType('hostvars', { ctor: HostVars })
  const arithmetic: readonly (readonly [string, (a: number, b: number) => number])[] = [
    ['+', (a, b) => a + b],
    ['-', (a, b) => a - b],
    ['*', (a, b) => a * b],
    ['/', (a, b) => a / b],
  ]
  for (const [operator, compute] of arithmetic) {
    environment.registerOperator(`double ${operator} int: double`, (a: number, b: bigint) => compute(a, Number(b)))
    environment.registerOperator(`int ${operator} double: double`, (a: bigint, b: number) => compute(Number(a), b))
  }
  environment.registerOperator('int == double', (a: bigint, b: number) => Number(a) === b)
  registerLibrary(environment, { join: JOIN })
  environment.registerFunction(`${HAS_VARIABLE}(ast): bool`, ({ args }: { args: readonly { args: unknown }[] }) => {
    const name = String(args[0]?.args)
    return {
      typeCheck: (checker: { getType(name: string): unknown }) => checker.getType('bool'),
      evaluate: (_evaluator: unknown, _macro: unknown, context: { getValue(name: string): unknown }) =>
        context.getValue(name) !== undefined,
    }
  })
  base = environment
  return environment
}

export interface TypedEnvironment {
  readonly environment: Environment
  readonly records: ReadonlyMap<string, RecordType>
}

/** An environment in which exactly these variables exist; names that CEL keeps for itself are left out. */
export function environmentFor(types: ReadonlyMap<string, ValueType>): TypedEnvironment {
  const known = withFacts(types.get(FACTS_NAME) ?? ANY)
  const environment = known.environment.clone()
  const records = new Map(known.records)
  for (const [name, type] of types) {
    if (!isReadableName(name)) continue
    registerRecords(environment, records, type)
    environment.registerVariable(name, celName(type))
  }
  return { environment, records }
}

const factEnvironments = new WeakMap<ValueType, TypedEnvironment>()

/** The facts are some twenty records, which are the same wherever an expression stands. */
function withFacts(facts: ValueType): TypedEnvironment {
  let made = factEnvironments.get(facts)
  if (!made) {
    const environment = baseEnvironment().clone()
    const records = new Map<string, RecordType>()
    registerRecords(environment, records, facts)
    factEnvironments.set(facts, (made = { environment, records }))
  }
  return made
}

/** Registers the records that a type is made of, apart from those in `records`, and adds them there. */
function registerRecords(environment: Environment, records: Map<string, RecordType>, type: ValueType): void {
  if (type.kind === 'list' || type.kind === 'keyed') return registerRecords(environment, records, type.of)
  if (type.kind === 'map' && type.of) return registerRecords(environment, records, type.of)
  if (type.kind !== 'record' || records.has(type.name)) return
  records.set(type.name, type)
  for (const field of Object.values(type.fields)) registerRecords(environment, records, field)
  const fields = Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, celName(field)]))
  environment.registerType(type.name, { ctor: type.ctor, fields } as never)
}

export interface FunctionNames {
  readonly functions: readonly string[]
  readonly methods: readonly string[]
  signatures(name: string): readonly string[]
}

let names: FunctionNames | undefined

export function functionNames(): FunctionNames {
  if (names) return names
  const definitions = baseEnvironment()
    .getDefinitions()
    .functions.filter((one) => one.name !== HAS_VARIABLE && one.name !== 'join')
    .map((one) => (one.name === JOIN ? { ...one, name: 'join', signature: one.signature.replace(JOIN, 'join') } : one))
  const list = (own: typeof definitions) => [...new Set(own.map((one) => one.name))]
  names = {
    functions: list(definitions.filter((one) => one.receiverType === null)),
    methods: list(definitions.filter((one) => one.receiverType !== null)),
    signatures: (name) =>
      definitions
        .filter((one) => one.name === name)
        .map((one) => one.signature.replaceAll('<dyn>', '').replaceAll('<dyn, dyn>', '')),
  }
  return names
}
