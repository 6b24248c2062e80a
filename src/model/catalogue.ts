// What the playbook's checks need to know of a task type; the engine knows more (see src/task/defineTask.ts).

/** A JSON Schema (draft 2020-12 subset that TypeBox writes). */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** What the checks of a task type may know of the task besides its parameters. */
export interface TaskFacts {
  /** It has `changed_when`. */
  readonly changedWhen: boolean
}

export interface TaskTypeInfo {
  readonly name: string
  readonly summary: string
  /** Always of type object with additionalProperties false. */
  readonly params: JsonSchema
  /** Fields that a registered result has beyond `changed`, `failed`, `skipped`, `outcome`. */
  readonly result?: JsonSchema
  /** A bare scalar or list allowed in place of the map: `installPackage: containerd` sets this parameter. */
  readonly shorthand?: string
  /**
   * Parameters that hold conditions without braces, one or a list. They are compiled like `when`; the task gets a list of
   * `{ condition, holds }`, see ConditionValue.
   */
  readonly conditions?: readonly string[]
  /**
   * Parameters that name a template file, absolute or beside the file of the task. It is compiled and checked at load; the
   * task gets its rendered text in place of the name.
   */
  readonly templates?: readonly string[]
  /**
   * Parameters that name a file of the controller, absolute or beside the file that the task stands in. It must be there
   * when the run begins, and what hosts answered may not choose it.
   */
  readonly controllerFiles?: readonly string[]
  /** Likewise, but the file may be absent: the task makes it. */
  readonly controllerKeeps?: readonly string[]
  /** The parameter that names a directory of the controller with the same rules, and the one with globs of what is left out. */
  readonly controllerTree?: { readonly directory: string; readonly exclude: string }
  /** Parameters that a shell reads, where they are strings: a variable in them may have to be quoted. */
  readonly shellTexts?: readonly string[]
  /** `changed_when` and `failed_when` may judge its result. */
  readonly judgedByUser?: boolean
  /** Checks that a schema cannot say, on parameters that already fit it. Each string is one message. */
  readonly check?: (
    params: never,
    task: TaskFacts,
  ) => readonly { readonly path: string; readonly message: string; readonly hint?: string }[]
}

/** All task types by name. */
export type Catalogue = ReadonlyMap<string, TaskTypeInfo>
