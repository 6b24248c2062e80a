// A probe is one typed, read-only question to a host; a kind of probe knows how to ask many of them at once.

/**
 * How one kind of question is asked and its answer read. `Detail` is what is asked beyond the subject,
 * `Value` what the answer means. The script must not write, and must answer for every subject it is given.
 */
export interface ProbeKind<Detail = unknown, Value = unknown> {
  readonly name: string
  /** Shell functions the script calls: name → body. They are sent to a host once. */
  readonly functions: Readonly<Record<string, string>>
  /** One script for all questions of this kind. */
  script(questions: readonly Question<Detail>[]): string
  /**
   * One value for each question, in order, from what the script wrote.
   * Throws GarbledAnswer when the text is not what the script would write.
   */
  read(stdout: Buffer, questions: readonly Question<Detail>[]): readonly Value[]
  /** One question in place of two on the same subject. */
  merge?(a: Detail, b: Detail): Detail
  /** True when the value says that there is no such thing; a package installed later may bring it. */
  isAbsent?(value: Value): boolean
}

export interface Question<Detail> {
  readonly subject: string
  readonly detail: Detail
}

export interface Probe<Value> extends Question<unknown> {
  readonly kind: ProbeKind<never, Value>
  /** `kind subject`: facts are stored, predicted and compared under this key. */
  readonly key: string
}

/** A probe that is left out (undefined) is not asked. */
export type Probes = { readonly [name: string]: Probe<unknown> | undefined }

/** What the probes of a task read, under the same names. */
export type Observed<P extends Probes> = {
  readonly [K in keyof P]: Exclude<P[K], undefined> extends Probe<infer V> ? V : never
}

export class GarbledAnswer extends Error {}

export function probe<Detail, Value>(kind: ProbeKind<Detail, Value>, subject: string, detail: Detail): Probe<Value> {
  return { kind: kind as unknown as ProbeKind<never, Value>, subject, detail, key: `${kind.name} ${subject}` }
}
