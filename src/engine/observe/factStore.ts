// The facts of one host as its probes read them, overlaid with the state that check mode predicts.
import { UNKNOWN, UNKNOWN_TEXT } from '../../model/computed.ts'
import type { Failure } from '../../model/result.ts'
import type { MayCreate } from '../../model/decision.ts'
import type { Probe, Probes } from '../../task/probes/probe.ts'
import { type Predicted, PredictedPaths } from './predictedPaths.ts'
import { UnreadableFact } from './probeBatch.ts'

interface Prediction extends Predicted {
  /** The number of the change. */
  readonly at: number
}

export type Reading =
  /** `unless`: something is taken to be absent that the named earlier change may bring. */
  | { readonly state: 'known'; readonly observed: Readonly<Record<string, unknown>>; readonly unless?: string }
  /** At least one probe must be asked first. */
  | { readonly state: 'missing' }
  | { readonly state: 'unknown'; readonly because: string }
  | { readonly state: 'unreadable'; readonly failure: Failure }

export class FactStore {
  /** Per identity, since what may be seen depends on who looks: identity → probe key → value. */
  readonly #facts = new Map<string, Map<string, unknown>>()
  readonly #predicted = new Map<string, Prediction>()
  readonly #paths = new PredictedPaths()
  /** Tasks that may have changed any subject of a kind of probe, any path, or anything. */
  readonly #doubts: { readonly kind?: Probe<unknown>['kind']; readonly because: string; readonly at: number }[] = []
  #changes = 0
  #lastChange: string | undefined
  #lastCommand: string | undefined
  /** Earlier changes that may bring into being what is absent now. */
  readonly #mayAppear: { readonly may: MayCreate; readonly because: string }[] = []

  /** Reads all of a task's probes, predictions over facts. */
  read(identity: string, probes: Probes, { predicted = true } = {}): Reading {
    const facts = this.#facts.get(identity)
    const observed: Record<string, unknown> = {}
    let because: string | undefined
    let unless: string | undefined
    let unreadable: UnreadableFact | undefined
    for (const name in probes) {
      const probe = probes[name]
      if (!probe) continue
      const prediction = predicted ? this.#prediction(probe) : undefined
      if (prediction) {
        if (isUnknown(prediction.value, probe)) because ??= prediction.because
        observed[name] = prediction.value
        continue
      }
      if (predicted && probe.kind.followsAnyChange)
        because ??= probe.kind.followsAnyChange === true ? this.#lastChange : this.#lastCommand
      const value = facts?.get(probe.key)
      if (value === undefined) return { state: 'missing' }
      if (value instanceof UnreadableFact) {
        unreadable ??= value
        continue
      }
      if (predicted && this.#mayAppear.length > 0 && probe.kind.isAbsent?.(value)) {
        unless ??= this.#mayAppear.find(({ may }) => mayAppear(may, probe))?.because
      }
      observed[name] = value
    }
    if (unreadable) return { state: 'unreadable', failure: unreadable.failure }
    if (because !== undefined) return { state: 'unknown', because }
    return unless === undefined ? { state: 'known', observed } : { state: 'known', observed, unless }
  }

  has(identity: string, probe: Probe<unknown>): boolean {
    return this.#facts.get(identity)?.has(probe.key) ?? false
  }

  learn(identity: string, probe: Probe<unknown>, value: unknown): void {
    let facts = this.#facts.get(identity)
    if (!facts) this.#facts.set(identity, (facts = new Map()))
    facts.set(probe.key, value)
  }

  /** Something may have changed: everything must be asked again. */
  forget(): void {
    this.#facts.clear()
  }

  /** These are asked again before anything is decided on them. */
  forgetThese(identity: string, probes: Probes): void {
    for (const probe of Object.values(probes)) if (probe) this.#facts.get(identity)?.delete(probe.key)
  }

  /** Check mode: a change is not made, so what a command would print afterwards is not known. */
  leaveOut(change: string, isCommand = false): void {
    this.#lastChange = change
    if (isCommand) this.#lastCommand = change
  }

  /** The last change that was predicted and not made. */
  get leftOut(): string | undefined {
    return this.#lastChange
  }

  /** Check mode: what a change that is not made would do to these probes. */
  predict(probes: Probes, after: Readonly<Record<string, unknown>>, because: string, mayCreate?: MayCreate): void {
    if (mayCreate) this.#mayAppear.push({ may: mayCreate, because })
    const at = ++this.#changes
    for (const [name, value] of Object.entries(after)) {
      const probe = probes[name]
      if (!probe || value === undefined) continue
      this.#paths.note(probe, this.#lastValue(probe), value, because, at)
      this.#predicted.set(probe.key, { value, because, at })
    }
  }

  #prediction(probe: Probe<unknown>): Predicted | undefined {
    const own = this.#predicted.get(probe.key)
    const doubt = this.#doubts.findLast(({ kind }) => kind === undefined || mayConcern(kind, probe.kind))
    const last = doubt && doubt.at > (own?.at ?? 0) ? { ...doubt, value: UNKNOWN } : own
    return this.#paths.read(probe, last?.at ?? 0) ?? last
  }

  /** As it was predicted last, or read by whichever user. */
  #lastValue(probe: Probe<unknown>): unknown {
    const predicted = this.#prediction(probe)
    if (predicted) return predicted.value
    return [...this.#facts.values()].map((facts) => facts.get(probe.key)).find((value) => value !== undefined)
  }

  /**
   * Check mode: a task that could not be decided may change all that it looks at: anything of a kind where it is not known
   * which, and anything at all where there are no probes.
   */
  doubt(probes: Probes | undefined, because: string): void {
    const at = ++this.#changes
    if (!probes) this.#doubts.push({ because, at })
    for (const probe of Object.values(probes ?? {}))
      if (probe?.subject.includes(UNKNOWN_TEXT)) this.#doubts.push({ kind: probe.kind, because, at })
      else if (probe) {
        this.#predicted.set(probe.key, { value: UNKNOWN, because, at })
        this.#paths.doubt(probe, because, at)
      }
  }
}

/** What is at a path is asked by several kinds. */
const mayConcern = (doubted: Probe<unknown>['kind'], kind: Probe<unknown>['kind']): boolean =>
  doubted.name === kind.name || (doubted.nowhere !== undefined && kind.nowhere !== undefined)

const isUnknown = (value: unknown, { kind, detail }: Probe<unknown>): boolean =>
  value === UNKNOWN || kind.isOpen?.(value as never, detail as never) === true

const mayAppear = ({ kinds, above }: MayCreate, { kind, subject }: Probe<unknown>): boolean =>
  (kinds === undefined || kinds.includes(kind.name)) && (above === undefined || above.startsWith(`${subject}/`))
