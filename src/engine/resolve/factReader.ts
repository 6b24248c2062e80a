// Reads facts for expressions from what is known of a host, and the same value is the same object on all hosts.
import { type FactUse, UNKNOWN, type Unknown } from '../../model/computed.ts'
import type { FactByKey, HostFacts } from '../../model/facts.ts'
import type { Json } from '../../model/inventory.ts'
import type { Failure } from '../../model/result.ts'
import type { FactType } from '../../task/defineFact.ts'
import type { Probe } from '../../task/probes/probe.ts'
import type { HostRun } from '../hostRun.ts'
import type { FactStore } from '../observe/factStore.ts'

/** Who looks, and whether what check mode predicts counts. */
export interface Look {
  readonly run: HostRun
  /** Of the one who looks on that host; see `identityKey`. */
  readonly identity: (on: HostRun) => string
  readonly predicted: boolean
}

/** A fact of the host whose task it is, or of the one that the task is delegated to. */
export interface WantedFact {
  readonly probe: Probe<unknown>
  readonly delegate?: HostRun
}

export type FactState =
  | { readonly state: 'known'; readonly value: Json }
  | { readonly state: 'missing' }
  | { readonly state: 'unknown'; readonly because: string }
  | { readonly state: 'unreadable'; readonly failure: Failure }

interface Read {
  readonly raw: unknown
  readonly state: FactState
}

export class FactReader {
  readonly #types: ReadonlyMap<string, FactType>
  readonly #probes = new Map<string, Probe<unknown>>()
  /** Values by their JSON: few differ, and what was worked out for one host serves all that have the same. */
  readonly #values = new Map<string, FactState>()
  /** What was read of a host's answers, by identity and fact. */
  readonly #read = new WeakMap<FactStore, Map<string, Read>>()
  /** Of every look: a getter for each fact. */
  readonly #prototype: object

  constructor(types: ReadonlyMap<string, FactType>) {
    this.#types = types
    this.#prototype = prototypeFor(types)
  }

  look(look: Look): FactLook {
    return new FactLook(this, look, this.#prototype)
  }

  probe({ name, key }: FactUse): Probe<unknown> {
    const label = labelOf(name, key)
    let probe = this.#probes.get(label)
    if (!probe) this.#probes.set(label, (probe = this.#type(name).probe(key)))
    return probe
  }

  read(run: HostRun, identity: string, predicted: boolean, name: string, key: string): FactState {
    const reading = run.facts.read(identity, { it: this.probe({ name, key }) }, { predicted })
    if (reading.state !== 'known') return reading
    // What is absent may be there by then.
    if (reading.unless !== undefined) return { state: 'unknown', because: reading.unless }
    const raw = reading.observed['it']
    let known = this.#read.get(run.facts)
    if (!known) this.#read.set(run.facts, (known = new Map()))
    const place = `${identity} ${labelOf(name, key)}`
    const before = known.get(place)
    if (before && before.raw === raw) return before.state
    const state = this.#make(name, key, raw)
    known.set(place, { raw, state })
    return state
  }

  #make(name: string, key: string, raw: unknown): FactState {
    try {
      const value = this.#type(name).read(raw)
      const text = `${name} ${JSON.stringify(value)}`
      let state = this.#values.get(text)
      if (!state) this.#values.set(text, (state = { state: 'known', value: freeze(value) }))
      return state
    } catch (error) {
      // Whatever a fact's reading throws, it is at a loss with what this host answered.
      const label = labelOf(name, key)
      const why = error instanceof Error ? error.message : String(error)
      return { state: 'unreadable', failure: { cause: `cannot read ${label}: ${why}`, tried: `observe ${label}` } }
    }
  }

  #type(name: string): FactType {
    const type = this.#types.get(name)
    if (!type) throw new Error(`the fact ${name} was validated but not given to the engine`)
    return type
  }
}

/** One evaluation's look at the facts of a host, and what came of it. */
export class FactLook {
  readonly #reader: FactReader
  readonly #look: Look
  /** In the order in which they were read. */
  readonly reads: (FactUse & { readonly state: FactState; readonly delegate?: HostRun })[] = []
  /** What expressions see. */
  readonly facts: HostFacts
  /** Reads of facts that must be asked first. */
  missing = 0
  readonly #prototype: object
  #own: string | undefined

  constructor(reader: FactReader, look: Look, prototype: object) {
    this.#reader = reader
    this.#look = look
    this.#prototype = prototype
    this.facts = this.#seen(undefined)
  }

  /** What the expressions of a task see that is delegated to the host. */
  factsOf(host: HostRun): HostFacts {
    return host === this.#look.run ? this.facts : this.#seen(host)
  }

  #seen(delegate: HostRun | undefined): HostFacts {
    const value = (name: string, key: string) => this.#value(name, key, delegate)
    return Object.create(this.#prototype, { [LOOK]: { value } }) as HostFacts
  }

  state(name: string, key: string, delegate?: HostRun): FactState {
    const { run, identity, predicted } = this.#look
    const on = delegate ?? run
    const who = delegate ? identity(delegate) : (this.#own ??= identity(run))
    return this.#reader.read(on, who, predicted, name, key)
  }

  #value(name: string, key: string, delegate?: HostRun): Json | Unknown {
    const state = this.state(name, key, delegate)
    this.reads.push({ name, key, state, ...(delegate && { delegate }) })
    if (state.state === 'missing') this.missing++
    return state.state === 'known' ? state.value : UNKNOWN
  }

  /** Why a value that depends on what was read is not known; undefined: it is not on account of facts. */
  get unknown(): Extract<FactState, { state: 'unknown' | 'unreadable' }> | undefined {
    const states = this.reads.map(({ state }) => state)
    return states.find((state) => state.state === 'unreadable') ?? states.find((state) => state.state === 'unknown')
  }

  /** All that was read. */
  get wanted(): readonly WantedFact[] {
    return this.reads.map((read) => ({
      probe: this.#reader.probe(read),
      ...(read.delegate && { delegate: read.delegate }),
    }))
  }
}

const LOOK = Symbol('look')
type WithLook = { readonly [LOOK]: (name: string, key: string) => Json | Unknown }

function prototypeFor(types: ReadonlyMap<string, FactType>): object {
  const prototype = {}
  for (const { name, key } of types.values())
    Object.defineProperty(prototype, name, {
      enumerable: true,
      get(this: WithLook): Json | Unknown | FactByKey {
        const value = this[LOOK]
        return key === undefined ? value(name, '') : { at: (one: string) => value(name, one) }
      },
    })
  return prototype
}

const labelOf = (name: string, key: string): string => (key === '' ? `facts.${name}` : `facts.${name}['${key}']`)

function freeze(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) freeze(inner as Json)
  return Object.freeze(value)
}
