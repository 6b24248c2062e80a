// A probe is one typed, read-only question to a host; a kind of probe asks many of them in one script.

/**
 * How one kind of question is asked and its answer read. `Detail` is what is asked besides the subject, `Value` is the
 * answer. The script must not write anything, and must answer for every subject it is given.
 */
export interface ProbeKind<Detail = unknown, Value = unknown> {
  readonly name: string
  /** Shell functions that the script calls: name → body. They are sent to a host once. */
  readonly functions: Readonly<Record<string, string>>
  /** One script for all questions of this kind. */
  script(questions: readonly Question<Detail>[]): string
  /**
   * Returns one value for each question, in order, from what the script wrote; a `Refusal` where there is to be none.
   * Throws `GarbledAnswer` when the text is not what the script would write.
   */
  read(stdout: Buffer, questions: readonly Question<Detail>[]): readonly (Value | Refusal)[]
  /** Makes one question of two about the same subject. */
  merge?(a: Detail, b: Detail): Detail
  /**
   * The script never exits, leaves options, IFS and directory of the shell as they were, and needs no variable of its own
   * afterwards: it is run without a subshell, which saves a process.
   */
  readonly inShell?: boolean
  /** What it answers is secret and stays out of traces. */
  readonly secret?: boolean
  /** Returns true when a predicted value leaves open what is asked: the content of a file that is not made yet. */
  isOpen?(value: Value, detail: Detail): boolean
  /** Returns true when the value says that there is no such thing; a package installed later may bring it. */
  isAbsent?(value: Value): boolean
  /** The subject is a path, and this is the answer where there is nothing. What changes the path concerns the other kinds that have this. */
  readonly nowhere?: Value
  /** The paths at and below which a change from one answer to another makes others read something else. */
  touches?(subject: string, before: Value, after: Value): readonly string[]
  /** The answer may follow from any change, on this host or another: a command's output. Or only from a command's. */
  readonly followsAnyChange?: boolean | 'of commands'
}

/** One question of a kind. */
export interface Question<Detail> {
  /** What is asked about: a path, a unit, a package, a command. */
  readonly subject: string
  readonly detail: Detail
}

/** One read-only question whose answer is a `Value`. */
export interface Probe<Value> extends Question<unknown> {
  readonly kind: ProbeKind<never, Value>
  /** `kind subject`: the key under which facts are stored and predicted. */
  readonly key: string
}

/** What `observe` returns: probes by name. One that is undefined is not asked. */
export type Probes = { readonly [name: string]: Probe<unknown> | undefined }

/** What the probes of a task read, under the same names. */
export type Observed<P extends Probes> = {
  readonly [K in keyof P]: Exclude<P[K], undefined> extends Probe<infer V> ? V : never
}

/** Thrown by `ProbeKind.read` for an answer that its script cannot have written. The task fails on that host. */
export class GarbledAnswer extends Error {}

/**
 * What `ProbeKind.read` returns in place of the value of a question that the host is not to answer, such as what is behind
 * a link that anybody can replace. It fails the tasks that need the fact, and no other.
 */
export class Refusal {
  readonly cause: string
  readonly hint: string
  /** `cause`: what is refused and why. `hint`: what to do. */
  constructor(cause: string, hint: string) {
    this.cause = cause
    this.hint = hint
  }
}

/**
 * Makes a probe of a kind. Task types use ready-made probes such as `textFile`; this is for kinds of their own.
 *
 * @param kind - How such questions are asked and read.
 * @param subject - What is asked about. Questions about one subject are merged.
 * @param detail - What is asked besides the subject.
 */
export function probe<Detail, Value>(kind: ProbeKind<Detail, Value>, subject: string, detail: Detail): Probe<Value> {
  return { kind: kind as unknown as ProbeKind<never, Value>, subject, detail, key: `${kind.name} ${subject}` }
}
