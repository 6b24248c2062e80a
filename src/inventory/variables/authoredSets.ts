// The expressions in force on a host, as one map for all hosts that have the same ones: plays compile and remember by it.
import { type AuthoredValues, NOTHING_AUTHORED } from '../../text/authored.ts'
import type { YamlEntry } from '../../text/yamlTree.ts'
import type { SetValue } from './setValue.ts'

export class AuthoredSets {
  readonly #known = new Map<string, AuthoredValues>([['', NOTHING_AUTHORED]])
  readonly #ids = new Map<YamlEntry, number>()

  /** Those of `before` that are not set again, and those of the values that are to be evaluated. */
  among(sets: readonly (readonly [string, SetValue])[], before: AuthoredValues = NOTHING_AUTHORED): AuthoredValues {
    if (!sets.some(([name, { authored }]) => authored ?? before.has(name))) return before
    const found = new Map(before)
    for (const [name, { authored }] of sets) {
      if (authored) found.set(name, authored)
      else found.delete(name)
    }
    const key = [...found.values()]
      .map((entry) => this.#idOf(entry))
      .sort((a, b) => a - b)
      .join()
    const known = this.#known.get(key)
    if (known) return known
    this.#known.set(key, found)
    return found
  }

  /** An entry belongs to one name. */
  #idOf(entry: YamlEntry): number {
    let id = this.#ids.get(entry)
    if (id === undefined) this.#ids.set(entry, (id = this.#ids.size + 1))
    return id
  }
}
