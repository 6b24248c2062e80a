// Many probes become one script, one part for each kind; what comes back becomes facts.
import type { TransportFailure } from '../../transport/session.ts'
import type { PartReply, ScriptPart, Script } from '../../transport/session.ts'
import { GarbledAnswer, type Probe, type ProbeKind, type Question } from '../../task/probes/probe.ts'

type AnyKind = ProbeKind<unknown, unknown>

interface Group {
  readonly kind: AnyKind
  readonly probes: Probe<unknown>[]
  readonly questions: Question<unknown>[]
}

/** Probes by key, each subject once; where two ask different things of one subject, both are asked in one. */
export class ProbeBatch {
  readonly #groups = new Map<AnyKind, Group>()
  readonly #places = new Map<string, { readonly group: Group; readonly index: number }>()

  add(probe: Probe<unknown>): void {
    const known = this.#places.get(probe.key)
    if (known) {
      const { group, index } = known
      const before = group.questions[index] as Question<unknown>
      const merged = group.kind.merge?.(before.detail, probe.detail)
      if (merged !== undefined) group.questions[index] = { subject: before.subject, detail: merged }
      return
    }
    const kind = probe.kind as unknown as AnyKind
    let group = this.#groups.get(kind)
    if (!group) this.#groups.set(kind, (group = { kind, probes: [], questions: [] }))
    this.#places.set(probe.key, { group, index: group.probes.length })
    group.probes.push(probe)
    group.questions.push(probe)
  }

  get size(): number {
    return this.#places.size
  }

  parts(): { readonly parts: ScriptPart[]; readonly functions: Record<string, string> } {
    const functions: Record<string, string> = {}
    const parts = [...this.#groups.values()].map(({ kind, questions }): ScriptPart => {
      Object.assign(functions, kind.functions)
      return { as: 'probe', script: kind.script(questions), maxOutput: MAX_ANSWER }
    })
    return { parts, functions }
  }

  /** Hands each fact to `learn`; returns what could not be read, if anything. */
  read(
    replies: readonly PartReply[],
    learn: (probe: Probe<unknown>, value: unknown) => void,
  ): TransportFailure | undefined {
    let failure: TransportFailure | undefined
    ;[...this.#groups.values()].forEach((group, i) => {
      const reply = replies[i]
      const problem = reply?.ran ? readGroup(group, reply, learn) : 'the shell ended before it was asked'
      if (problem !== undefined) failure ??= unreadable(group, problem, reply)
    })
    return failure
  }
}

/** Bytes; a host that answers with more has been asked about something huge, or is hostile. */
const MAX_ANSWER = 8 * 1024 * 1024

function readGroup(
  group: Group,
  reply: PartReply,
  learn: (probe: Probe<unknown>, value: unknown) => void,
): string | undefined {
  if (reply.dropped) return `it answered with more than ${MAX_ANSWER} bytes`
  try {
    const values = group.kind.read(reply.stdout, group.questions)
    group.probes.forEach((probe, i) => learn(probe, values[i]))
    return undefined
  } catch (error) {
    if (error instanceof GarbledAnswer) return error.message
    throw error
  }
}

function unreadable({ kind, questions }: Group, problem: string, reply: PartReply | undefined): TransportFailure {
  const subjects = questions.slice(0, 3).map((question) => question.subject)
  return {
    kind: 'garbled',
    cause: `what the host says of ${kind.name} ${subjects.join(', ')}${questions.length > 3 ? ', …' : ''} cannot be read: ${problem}`,
    tried: `observe ${kind.name}`,
    exitStatus: reply?.status ?? null,
    ...(reply?.stderr && { lastLines: reply.stderr }),
  }
}

/** A script of probes alone. */
export const probeScript = (batch: ProbeBatch, deadlineMs: number): Script => ({ ...batch.parts(), deadlineMs })
