// defineChecks: what `crane-play doctor` looks for in one area, as its author declares it, with its types erased for the program.
import type { Observed, Probes } from '../task/index.ts'

/** Where daemons of CraneSched run: the groups `control`, `compute` and `login` of the inventory. */
export type Role = 'control' | 'compute' | 'login'

/** The host that is looked at. */
export interface CheckedHost {
  readonly name: string
  readonly roles: ReadonlySet<Role>
  /** The names of all compute nodes of the inventory. */
  readonly computeNodes: readonly string[]
}

/** What a person reads about a check, on the terminal and in docs/doctor.md. */
export interface CheckText {
  /** Unique, in camelCase: what `--json` calls the finding. */
  readonly name: string
  /** What users or administrators notice. */
  readonly symptom: string
  readonly cause: string
  /** What to do: an imperative. */
  readonly fix: string
  /** The playbook that does it: what `--fix` runs. */
  readonly playbook?: string
  /** The inputs that the playbook needs, as after `-e`. */
  readonly inputs?: readonly string[]
}

/** One host, and what the area read of it. */
export interface HostFacts<Facts> {
  readonly host: CheckedHost
  readonly facts: Facts
}

/** One check: `find` looks at a host alone, `compare` at all hosts that were asked. */
export type Check<Facts> = CheckText &
  (
    | {
        /** Returns the evidence from the host, or undefined where all is well. */
        readonly find: (facts: Facts, host: CheckedHost) => string | undefined
      }
    | {
        /** Returns the evidence by host. */
        readonly compare: (hosts: readonly HostFacts<Facts>[]) => readonly (readonly [host: string, evidence: string])[]
      }
  )

/** Checks that rest on the same questions. */
export interface CheckArea<P extends Probes, Facts> {
  /** A heading: `containerd`. */
  readonly title: string
  /** The hosts that are asked. */
  readonly on: readonly Role[]
  /** Read-only questions, from the host's place in the inventory alone. */
  readonly observe: (host: CheckedHost) => P
  /** From the answers to what the checks look at; undefined where the area has nothing to say about the host. */
  readonly read: (observed: Observed<P>, host: CheckedHost) => Facts | undefined
  readonly checks: readonly Check<Facts>[]
}

/** An area with its types erased. */
export type AnyCheckArea = CheckArea<Probes, unknown>

/** Takes an area and returns what a file in checks/ exports as default. */
export const defineChecks = <P extends Probes, Facts>(area: CheckArea<P, Facts>): AnyCheckArea =>
  area as unknown as AnyCheckArea
