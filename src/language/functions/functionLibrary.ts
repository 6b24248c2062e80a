// All functions of the expression language beyond CEL's own, and how they are made known to it.
import type { Environment } from '@marcbachmann/cel-js'
import { ADDRESS_FUNCTIONS, Ip } from './addressFunctions.ts'
import { DATA_FUNCTIONS } from './dataFunctions.ts'
import type { FunctionRow } from './functionRow.ts'
import { LIST_FUNCTIONS } from './listFunctions.ts'
import { STRING_FUNCTIONS } from './stringFunctions.ts'
import { compareVersions, holds, Version, VERSION_FUNCTIONS, VERSION_OPERATORS } from './versionFunctions.ts'

/** With the heading under which they are documented. */
export const FUNCTION_LIBRARY: readonly (readonly [heading: string, rows: readonly FunctionRow[]])[] = [
  ['Strings', STRING_FUNCTIONS],
  ['Lists, maps', LIST_FUNCTIONS],
  ['JSON and YAML', DATA_FUNCTIONS],
  ['Versions', VERSION_FUNCTIONS],
  ['Addresses, networks', ADDRESS_FUNCTIONS],
]

/** `renamed`: under which names functions are registered that CEL has another one of. */
export function registerLibrary(environment: Environment, renamed: Readonly<Record<string, string>>): void {
  environment.registerType('version', { ctor: Version })
  environment.registerType('ip', { ctor: Ip })
  for (const operator of VERSION_OPERATORS) {
    environment.registerOperator(`version ${operator} version`, (a: Version, b: Version) =>
      holds(operator, a.text, b.text),
    )
    environment.registerOperator(`version ${operator} string`, (a: Version, b: string) => holds(operator, a.text, b))
  }
  environment.registerOperator('version == version', (a: Version, b: Version) => compareVersions(a.text, b.text) === 0)
  environment.registerOperator('version == string', (a: Version, b: string) => compareVersions(a.text, b) === 0)
  environment.registerFunction('string(ip): string', ({ text }: Ip) => text)
  environment.registerFunction('string(version): string', ({ text }: Version) => text)
  for (const [, rows] of FUNCTION_LIBRARY)
    for (const { name, signatures, call } of rows)
      for (const signature of signatures)
        environment.registerFunction(
          signature.replace(`.${name}(`, `.${renamed[name] ?? name}(`),
          call as (...args: unknown[]) => unknown,
        )
}
