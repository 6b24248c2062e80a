// Asks all hosts what the checks need, in one exchange with each, and judges what they answered.
import type { AnyCheckArea, CheckedHost, CheckText, Role } from '../container/defineChecks.ts'
import { UnreadableFact } from '../engine/observe/probeBatch.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Probe } from '../task/probes/probe.ts'
import { reading } from '../task/probes/reading.ts'
import { askHosts, type HostQuestions } from './askHosts.ts'
import { passwordHider } from './hidePasswords.ts'

/** A check that found something. */
export interface CheckFinding {
  readonly check: CheckText
  /** The evidence by host, in the order of the hosts. */
  readonly evidence: ReadonlyMap<string, string>
}

export interface Diagnosis {
  readonly findings: readonly CheckFinding[]
  /** Hosts, or areas of a host, that could not be judged, and why. */
  readonly unanswered: readonly {
    readonly host: string
    readonly cause: string
    readonly outcome: 'failed' | 'unreachable'
  }[]
  /** How many checks were made on how many hosts. */
  readonly checks: number
  readonly hosts: number
}

export interface DiagnosisRequest extends Omit<HostQuestions, 'probesOf'> {
  readonly areas: Iterable<AnyCheckArea>
  readonly inventory: Inventory
}

/** Much of what the checks read is for root alone: another user would get findings that are not true. */
const USER = reading('doctor user', 'id -u')

const ROLES: readonly Role[] = ['control', 'compute', 'login']

/** Never rejects. */
export async function diagnose({ areas: given, inventory, ...questions }: DiagnosisRequest): Promise<Diagnosis> {
  const areas = [...given]
  const computeNodes = inventory.groups.get('compute')?.hosts ?? []
  const places = new Map<string, CheckedHost>()
  for (const { name } of questions.hosts) {
    const roles = new Set(ROLES.filter((role) => inventory.groups.get(role)?.hosts.includes(name)))
    places.set(name, { name, roles, computeNodes })
  }
  const place = (name: string) => places.get(name) ?? { name, roles: new Set<Role>(), computeNodes }
  const asked = (area: AnyCheckArea, host: CheckedHost) => area.on.some((role) => host.roles.has(role))
  const answers = await askHosts({
    ...questions,
    probesOf: ({ name }) => {
      const here = areas.filter((area) => asked(area, place(name)))
      return [USER, ...here.flatMap((area) => Object.values(area.observe(place(name))))].filter(isProbe)
    },
  })
  const unanswered: Diagnosis['unanswered'][number][] = []
  const findings = new Map<CheckText, Map<string, string>>()
  const hide = passwordHider(questions.hosts)
  const found = (check: CheckText, host: string, evidence: string) => {
    findings.set(check, (findings.get(check) ?? new Map<string, string>()).set(host, hide(evidence)))
  }
  const lost = (host: string, cause: string, outcome: 'failed' | 'unreachable' = 'failed') =>
    void unanswered.push({ host, cause: hide(cause), outcome })
  const judged = new Set<string>()
  for (const answer of answers) {
    if ('failure' in answer) lost(answer.host.name, answer.failure.cause, answer.outcome)
    else if (answer.learned.get(USER.key) !== '0\n')
      lost(answer.host.name, 'the checks need root: log in as root, or use -b')
    else judged.add(answer.host.name)
  }
  for (const area of areas) {
    const read = answers.flatMap((answer) => {
      const host = place(answer.host.name)
      if ('failure' in answer || !judged.has(host.name) || !asked(area, host)) return []
      const observed: Record<string, unknown> = {}
      for (const [name, probe] of Object.entries(area.observe(host))) {
        if (!probe) continue
        const value = answer.learned.get(probe.key)
        if (value instanceof UnreadableFact) {
          lost(host.name, `${area.title}: ${value.failure.cause}`)
          return []
        }
        observed[name] = value
      }
      return trying(host.name, area, () => {
        const facts = area.read(observed as never, host)
        return facts === undefined ? [] : [{ host, facts }]
      })
    })
    for (const check of area.checks) {
      if ('compare' in check) for (const [host, evidence] of check.compare(read)) found(check, host, evidence)
      else
        for (const { host, facts } of read)
          for (const evidence of trying(host.name, area, () => check.find(facts, host) ?? []))
            found(check, host.name, evidence)
    }
  }
  /** Whatever reading an answer throws, it is at a loss with what this host answered. */
  function trying<T>(host: string, area: AnyCheckArea, judge: () => T | readonly T[]): readonly T[] {
    try {
      const value = judge()
      return Array.isArray(value) ? value : [value as T]
    } catch (error) {
      lost(
        host,
        `${area.title}: cannot judge what the host answered (${error instanceof Error ? error.message : String(error)})`,
      )
      return []
    }
  }
  return {
    findings: Array.from(findings, ([check, evidence]) => ({ check, evidence })),
    unanswered,
    checks: areas.reduce((sum, area) => sum + area.checks.length, 0),
    hosts: answers.length,
  }
}

const isProbe = (probe: Probe<unknown> | undefined): probe is Probe<unknown> => probe !== undefined
