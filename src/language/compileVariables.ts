// Compiles variables that may be set in several places and read each other: each with the types of those that it reads.
import type { FactUse } from '../model/computed.ts'
import { Findings } from '../text/findings.ts'
import type { YamlEntry } from '../text/yamlTree.ts'
import type { Vocabulary } from './vocabulary.ts'
import { wordsRead } from './compileInOrder.ts'
import { type Compiled, compileValue } from './compileTemplate.ts'
import { ANY, mergeTypes, type ValueType } from './valueType.ts'

export interface CompiledVariable {
  readonly entry: YamlEntry
  readonly value: Compiled
  /** Variables at its roots. */
  readonly needs: readonly string[]
  /** Facts that it names. */
  readonly facts: readonly FactUse[]
  /** Reported only where the variable matters. */
  readonly findings: Findings
}

/**
 * `types` begins with what is known of values without expressions, and is completed. Which of the entries for one name is
 * in force differs between hosts, so its type fits all of them; a name that is read in a cycle may be anything.
 */
export function compileVariables(
  entries: ReadonlyMap<string, readonly YamlEntry[]>,
  types: Map<string, ValueType>,
  explain: Vocabulary['explain'],
): ReadonlyMap<YamlEntry, CompiledVariable> {
  const compiled = new Map<YamlEntry, CompiledVariable>()
  const state = new Map<string, 'open' | 'done'>()
  const visit = (name: string): void => {
    if (state.has(name)) {
      if (state.get(name) === 'open') types.set(name, ANY)
      return
    }
    state.set(name, 'open')
    const own = (entries.get(name) ?? []).map((entry) => [entry, wordsRead(entry.value)] as const)
    for (const word of own.flatMap(([, words]) => words)) if (entries.has(word)) visit(word)
    for (const [entry, words] of own) compiled.set(entry, compileOne(entry, words, types, explain))
    const found = own.map(([entry]) => compiled.get(entry)?.value.type ?? ANY)
    const before = types.get(name)
    types.set(name, (before === undefined ? found : [before, ...found]).reduce(mergeTypes))
    state.set(name, 'done')
  }
  for (const name of entries.keys()) visit(name)
  return compiled
}

function compileOne(
  entry: YamlEntry,
  words: readonly string[],
  types: ReadonlyMap<string, ValueType>,
  explain: Vocabulary['explain'],
): CompiledVariable {
  const compile = (known: ReadonlyMap<string, ValueType>) => {
    const findings = new Findings()
    return {
      value: compileValue(entry.value, { types: known, explain, used: () => {} }, findings, true),
      findings,
    }
  }
  // An environment costs what it knows, and most read a variable or two; all names serve to explain a mistake.
  const few = compile(new Map(words.flatMap((word) => (types.has(word) ? [[word, types.get(word) as ValueType]] : []))))
  const { value, findings } = few.findings.all.length > 0 ? compile(new Map(types)) : few
  const needs = [...new Set(value.expressions.flatMap((one) => one.needs))]
  return { entry, value, findings, needs, facts: value.expressions.flatMap((one) => one.facts) }
}
