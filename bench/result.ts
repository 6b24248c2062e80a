// What every part of the benchmark hands over: measured figures and checked claims, as plain data that is stored as JSON.

export interface BenchOptions {
  /** Under three minutes in all parts together, few hosts, for every change; otherwise the full tables. */
  readonly quick: boolean
  /** Of the peers only the tables whose title holds this text. */
  readonly only?: string
  /** Says what is being done now, one line without an end of line. */
  readonly say: (line: string) => void
}

/** Each part of the benchmark exports one of these as `run`. */
export type BenchPart = (options: BenchOptions) => Promise<BenchResult[]>

export type Unit = 'ms' | 'µs' | 'bytes' | 'count' | 'ratio'

/** One number over several runs of the same thing. */
export interface Figure {
  readonly unit: Unit
  readonly median: number
  readonly least: number
  readonly most: number
  /**
   * The mean of the quickest third, at least two where there are two. Whatever else the machine does only adds to a time,
   * so the lower ones say most of the tool itself, and a mean of several of them differs less from one table to the next
   * than the least alone.
   */
  readonly quickest: number
}

/** A claim that was tried. Exact or a generous ratio, never a bound on wall time. */
export interface Check {
  /** Such as `round trips of an unchanged run`. */
  readonly what: string
  /** Such as `at most 2`. */
  readonly expected: string
  /** Such as `2`. */
  readonly measured: string
  readonly passed: boolean
}

/** One row of a table. */
export interface BenchResult {
  readonly part: 'peers' | 'fleet' | 'connections'
  /** The table it stands in, such as `nothing to change, 11 tasks, 20 hosts`. */
  readonly table: string
  /** What was measured, with its version where it has one: `crane-play`, `Ansible 2.19.4, tuned`. */
  readonly subject: string
  /** What claims name the subject by: `ansible-tuned`. */
  readonly id?: string
  readonly hosts: number
  readonly tasks: number
  /** How often it was run; 0 when it could not be had, and then `note` says why. */
  readonly runs: number
  /** By a column's name, in the order of the columns: `wall`, `controller CPU`, `peak memory`, `round trips`. */
  readonly figures: Readonly<Record<string, Figure>>
  readonly checks: readonly Check[]
  readonly note?: string
}
