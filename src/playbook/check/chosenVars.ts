// Files of variables that each host names for itself: which ones are in force on it.
import { evaluate } from '../../language/computed.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import type { Compiled } from '../../language/compileTemplate.ts'
import type { Scope } from '../../model/computed.ts'
import { type Diagnostic, mistake } from '../../model/diagnostic.ts'
import type { Findings } from '../../text/findings.ts'
import type { YamlEntry } from '../../text/yamlTree.ts'
import type { ParsedVarsChoice } from '../parse/parsed.ts'
import { compileFileChoice } from './compileFileChoice.ts'

export interface ChosenVars {
  /** Paths of the files, in the order of `vars_files`. */
  readonly files: string
  readonly entries: readonly YamlEntry[]
  readonly mistakes: readonly Diagnostic[]
}

const CHOOSE_VALUES = "choose each value: {{ facts.os.family == 'redhat' ? … : … }}, or the tasks with include_tasks"

export class VarsChoices {
  readonly #choices: readonly { readonly path: Compiled; readonly choice: ParsedVarsChoice }[]

  constructor(choices: readonly ParsedVarsChoice[], vocabulary: Vocabulary, findings: Findings) {
    this.#choices = choices.map((choice) => ({
      path: compileFileChoice(choice.file, [...choice.candidates.keys()], vocabulary, findings),
      choice,
    }))
  }

  /** What the names are made of. */
  get needs(): readonly string[] {
    return this.#choices.flatMap(({ path }) => path.expressions.flatMap((one) => one.needs))
  }

  /** Of the files whose names follow from these variables. */
  madeOf(names: ReadonlySet<string>): readonly Diagnostic[] {
    return this.#choices.flatMap(({ path: { at, expressions } }) =>
      expressions.some(({ needs }) => needs.some((need) => names.has(need)))
        ? mistake('facts-choose-vars', 'variables are read before facts are known', at, CHOOSE_VALUES)
        : [],
    )
  }

  /** `scope`: the host's variables without those of the chosen files. */
  on(scope: Scope): ChosenVars {
    const files: string[] = []
    const entries = new Map<string, YamlEntry>()
    const mistakes: Diagnostic[] = []
    for (const { path, choice } of this.#choices) {
      const found = evaluate(() => String(path.render(scope)))
      if (found.ok) {
        files.push(found.value)
        for (const entry of choice.candidates.get(found.value) ?? []) entries.set(entry.key, entry)
      } else if (!found.unknown) mistakes.push(found.diagnostic)
    }
    return { files: files.join('\n'), entries: [...entries.values()], mistakes }
  }
}
