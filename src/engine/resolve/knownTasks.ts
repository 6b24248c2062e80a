// What tasks ask, kept by the values that decide it: most hosts of a fleet have the same, and the tasks of a block.
import type { FactUse } from '../../model/computed.ts'
import type { FactLook, FactState } from './factReader.ts'
import type { ReadyTask } from './readyTask.ts'

/**
 * Which fact an evaluation reads first follows from the variables, and which one next from what the first one is. A fact
 * that nobody could read is not kept.
 */
interface AfterFacts {
  readonly read: FactUse
  readonly next: Map<unknown, Known>
}

type Known = { readonly ready: ReadyTask } | AfterFacts

/**
 * Kept for each task, or for each list of conditions. Where more hosts than this differ from each other, remembering
 * them would only take room.
 */
const LIMIT = 256

interface Kept {
  readonly byKey: Map<string, Known>
  size: number
}

export class KnownTasks {
  readonly #kept = new Map<object, Kept>()
  readonly #ids = new WeakMap<object, number>()
  #nextId = 0

  /** Strings and numbers by what they are, objects by which one it is: values never change. */
  key(values: readonly unknown[]): string {
    let key = ''
    for (const value of values) key += this.#keyOf(value)
    return key
  }

  find(owner: object, key: string, look?: FactLook): ReadyTask | undefined {
    let known = this.#kept.get(owner)?.byKey.get(key)
    while (known && 'read' in known && look)
      known = known.next.get(tokenOf(look.state(known.read.name, known.read.key)))
    return known && 'ready' in known ? known.ready : undefined
  }

  keep(owner: object, key: string, reads: readonly (FactUse & { readonly state: FactState })[], ready: ReadyTask) {
    let kept = this.#kept.get(owner)
    if (!kept || kept.size >= LIMIT) this.#kept.set(owner, (kept = { byKey: new Map(), size: 0 }))
    const steps = once(reads)
    if (steps.some(({ state }) => tokenOf(state) === undefined)) return
    kept.size++
    let place: Map<unknown, Known> = kept.byKey
    let at: unknown = key
    for (const { name, key: about, state } of steps) {
      let known = place.get(at)
      if (!known || 'ready' in known) place.set(at, (known = { read: { name, key: about }, next: new Map() }))
      place = known.next
      at = tokenOf(state)
    }
    place.set(at, { ready })
  }

  #keyOf(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return `s${value.length}:${value}`
      case 'object': {
        if (value === null) return 'null,'
        let id = this.#ids.get(value)
        if (id === undefined) this.#ids.set(value, (id = this.#nextId++))
        return `o${id},`
      }
      default:
        return `${String(value)},`
    }
  }
}

/** Undefined: not to be kept. Equal values of a fact are one object. */
function tokenOf(state: FactState): unknown {
  switch (state.state) {
    case 'known':
      return state.value
    case 'missing':
      return MISSING
    case 'unknown':
      return Symbol.for(`because ${state.because}`)
    case 'unreadable':
      return undefined
  }
}

const MISSING = Symbol('missing')

/** A fact that is read twice is the same both times. */
function once<T extends FactUse>(reads: readonly T[]): readonly T[] {
  const seen = new Set<string>()
  return reads.filter(({ name, key }) => {
    const fact = JSON.stringify([name, key])
    return !seen.has(fact) && seen.add(fact)
  })
}
