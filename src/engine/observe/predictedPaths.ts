// What predicted changes of paths mean for what other kinds of probes read at them and below them.
import { UNKNOWN } from '../../model/computed.ts'
import type { Probe } from '../../task/probes/probe.ts'

interface PathChange {
  readonly path: string
  /**
   * `made`: only whether it is a link is not known. `led`: a link leads elsewhere, or a tree is copied there, and nobody
   * knows what is read through it. `doubted`: nobody knows what is there itself.
   */
  readonly what: 'gone' | 'made' | 'led' | 'doubted'
  readonly because: string
  /** The number of the change. */
  readonly at: number
}

/** What a probe reads by a prediction, and the task whose change it follows from. */
export interface Predicted {
  readonly value: unknown
  readonly because: string
}

export class PredictedPaths {
  readonly #changes: PathChange[] = []

  /** A change makes `probe` read `after` instead of `before`. */
  note(probe: Probe<unknown>, before: unknown, after: unknown, because: string, at: number): void {
    const { kind, subject } = probe
    if (after === UNKNOWN) return this.doubt(probe, because, at)
    if (kind.nowhere === undefined) return
    if (kind.touches && before !== undefined && before !== UNKNOWN) {
      for (const path of kind.touches(subject, before as never, after as never))
        this.#changes.push({ path, what: 'led', because, at })
      return
    }
    const isAbsent = (value: unknown) => value === undefined || value === UNKNOWN || kind.isAbsent?.(value as never)
    const what = isAbsent(after)
      ? 'gone'
      : kind.name === 'link'
        ? 'led'
        : kind.name === 'file' && isAbsent(before)
          ? 'made'
          : undefined
    if (what) this.#changes.push({ path: subject, what, because, at })
  }

  /** What `probe` reads after a change, or after a task that could not be decided, is not known. */
  doubt({ kind, subject }: Probe<unknown>, because: string, at: number): void {
    if (kind.nowhere === undefined) return
    const what = kind.name === 'link' || kind.touches ? 'led' : 'doubted'
    this.#changes.push({ path: subject, what, because, at })
  }

  /** By the last change that concerns the probe, if one did after `since`. */
  read({ kind, subject }: Probe<unknown>, since: number): Predicted | undefined {
    if (this.#changes.length === 0 || kind.nowhere === undefined) return undefined
    const change = this.#changes.findLast(({ path, what, at }) => {
      if (at <= since) return false
      if (what === 'made') return kind.name === 'link' && subject === path
      return subject === path || (what !== 'doubted' && subject.startsWith(`${path}/`))
    })
    return change && { value: change.what === 'gone' ? kind.nowhere : UNKNOWN, because: change.because }
  }
}
