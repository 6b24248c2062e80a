// What a proof with ccon reports of a job that was not proved, and what it is explained by.

/** A job that was not proved, as the proof's script reports it. */
export interface CconFailure {
  /** `stage`, and where they are known `job`, `node`, `state`, `code`, `status`, `directory`. */
  readonly facts: ReadonlyMap<string, string>
  /** What ccon printed. */
  readonly said: string
  /** Last lines of the node's logs, the container's first. */
  readonly logs?: readonly string[]
}

/** Which layer is at fault, and what to do. */
export interface Explanation {
  readonly cause: string
  readonly hint: string
}
