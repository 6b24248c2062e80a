// What the benchmark needs to know about a tool: its name, its command for a case, and how to read its output.
import type { Measured } from './measureCommand.ts'
import type { World } from './world.ts'

export interface Work {
  readonly tasks: 11 | 100
  readonly check: boolean
  /** Of crane-play: the tasks stand in nested blocks with conditions. */
  readonly blocks?: boolean
}

export interface Command {
  readonly words: readonly string[]
  readonly cwd: string
}

/** What a tool says it did; `failed` with its own words. */
export type Outcome = 'unchanged' | 'changed' | { readonly failed: string }

export interface Contender {
  /** `ansible-tuned`: what plans name it by. */
  readonly id: string
  /** Asked of the tool: `Ansible 2.19.11, tuned`. */
  readonly title: string
  /** `floor`: does less than the work, only connects or only starts. */
  readonly kind: 'deploys' | 'floor'
  /** Undefined when the tool has no such way of working. */
  command(work: Work): Command | undefined
  outcome(measured: Measured): Outcome
}

/** Writes the tool's own form and asks it for its version. @throws LabProblem when it is not there */
export type Introduce = (world: World) => Promise<Contender[]>

/** The last lines of what a tool said, for a person who wants to know why. */
export const lastWords = ({ status, stdout, stderr }: Measured): string =>
  `status ${status}: ${(stderr.trim() || stdout.trim()).split('\n').slice(-3).join(' | ').slice(-400)}`
