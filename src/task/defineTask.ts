// defineTask: a task type as its author declares it, with its type parameters erased for the engine.
import type { Static, TObject } from 'typebox'
import type { ControllerTree } from '../model/controllerTree.ts'
import type { JsonSchema, TaskFacts, TaskTypeInfo } from '../model/catalogue.ts'
import type { Json } from '../model/inventory.ts'
import type { Decision } from './decision.ts'
import type { Observed, Probes } from './probes/probe.ts'
import type { Step, StepOutput } from './steps/step.ts'

/** What is known of the controller's directory that a task names. */
export interface TreeContext {
  /** The directory that the parameter of `controllerTree` names. Undefined: it cannot be read, and `decide` is not called. */
  readonly tree?: ControllerTree | undefined
}

/** What `observe` may use besides the parameters. */
export interface ObserveContext extends TreeContext {
  /** For a handler: the files written by the tasks that notify it. Empty for a task. */
  readonly watched: readonly string[]
  /** The task's `environment:`, which commands that are asked as probes need too. */
  readonly environment?: Readonly<Record<string, string>>
}

/** What `decide` may use besides the parameters and the observed facts. All of it is data. */
export interface DecideContext extends ObserveContext {
  /** The host's name in the inventory. */
  readonly host: string
  /** True for a handler that was notified in this run and has not run since. */
  readonly notified: boolean
  /** Microseconds since the epoch: a time later than everything observed, for predictions. */
  readonly predictedTime: number
  /** The controller's clock, in microseconds since the epoch. */
  readonly now: number
  /** The contents of the controller's files, by the values of the parameters listed in `controllerFiles`. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** The files listed in `controllerKeeps` as they are now, by the values of those parameters. */
  readonly kept: ReadonlyMap<string, KeptFile>
}

/** A file of the controller that a task makes where it is absent. */
export interface KeptFile {
  /** Absolute. */
  readonly path: string
  /** Null where it is absent. */
  readonly content: Uint8Array | null
}

/** A file on a host: by the host's name in the inventory, or by the first label of it. */
export interface FollowUp {
  readonly host: string
  readonly path: string
}

/** A file of another host and its last 16 KiB. */
export interface FollowUpRead extends FollowUp {
  readonly text: string
}

/** What `defineTask` takes. */
export interface TaskDefinition<Params extends TObject, P extends Probes, Plan, Result extends TObject> {
  /** The key in a playbook. The file has the same name. */
  readonly name: string
  /** One sentence in the third person: `Sets keys of a TOML file and leaves the rest as it was.` */
  readonly summary: string
  /** The schema of the parameters. Every field has a `description`. */
  readonly params: Params
  /** The schema of what `register` stores besides `changed`, `failed`, `skipped` and `outcome`. */
  readonly result?: Result
  /** The parameter that a bare value sets: `installPackage: containerd`. */
  readonly shorthand?: keyof Static<Params> & string
  /** Mistakes that the schema cannot express. `path` is a JSON pointer into the parameters; `task.changedWhen`: it has `changed_when`. */
  readonly check?: (
    params: Static<Params>,
    task: TaskFacts,
  ) => readonly { readonly path: string; readonly message: string; readonly hint?: string }[]
  /** Parameters that name a file of the controller whose content `decide` needs: absolute, or relative to the playbook file. */
  readonly controllerFiles?: readonly (keyof Static<Params> & string)[]
  /**
   * Parameters that name a file of the controller which `apply` makes where it is absent: absolute, relative to the playbook
   * file, or below `~/`.
   */
  readonly controllerKeeps?: readonly (keyof Static<Params> & string)[]
  /**
   * The parameter that names a directory of the controller, which `observe` and `decide` get as `context.tree`, and the one
   * with the globs of what is left out of it. Absolute, or relative to the playbook file.
   */
  readonly controllerTree?: {
    readonly directory: keyof Static<Params> & string
    readonly exclude: keyof Static<Params> & string
  }
  /** Parameters that name a template file: absolute, or relative to the playbook file. The task gets the rendered text. */
  readonly templates?: readonly (keyof Static<Params> & string)[]
  /** Parameters that a shell reads, where they are strings: a variable in them that may need quotes is warned of. */
  readonly shellTexts?: readonly (keyof Static<Params> & string)[]
  /** Whether `changed_when` and `failed_when` may judge its result. */
  readonly judgedByUser?: boolean
  /** The files the task writes. A handler that the task notifies watches them. */
  readonly writes?: (params: Static<Params>, context: TreeContext) => readonly string[]
  /** As a handler, it is also considered without a notification: its facts say whether it is still due. */
  readonly dueByFacts?: boolean
  /** What it looks at may change with what other hosts do (a shared directory): it is asked again after them. */
  readonly followsOthers?: boolean
  /** The read-only questions, from the parameters alone. */
  readonly observe: (params: Static<Params>, context: ObserveContext) => P
  /** A pure function. It is not called while a fact that it asked for is unknown. */
  readonly decide: (input: {
    readonly params: Static<Params>
    readonly observed: Observed<P>
    readonly context: DecideContext
  }) => Decision<Observed<P>, Plan>
  /** The steps to make on the host, from the plan that `decide` made. A task type without it only looks. */
  readonly apply?: (input: { readonly params: Static<Params>; readonly plan: Plan }) => readonly Step[]
  /** The data to register, from the output of the steps. */
  readonly collect?: (outputs: readonly StepOutput[], params: Static<Params>) => Static<Result>
  /** Files of other hosts whose last lines explain a failed step. They are read only after the failure. */
  readonly followUp?: (input: {
    readonly failed: StepOutput
    readonly params: Static<Params>
    readonly plan: Plan
  }) => readonly FollowUp[]
  /** A better cause and hint for a failed step. `read` has the files of `followUp` that could be read. */
  readonly explain?: (
    failed: StepOutput,
    params: Static<Params>,
    read: readonly FollowUpRead[],
  ) => { readonly cause: string; readonly hint?: string } | undefined
  /** Seconds allowed for `apply`. The task's `timeout:` overrides it. Default: 300. */
  readonly deadlineSeconds?: number | ((params: Static<Params>) => number)
}

