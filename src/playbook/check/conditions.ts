// Compiles the conditions of tasks: a block's once for all of its tasks that read the same.
import { compileCondition } from '../../language/compileCondition.ts'
import type { Compiled } from '../../language/compileTemplate.ts'
import { templateOf } from '../../language/computed.ts'
import type { ValueType } from '../../language/valueType.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import type { Computed } from '../../model/computed.ts'
import type { Findings } from '../../text/findings.ts'
import type { YamlNode } from '../../text/yamlTree.ts'

/** Conditions that begin a list, and the lists that go on from them. */
interface Beginning {
  readonly list: readonly Computed<boolean>[]
  readonly next: Map<Compiled, Beginning>
}

/** The conditions of one play. */
export class Conditions {
  readonly #compiled = new WeakMap<ReadonlyMap<string, ValueType>, Map<YamlNode, Compiled>>()
  readonly #evaluated = new WeakSet<Compiled>()
  readonly #lists: Beginning = { list: [], next: new Map<Compiled, Beginning>() }

  compile(node: YamlNode, vocabulary: Vocabulary, findings: Findings): Compiled {
    let here = this.#compiled.get(vocabulary.types)
    if (!here) this.#compiled.set(vocabulary.types, (here = new Map<YamlNode, Compiled>()))
    let made = here.get(node)
    if (!made) here.set(node, (made = compileCondition(node, 'when', vocabulary, findings)))
    return made
  }

  /** What the engine sees of them: one and the same list for all tasks that have the same conditions. */
  listOf(conditions: readonly Compiled[]): readonly Computed<boolean>[] {
    let place = this.#lists
    for (const one of conditions) {
      let next = place.next.get(one)
      if (!next) place.next.set(one, (next = { list: [...place.list, templateOf<boolean>(one)], next: new Map() }))
      place = next
    }
    return place.list
  }

  /** Whether they are constant, or were evaluated on the hosts with an earlier task. */
  areKnown(conditions: readonly Compiled[]): boolean {
    return conditions.every((one) => one.constant !== undefined || this.#evaluated.has(one))
  }

  /** They have been evaluated on the hosts. */
  evaluated(conditions: readonly Compiled[]): void {
    for (const one of conditions) this.#evaluated.add(one)
  }
}
