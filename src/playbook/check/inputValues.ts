// Whether each host has a value for each input, and one that fits: an input may get its value from the inventory.
import { type Diagnostic, mistake } from '../../model/diagnostic.ts'
import type { AuthoredInventory } from '../../text/authored.ts'
import type { Json } from '../../model/inventory.ts'
import { describeValue } from '../../text/yamlTree.ts'
import { type InputDeclaration, misfit } from '../../model/inputDeclaration.ts'

/** By host and input; hosts without a mistake are left out. */
export type InputMistakes = ReadonlyMap<string, ReadonlyMap<string, Diagnostic>>

export function inputMistakes(
  inventory: AuthoredInventory,
  inputs: readonly InputDeclaration[],
  extra: Readonly<Record<string, Json>>,
): InputMistakes {
  const mistakes = new Map<string, Map<string, Diagnostic>>()
  for (const input of inputs) {
    if (Object.hasOwn(extra, input.name)) continue
    for (const [host, { vars }] of inventory.hosts) {
      // Looked at when it is evaluated.
      if (inventory.authored?.(host).has(input.name)) continue
      const wrong = mistakeOf(input, host, vars[input.name], inventory)
      if (!wrong) continue
      const found = mistakes.get(host) ?? new Map<string, Diagnostic>()
      mistakes.set(host, found.set(input.name, wrong))
    }
  }
  return mistakes
}

export function mistakeOf(
  input: InputDeclaration,
  host: string,
  value: Json | undefined,
  inventory: AuthoredInventory,
): Diagnostic | undefined {
  if (value === undefined) return input.required ? missingInput(input) : undefined
  const wrong = misfit(input, value, input.sensitive ? 'what is set' : describeValue(value))
  if (wrong === undefined) return undefined
  return mistake('bad-input', `'${input.name}' ${wrong}`, inventory.origin(host, input.name) ?? input.at)
}

export const missingInput = ({ name, at }: InputDeclaration): Diagnostic =>
  mistake(
    'missing-input',
    `the input '${name}' has no value`,
    at,
    `give it with -e ${name}=…, or set it in the inventory`,
  )