type Params = Readonly<Record<string, Json>>

/** A task type as the engine sees it, with every type parameter erased. What a file in tasks/ exports as default. */
export interface TaskType extends TaskTypeInfo {
  readonly dueByFacts: boolean
  readonly followsOthers: boolean
  readonly controllerFiles: readonly string[]
  readonly controllerKeeps?: readonly string[]
  readonly controllerTree?: NonNullable<TaskTypeInfo['controllerTree']>
  writes(params: Params, context?: TreeContext): readonly string[]
  observe(params: Params, context: ObserveContext): Probes
  decide(input: {
    readonly params: Params
    readonly observed: Readonly<Record<string, unknown>>
    readonly context: DecideContext
  }): Decision<Readonly<Record<string, unknown>>, unknown>
  apply?(input: { readonly params: Params; readonly plan: unknown }): readonly Step[]
  collect?(outputs: readonly StepOutput[], params: Params): Readonly<Record<string, Json>>
  followUp?(input: {
    readonly failed: StepOutput
    readonly params: Params
    readonly plan: unknown
  }): readonly FollowUp[]
  explain?(
    failed: StepOutput,
    params: Params,
    read: readonly FollowUpRead[],
  ): { readonly cause: string; readonly hint?: string } | undefined
  deadlineSeconds(params: Params): number
}

const DEFAULT_DEADLINE_SECONDS = 300

/** A misspelt parameter is a mistake and must not be ignored. */
const closed = (params: TObject) => ({ ...params, additionalProperties: false }) as unknown as JsonSchema

/**
 * Makes a task type from its definition. The file exports the result as default.
 *
 * @param definition - Name, summary, parameters, `observe`, `decide` and `apply`; see the fields of `TaskDefinition`.
 * @returns The task type. Parameters that the schema does not name are refused when a playbook is checked.
 * @example
 * export default defineTask({
 *   name: 'ensureHostname',
 *   summary: 'Sets the host name.',
 *   params: Type.Object({ name: Type.String({ description: 'The host name.' }) }),
 *   observe: () => ({ now: commandOutput('hostname') }),
 *   decide: ({ params, observed: { now } }) =>
 *     now.stdout.trim() === params.name
 *       ? ok()
 *       : change({
 *           note: `set the host name to ${params.name}`,
 *           after: { now: { status: 0, stdout: `${params.name}\n` } },
 *           plan: {},
 *         }),
 *   apply: ({ params }) => [command('hostnamectl', 'set-hostname', params.name)],
 * })
 */
export function defineTask<Params extends TObject, P extends Probes, Plan, Result extends TObject = TObject>(
  definition: TaskDefinition<Params, P, Plan, Result>,
): TaskType {
  const { params, result, deadlineSeconds = DEFAULT_DEADLINE_SECONDS, ...rest } = definition
  const erased = {
    controllerFiles: [],
    writes: () => [],
    dueByFacts: false,
    followsOthers: false,
    ...rest,
    params: closed(params),
    ...(result && { result: result as unknown as JsonSchema }),
    deadlineSeconds: typeof deadlineSeconds === 'function' ? deadlineSeconds : () => deadlineSeconds,
  }
  return erased as unknown as TaskType
}
