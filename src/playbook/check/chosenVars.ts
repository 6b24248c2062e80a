// Files of variables that each host names for itself: what they set on it, or may set once its facts are known.
import type { CompiledVariable } from '../../language/compileVariables.ts'
import { evaluate } from '../../language/computed.ts'
import type { Compiled } from '../../language/compileTemplate.ts'
import { NOT_KNOWN } from '../../language/unknownRead.ts'
import { ANY } from '../../language/valueType.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import type { Scope } from '../../model/computed.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import { Findings } from '../../text/findings.ts'
import type { YamlEntry, YamlNode } from '../../text/yamlTree.ts'
import type { ParsedVarsChoice } from '../parse/parsed.ts'
import { compileFileChoice } from './compileFileChoice.ts'
import type { InForce } from './liveVariables.ts'
import { findCycles } from './variableCycles.ts'

/** What a file sets that is chosen when the variable is read; its own entry is that of `vars_files`. */
export interface ChosenVariable extends CompiledVariable {
  /** What each of the files sets. */
  readonly candidates: readonly YamlEntry[]
  /** In force where the host's file does not set it. */
  readonly beneath?: CompiledVariable
  /** With nothing in force beneath: the name under which the scope has the host's own value. */
  readonly plain: string
}

export const isChosen = (variable: CompiledVariable | undefined): variable is ChosenVariable =>
  variable !== undefined && 'candidates' in variable

interface Choice {
  readonly path: Compiled
  /** Of `vars_files`. */
  readonly written: YamlNode
  /** What each file sets. */
  readonly files: ReadonlyMap<string, ReadonlyMap<string, CompiledVariable>>
  /** What is in force with each file, by what is in force without it. */
  readonly layers: Map<InForce, Map<string | typeof LATER | typeof NONE, InForce>>
}

/** In place of a file: it is not known before the run, or the host has none, which is reported. */
const LATER = Symbol('later')
const NONE = Symbol('none')

export class VarsChoices {
  readonly #choices: readonly Choice[]
  readonly #checked = new WeakSet<InForce>()
  /** Variables whose files are not known before the run. */
  readonly chosen: ChosenVariable[] = []

  constructor(
    choices: readonly ParsedVarsChoice[],
    compiled: ReadonlyMap<YamlEntry, CompiledVariable>,
    vocabulary: Vocabulary,
    findings: Findings,
  ) {
    const variablesOf = (entries: readonly YamlEntry[]) =>
      new Map(entries.flatMap((entry) => compiled.get(entry) ?? []).map((one) => [one.entry.key, one]))
    this.#choices = choices.map(({ file, candidates }) => ({
      path: compileFileChoice(file, [...candidates.keys()], vocabulary, findings),
      written: file,
      files: new Map(Array.from(candidates, ([path, entries]) => [path, variablesOf(entries)])),
      layers: new Map(),
    }))
  }

  /** What the names are made of. */
  get needs(): readonly string[] {
    return this.#choices.flatMap(({ path }) => needsOf(path))
  }

  /**
   * What is in force on a host with its files over `inForce`; each name may follow from the files before it.
   * `scopeWith`: the host's variables with that in force.
   */
  on(inForce: InForce, scopeWith: (inForce: InForce) => Scope): { inForce: InForce; mistakes: readonly Diagnostic[] } {
    const mistakes: Diagnostic[] = []
    let all = inForce
    for (const choice of this.#choices) {
      let layers = choice.layers.get(all)
      if (!layers) {
        findCycles(all, needsOf(choice.path))
        choice.layers.set(all, (layers = new Map()))
      }
      const scope = scopeWith(all)
      const found = evaluate(() => String(choice.path.render(scope)))
      if (!found.ok && !found.unknown) mistakes.push(found.diagnostic)
      const file = found.ok ? found.value : found.unknown ? LATER : NONE
      let layer = layers.get(file)
      if (!layer) layers.set(file, (layer = new Map([...all, ...this.#setBy(choice, file, all)])))
      all = layer
    }
    if (!this.#checked.has(all)) findCycles(all)
    this.#checked.add(all)
    return { inForce: all, mistakes }
  }

  #setBy(choice: Choice, file: string | typeof LATER | typeof NONE, before: InForce): InForce {
    if (typeof file === 'string') return choice.files.get(file) ?? new Map()
    const names = new Set([...choice.files.values()].flatMap((variables) => [...variables.keys()]))
    const make = file === LATER ? chosenLater : chosenNever
    const made = Array.from(names, (name) => make(name, choice, before.get(name)))
    this.chosen.push(...made)
    return new Map(made.map((variable) => [variable.entry.key, variable]))
  }
}

const needsOf = ({ expressions }: Compiled): readonly string[] => expressions.flatMap(({ needs }) => needs)

/** Set by the file of the host, else by what is beneath. */
function chosenLater(name: string, { path, written, files }: Choice, beneath?: CompiledVariable): ChosenVariable {
  const variables = new Map(Array.from(files, ([file, set]) => [file, set.get(name)]))
  const candidates = [...variables.values()].filter((one) => one !== undefined)
  const parts = beneath ? [...candidates, beneath] : candidates
  const plain = isChosen(beneath) ? beneath.plain : `${name} of the host`
  const { at, expressions } = path
  return {
    entry: { key: name, keyAt: at, value: written },
    value: {
      at,
      expressions,
      type: ANY,
      render(scope) {
        const variable = variables.get(String(path.render(scope))) ?? beneath
        // Undefined: it is set in no place.
        return variable ? variable.value.render(scope) : (scope[plain] as Json)
      },
    },
    needs: [...new Set([...needsOf(path), ...parts.flatMap(({ needs }) => needs), ...(beneath ? [] : [plain])])],
    facts: [...expressions.flatMap(({ facts }) => facts), ...parts.flatMap(({ facts }) => facts)],
    findings: new Findings(),
    candidates: candidates.map(({ entry }) => entry),
    ...(beneath && { beneath }),
    plain,
  }
}

/** Without its file, what all files set is not missing for a second reason. */
function chosenNever(name: string, choice: Choice): ChosenVariable {
  const variable = chosenLater(name, choice)
  const render = () => {
    throw NOT_KNOWN
  }
  return { ...variable, needs: [], facts: [], value: { ...variable.value, render } }
}
