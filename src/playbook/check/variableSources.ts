// The places that set a variable on a host, the one in force first.
import type { CompiledVariable } from '../../language/compileVariables.ts'
import { MAGIC_VARIABLES } from '../../language/readableName.ts'
import type { SourceSpan } from '../../model/diagnostic.ts'
import { FACTS_NAME } from '../../model/facts.ts'
import type { InputDeclaration } from '../../model/inputDeclaration.ts'
import type { Json } from '../../model/inventory.ts'
import type { VariableSource } from '../../model/variableSource.ts'
import type { AuthoredInventory } from '../../text/authored.ts'
import { plainValue, type YamlEntry } from '../../text/yamlTree.ts'
import { isChosen } from './chosenVars.ts'
import type { ParsedPlay } from '../parse/parsed.ts'

export interface SourcesInput {
  readonly play: Pick<ParsedPlay, 'vars' | 'hiddenVars'>
  /** Of `vars_files` that hosts choose. */
  readonly chosen: readonly YamlEntry[]
  readonly run: {
    readonly inventory: AuthoredInventory
    readonly inputs: ReadonlyMap<string, InputDeclaration>
    readonly extra: Readonly<Record<string, Json>>
    readonly extraPlaces: ReadonlyMap<string, SourceSpan>
  }
  readonly inForce: ReadonlyMap<string, CompiledVariable>
  /** The variables of the host. */
  readonly values: Readonly<Record<string, unknown>>
}

export function variableSources(host: string, name: string, input: SourcesInput): readonly VariableSource[] {
  const { run, inForce, values } = input
  const compiled = inForce.get(name)
  const found: VariableSource[] = []
  if ((MAGIC_VARIABLES as readonly string[]).includes(name)) found.push({ level: 'crane-play' })
  if (Object.hasOwn(run.extra, name)) {
    const at = run.extraPlaces.get(name)
    found.push({ level: 'extra', ...(at && { at }), value: run.extra[name] as Json })
  }
  for (let one = compiled; one; one = isChosen(one) ? one.beneath : undefined) {
    if (isChosen(one)) found.push({ level: 'play', at: one.entry.keyAt, ...madeOf(one.entry, one) })
    else if (input.chosen.includes(one.entry)) found.push(playSource(one.entry, compiled))
  }
  const { vars, hiddenVars } = input.play
  for (const entry of [...vars, ...hiddenVars]) if (entry.key === name) found.push(playSource(entry, compiled))
  for (const { value, at, group } of run.inventory.candidates?.(host, name) ?? []) {
    const authored = compiled !== undefined && compiled.entry === run.inventory.authored?.(host).get(name)
    found.push({
      level: group === undefined ? 'host' : 'group',
      ...(group !== undefined && { group }),
      at,
      value,
      ...(authored && found.length === 0 && madeOf(compiled.entry, compiled)),
    })
  }
  const declared = run.inputs.get(name)
  if (declared?.default !== undefined) found.push({ level: 'default', at: declared.at, value: declared.default })
  const [first, ...others] = found
  // It holds the variables of all hosts, of which some are not known before the run.
  const value = first && name !== 'hostvars' ? values[name] : undefined
  const all = first ? [valueInForce(first, value), ...others] : []
  return declared?.sensitive ? all.map((source) => ({ ...source, sensitive: true })) : all
}

/** What is evaluated is known as its value. */
function valueInForce({ value: _, ...source }: VariableSource, value: unknown): VariableSource {
  if (value === undefined && source.made) return { ...source, unset: true }
  return typeof value === 'symbol' || value === undefined ? source : { ...source, value: value as Json }
}

const playSource = (entry: YamlEntry, compiled: CompiledVariable | undefined): VariableSource => ({
  level: 'play',
  at: entry.keyAt,
  value: plainValue(entry.value),
  ...madeOf(entry, compiled),
})

function madeOf(entry: YamlEntry, compiled: CompiledVariable | undefined): Pick<VariableSource, 'made'> {
  if (!compiled || compiled.entry !== entry || compiled.value.constant) return {}
  const facts = compiled.facts.map(({ name, key }) => `${FACTS_NAME}.${name}${key === '' ? '' : `['${key}']`}`)
  const chosen = isChosen(compiled) ? compiled : undefined
  const of = compiled.needs.filter((need) => need !== FACTS_NAME && need !== chosen?.plain)
  const candidates = chosen?.candidates.map(({ keyAt, value }) => ({ at: keyAt, value: plainValue(value) }))
  return {
    made: { written: plainValue(entry.value), of, facts: [...new Set(facts)], ...(candidates && { candidates }) },
  }
}
