// Asks hosts questions outside of a run: one exchange with each, and each host fails alone.
import type { Host } from '../model/inventory.ts'
import type { Failure } from '../model/result.ts'
import { identityOf } from '../engine/hostRun.ts'
import { ProbeBatch, probeScript } from '../engine/observe/probeBatch.ts'
import { SessionPool } from '../engine/sessionPool.ts'
import type { Probe } from '../task/probes/probe.ts'
import type { ConnectOptions, Transport, TransportFailure } from '../transport/session.ts'

export interface HostQuestions {
  readonly hosts: readonly Host[]
  readonly probesOf: (host: Host) => readonly Probe<unknown>[]
  readonly transport: Transport
  readonly connect: ConnectOptions
  readonly forks: number
  readonly deadlineMs: number
}

/** `learned`: by the probes' keys; an `UnreadableFact` where an answer cannot be read. */
export type HostAnswers =
  | { readonly host: Host; readonly learned: ReadonlyMap<string, unknown> }
  | { readonly host: Host; readonly failure: Failure; readonly outcome: 'failed' | 'unreachable' }

/** In the order of the hosts. Never rejects. */
export async function askHosts(questions: HostQuestions): Promise<readonly HostAnswers[]> {
  const { hosts, transport, connect, forks } = questions
  const pool = new SessionPool(forks, (host) => transport.connect(host, connect))
  const answers = await Promise.all(hosts.map((host) => askHost(host, pool, questions)))
  await pool.close()
  return answers
}

async function askHost(host: Host, pool: SessionPool, questions: HostQuestions): Promise<HostAnswers> {
  const batch = new ProbeBatch()
  for (const probe of questions.probesOf(host)) batch.add(probe)
  return pool.use(host, async (connected) => {
    if (!connected.ok) return unanswered(host, connected.failure)
    const reply = await connected.session.run(identityOf(host), probeScript(batch, questions.deadlineMs))
    if (!reply.ok) return unanswered(host, reply.failure)
    const learned = new Map<string, unknown>()
    batch.read(reply.parts, (probe, value) => learned.set(probe.key, value))
    return { host, learned }
  })
}

function unanswered(host: Host, failure: TransportFailure): HostAnswers {
  const unreachable = failure.kind === 'unreachable' || failure.kind === 'refused'
  return { host, failure, outcome: unreachable ? 'unreachable' : 'failed' }
}
