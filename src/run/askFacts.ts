// Asks hosts for facts outside of a run: one exchange with each, and each host fails alone.
import type { Host, Json } from '../model/inventory.ts'
import type { Failure, Outcome } from '../model/result.ts'
import { identityOf } from '../engine/hostRun.ts'
import { ProbeBatch, probeScript, UnreadableFact } from '../engine/observe/probeBatch.ts'
import { SessionPool } from '../engine/sessionPool.ts'
import type { FactType } from '../task/defineFact.ts'
import type { ConnectOptions, Transport, TransportFailure } from '../transport/session.ts'

/** A fact and, where it is about one of many things, which. */
export interface FactRequest {
  /** As it was asked for: `os`, `service[sshd]`. */
  readonly label: string
  readonly fact: FactType
  readonly key: string
}

export interface FactAnswers {
  readonly host: string
  /** By label. */
  readonly values: ReadonlyMap<string, Json>
  readonly failure?: Failure
  readonly outcome: Extract<Outcome, 'ok' | 'failed' | 'unreachable'>
}

export interface FactQuestions {
  readonly hosts: readonly Host[]
  readonly requests: readonly FactRequest[]
  readonly transport: Transport
  readonly connect: ConnectOptions
  readonly forks: number
  readonly deadlineMs: number
}

/** In the order of the hosts. Never rejects. */
export async function askFacts(questions: FactQuestions): Promise<readonly FactAnswers[]> {
  const { hosts, transport, connect, forks } = questions
  const pool = new SessionPool(forks, (host) => transport.connect(host, connect))
  const answers = await Promise.all(hosts.map((host) => askHost(host, pool, questions)))
  await pool.close()
  return answers
}

async function askHost(host: Host, pool: SessionPool, { requests, deadlineMs }: FactQuestions): Promise<FactAnswers> {
  const probes = requests.map(({ fact, key }) => fact.probe(key))
  const batch = new ProbeBatch()
  for (const probe of probes) batch.add(probe)
  return pool.use(host, async (connected) => {
    if (!connected.ok) return unanswered(host, connected.failure)
    const reply = await connected.session.run(identityOf(host), probeScript(batch, deadlineMs))
    if (!reply.ok) return unanswered(host, reply.failure)
    const learned = new Map<string, unknown>()
    batch.read(reply.parts, (probe, value) => learned.set(probe.key, value))
    const values = new Map<string, Json>()
    let failure: Failure | undefined
    for (const [i, { label, fact }] of requests.entries()) {
      const value = learned.get(probes[i]?.key ?? '')
      if (value instanceof UnreadableFact) failure ??= value.failure
      else {
        try {
          values.set(label, fact.read(value))
        } catch (error) {
          // Whatever a fact's reading throws, it is at a loss with what this host answered.
          failure ??= { cause: `cannot read the fact ${label}: ${messageOf(error)}`, tried: `observe ${label}` }
        }
      }
    }
    return { host: host.name, values, outcome: failure ? 'failed' : 'ok', ...(failure && { failure }) }
  })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function unanswered(host: Host, failure: TransportFailure): FactAnswers {
  const unreachable = failure.kind === 'unreachable' || failure.kind === 'refused'
  return { host: host.name, values: new Map(), failure, outcome: unreachable ? 'unreachable' : 'failed' }
}
