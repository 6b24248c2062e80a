// Combines many probes into one script, one part for each kind, and turns the output into facts.
import type { Failure } from '../../model/result.ts'
import {
  GarbledAnswer,
  type Probe,
  type ProbeKind,
  type Probes,
  type Question,
  Refusal,
} from '../../task/probes/probe.ts'
import type { PartReply, Script, ScriptPart } from '../../transport/session.ts'

type AnyKind = ProbeKind<unknown, unknown>

interface Group {
  readonly kind: AnyKind
  readonly probes: Probe<unknown>[]
  readonly questions: Question<unknown>[]
  /** What it answers stays out of traces. */
  hidden: boolean
}

/** In place of a fact: what the host answered cannot be read, or was refused. It fails the tasks that need it, and no other. */
export class UnreadableFact {
  readonly failure: Failure

  constructor(failure: Failure) {
    this.failure = failure
  }
}

/** Probes by key, each subject once; where two ask different things of one subject, both are asked in one. */
export class ProbeBatch {
  readonly #groups: Group[] = []
  readonly #byKind = new Map<AnyKind, Group>()
  readonly #places = new Map<string, { readonly group: Group; readonly index: number }>()
  /** Those whose script could be made, in the order of their parts. */
  #asked: readonly Group[] = []

  /** `hidden`: what it answers stays out of traces. */
  add(probe: Probe<unknown>, hidden = false): void {
    const known = this.#places.get(probe.key)
    if (known) {
      const { group, index } = known
      group.hidden ||= hidden
      const before = group.questions[index] as Question<unknown>
      const merged = group.kind.merge?.(before.detail, probe.detail)
      if (merged !== undefined) group.questions[index] = { subject: before.subject, detail: merged }
      return
    }
    const kind = probe.kind as unknown as AnyKind
    let group = this.#byKind.get(kind)
    if (!group) this.#byKind.set(kind, (group = this.#newGroup(kind, hidden)))
    group.hidden ||= hidden
    this.#put(probe, group, probe)
  }

  addAll({ probes, hidden }: { readonly probes: Probes; readonly hidden: boolean }): void {
    for (const probe of Object.values(probes)) if (probe) this.add(probe, hidden)
  }

  get size(): number {
    return this.#places.size
  }

  parts(): { readonly parts: ScriptPart[]; readonly functions: Record<string, string> } {
    const functions: Record<string, string> = {}
    const asked: Group[] = []
    const parts = this.#groups.flatMap((group): ScriptPart[] => {
      const script = scriptOf(group)
      if (script === undefined) return []
      asked.push(group)
      Object.assign(functions, group.kind.functions)
      const flags = { ...(group.hidden && { hidden: true }), ...(group.kind.inShell && { inShell: true }) }
      return [{ as: 'probe', script, maxOutput: MAX_ANSWER, ...flags }]
    })
    this.#asked = asked
    return { parts, functions }
  }

  /**
   * Hands each fact to `learn`, an `UnreadableFact` where an answer cannot be read. Returns the probes that are worth
   * asking again one by one: a file may have changed while it was read, and one bad answer spoils those beside it.
   */
  read(replies: readonly PartReply[], learn: (probe: Probe<unknown>, value: unknown) => void): ProbeBatch | undefined {
    const again = new ProbeBatch()
    for (const group of this.#groups) {
      const i = this.#asked.indexOf(group)
      const reply = i < 0 ? undefined : replies[i]
      const values = i < 0 ? 'it could not be asked' : readGroup(group, reply)
      const unreadable = typeof values === 'string' ? new UnreadableFact(failureOf(group, values, reply)) : undefined
      for (const [n, probe] of group.probes.entries()) {
        learn(probe, unreadable ?? valueOf(group, values[n]))
        if (unreadable && i >= 0)
          again.#put(probe, again.#newGroup(group.kind, group.hidden), group.questions[n] ?? probe)
      }
    }
    return again.size > 0 ? again : undefined
  }

  #newGroup(kind: AnyKind, hidden: boolean): Group {
    const group = { kind, probes: [], questions: [], hidden: hidden || kind.secret === true }
    this.#groups.push(group)
    return group
  }

  #put(probe: Probe<unknown>, group: Group, question: Question<unknown>): void {
    this.#places.set(probe.key, { group, index: group.probes.length })
    group.probes.push(probe)
    group.questions.push(question)
  }
}

/** Bytes; a host that answers with more has been asked about something huge, or is hostile. */
const MAX_ANSWER = 8 * 1024 * 1024

/** Undefined: a kind of a site's own that cannot say it. */
function scriptOf({ kind, questions }: Group): string | undefined {
  try {
    return kind.script(questions)
  } catch {
    return undefined
  }
}

/** The values, or why they cannot be read. */
function readGroup({ kind, questions }: Group, reply: PartReply | undefined): readonly unknown[] | string {
  if (!reply?.ran) return 'the shell ended before it was asked'
  if (reply.dropped) return `it answered with more than ${MAX_ANSWER} bytes`
  try {
    const values = kind.read(reply.stdout, questions)
    return values.length === questions.length && !values.includes(undefined)
      ? values
      : `${values.length} of ${questions.length} answers`
  } catch (error) {
    // Whatever a kind throws, it is at a loss with what this host answered.
    return error instanceof GarbledAnswer ? error.message : `unexpected answer (${String(error)})`
  }
}

const valueOf = ({ kind }: Group, value: unknown): unknown =>
  value instanceof Refusal
    ? new UnreadableFact({ cause: value.cause, hint: value.hint, tried: `observe ${kind.name}` })
    : value

function failureOf({ kind, questions }: Group, problem: string, reply: PartReply | undefined): Failure {
  const subjects = questions.slice(0, 3).map((question) => question.subject)
  return {
    cause: `cannot read what the host answered about ${kind.name} ${subjects.join(', ')}${questions.length > 3 ? ', …' : ''}: ${problem}`,
    tried: `observe ${kind.name}`,
    exitStatus: reply?.status ?? null,
    ...(reply?.stderr && { lastLines: reply.stderr }),
  }
}

/** A script of probes alone. */
export const probeScript = (batch: ProbeBatch, deadlineMs: number): Script => ({ ...batch.parts(), deadlineMs })
