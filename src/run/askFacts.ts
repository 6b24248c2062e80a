// Asks hosts for facts outside of a run: one exchange with each, and each host fails alone.
import type { Json } from '../model/inventory.ts'
import type { Failure, Outcome } from '../model/result.ts'
import { UnreadableFact } from '../engine/observe/probeBatch.ts'
import type { FactType } from '../task/defineFact.ts'
import { askHosts, type HostAnswers, type HostQuestions } from './askHosts.ts'
import { passwordHider } from './hidePasswords.ts'

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

export interface FactQuestions extends Omit<HostQuestions, 'probesOf'> {
  readonly requests: readonly FactRequest[]
}

/** In the order of the hosts. Never rejects. */
export async function askFacts({ requests, ...questions }: FactQuestions): Promise<readonly FactAnswers[]> {
  const probes = requests.map(({ fact, key }) => fact.probe(key))
  const answers = await askHosts({ ...questions, probesOf: () => probes })
  const hide = passwordHider(questions.hosts)
  return answers.map((answer) => {
    const { values, failure, ...rest } = readFacts(answer, requests)
    return { ...rest, values: new Map(hide([...values])), ...(failure && { failure: hide(failure) }) }
  })
}

function readFacts(answer: HostAnswers, requests: readonly FactRequest[]): FactAnswers {
  const host = answer.host.name
  if ('failure' in answer) return { host, values: new Map(), failure: answer.failure, outcome: answer.outcome }
  const values = new Map<string, Json>()
  let failure: Failure | undefined
  for (const { label, fact, key } of requests) {
    const value = answer.learned.get(fact.probe(key).key)
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
  return { host, values, outcome: failure ? 'failed' : 'ok', ...(failure && { failure }) }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
