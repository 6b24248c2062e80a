// defineTask: what an author states of a task type, and the same with its types erased for the engine.
import type { Static, TObject } from 'typebox'
import type { JsonSchema, TaskTypeInfo } from '../model/catalogue.ts'
import type { Json } from '../model/inventory.ts'
import type { Decision } from './decision.ts'
import type { Observed, Probes } from './probes/probe.ts'
import type { Step, StepOutput } from './steps/step.ts'

/** What observe may know besides the parameters. */
export interface ObserveContext {
  /** For a handler: the files that the tasks which notify it write. Otherwise empty. */
  readonly watched: readonly string[]
}

/** What decide may know besides the parameters and what was observed. All of it is data. */
export interface DecideContext extends ObserveContext {
  readonly host: string
  /** A handler that was notified in this run and has not run since. */
  readonly notified: boolean
  /** Microseconds since the epoch: a time later than all that was observed, for predictions. */
  readonly predictedTime: number
  /** The controller's clock, microseconds since the epoch. */
  readonly now: number
  /** The contents of the controller's files, by the names that the parameters of `controllerFiles` have. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

export interface TaskDefinition<Params extends TObject, P extends Probes, Plan, Result extends TObject> {
  /** The key in a playbook; the file has the same name. */
  readonly name: string
  /** One sentence, third person: `Sets keys of a TOML file and leaves the rest as it was.` */
  readonly summary: string
  readonly params: Params
  /** What `register` stores beyond changed, failed, skipped, outcome. */
  readonly result?: Result
  /** The parameter that a bare value sets: `installPackage: containerd`. */
  readonly shorthand?: keyof Static<Params> & string
  /** What the schema cannot say. `path` is a JSON pointer into the parameters. */
  readonly check?: (
    params: Static<Params>,
  ) => readonly { readonly path: string; readonly message: string; readonly hint?: string }[]
  /** Parameters that name a file of the controller whose content decide needs: absolute, or beside the task's file. */
  readonly controllerFiles?: readonly (keyof Static<Params> & string)[]
  /** Files that the task writes; what a handler watches that this task notifies. */
  readonly writes?: (params: Static<Params>) => readonly string[]
  /** As a handler it is considered without a notification too: its facts say whether it is still due. */
  readonly dueByFacts?: boolean
  /** Read-only questions, from the parameters alone. */
  readonly observe: (params: Static<Params>, context: ObserveContext) => P
  /** Pure. Never called while a fact it asked for cannot be known. */
  readonly decide: (input: {
    readonly params: Static<Params>
    readonly observed: Observed<P>
    readonly context: DecideContext
  }) => Decision<Observed<P>, Plan>
  /** What to do on the host, from the plan that decide made. */
  readonly apply: (input: { readonly params: Static<Params>; readonly plan: Plan }) => readonly Step[]
  /** Data to register, from what the steps gave back. */
  readonly collect?: (outputs: readonly StepOutput[], params: Static<Params>) => Static<Result>
  /** A better cause and hint for a failed step. */
  readonly explain?: (
    failed: StepOutput,
    params: Static<Params>,
  ) => { readonly cause: string; readonly hint?: string } | undefined
  /** For apply, in seconds; `timeout:` of the task overrides it. Default 300. */
  readonly deadlineSeconds?: number | ((params: Static<Params>) => number)
}

type Params = Readonly<Record<string, Json>>

/** A task type as the engine sees it: every type parameter erased. */
export interface TaskType extends TaskTypeInfo {
  readonly dueByFacts: boolean
  readonly controllerFiles: readonly string[]
  writes(params: Params): readonly string[]
  observe(params: Params, context: ObserveContext): Probes
  decide(input: {
    readonly params: Params
    readonly observed: Readonly<Record<string, unknown>>
    readonly context: DecideContext
  }): Decision<Readonly<Record<string, unknown>>, unknown>
  apply(input: { readonly params: Params; readonly plan: unknown }): readonly Step[]
  collect?(outputs: readonly StepOutput[], params: Params): Readonly<Record<string, Json>>
  explain?(failed: StepOutput, params: Params): { readonly cause: string; readonly hint?: string } | undefined
  deadlineSeconds(params: Params): number
}

const DEFAULT_DEADLINE_SECONDS = 300

/** A misspelt parameter is a mistake, not a wish that is ignored. */
const closed = (params: TObject) => ({ ...params, additionalProperties: false }) as unknown as JsonSchema

/** Takes a definition and returns the task type that a file in tasks/ exports as default. */
export function defineTask<Params extends TObject, P extends Probes, Plan, Result extends TObject = TObject>(
  definition: TaskDefinition<Params, P, Plan, Result>,
): TaskType {
  const { params, result, deadlineSeconds = DEFAULT_DEADLINE_SECONDS, ...rest } = definition
  const erased = {
    controllerFiles: [],
    writes: () => [],
    dueByFacts: false,
    ...rest,
    params: closed(params),
    ...(result && { result: result as unknown as JsonSchema }),
    deadlineSeconds: typeof deadlineSeconds === 'function' ? deadlineSeconds : () => deadlineSeconds,
  }
  return erased as unknown as TaskType
}
