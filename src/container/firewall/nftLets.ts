// What rules of nftables decide about new TCP connections to a port, as `nft -j list ruleset` prints them.
import { mapAt } from '../craneConfigFile.ts'
import type { NftRuleset } from './firewallState.ts'

type Rule = NonNullable<NonNullable<NftRuleset['nftables']>[number]['rule']>

/**
 * Takes a ruleset and returns whether it lets somebody reach a port over IPv4. A condition that is not known here, such as
 * a source, holds for somebody: so no port is called closed that may be open.
 */
export function nftLets({ nftables = [] }: NftRuleset, port: number): boolean {
  const rules = nftables.flatMap(({ rule }) => rule ?? [])
  const seesIt = nftables.flatMap(({ chain }) =>
    chain?.hook === 'input' && chain.type === 'filter' && chain.family !== 'ip6' ? [chain] : [],
  )
  return seesIt.every(({ family, table, name, policy }) => {
    const inTable = rules.filter((rule) => rule.family === family && rule.table === table)
    return (verdictOf(inTable, name, port) ?? policy) !== 'drop'
  })
}

/** Jumps of nftables go no deeper. */
const DEPTH = 16

function verdictOf(rules: readonly Rule[], chain: string, port: number, depth = 0): 'accept' | 'drop' | undefined {
  for (const { expr } of rules.filter((rule) => rule.chain === chain)) {
    const all = expr.map((part) =>
      'match' in part ? matchOf(part, port) : 'xt' in part || 'limit' in part ? 'maybe' : 'yes',
    )
    if (all.includes('no')) continue
    for (const { holds, action } of expr.flatMap((part) => actionsOf(part, port))) {
      const isForAll = holds === 'yes' && !all.includes('maybe')
      const target = mapAt(action, 'jump')['target'] ?? mapAt(action, 'goto')['target']
      const verdict =
        'accept' in action
          ? 'accept'
          : 'drop' in action || 'reject' in action
            ? 'drop'
            : typeof target === 'string' && depth < DEPTH
              ? verdictOf(rules, target, port, depth + 1)
              : undefined
      if (verdict === 'accept' || (verdict === 'drop' && isForAll)) return verdict
      if (isForAll && ('return' in action || 'goto' in action)) return undefined
    }
  }
  return undefined
}

type Answer = 'yes' | 'no' | 'maybe'

/** What a part of a rule does: itself, or those verdicts of a map whose key may be meant. */
function actionsOf(part: object, port: number): readonly { readonly holds: Answer; readonly action: object }[] {
  if (!('vmap' in part)) return [{ holds: 'yes', action: part }]
  const { key, data } = mapAt(part, 'vmap')
  const entries = itemsOf(data).flatMap((entry) =>
    Array.isArray(entry) ? [entry as unknown as readonly [unknown, object]] : [],
  )
  return entries
    .map(([right, action]) => ({ holds: holds(key, right, port), action }))
    .filter((one) => one.holds !== 'no')
}

function matchOf(part: object, port: number): Answer {
  const { op, left, right } = mapAt(part, 'match')
  const answer = holds(left, right, port)
  if (op !== '!=' || answer === 'maybe') return answer
  return answer === 'yes' ? 'no' : 'yes'
}

/** Whether it is so for the first packet of a TCP connection that comes from another host. */
function holds(left: unknown, right: unknown, port: number): Answer {
  const { protocol, field } = mapAt({ left }, 'left', 'payload')
  if (field === 'dport' && (protocol === 'tcp' || protocol === 'th')) return includes(right, port)
  if (field === 'protocol') return includes(right, 'tcp')
  if (typeof protocol === 'string') return /^(udp|udplite|sctp|dccp|icmp|icmpv6|ip6)$/.test(protocol) ? 'no' : 'maybe'
  const key = mapAt({ left }, 'left', 'meta')['key'] ?? mapAt({ left }, 'left', 'ct')['key']
  if (key === 'l4proto') return includes(right, 'tcp')
  if (key === 'state') return includes(right, 'new')
  if (key === 'iifname' || key === 'iif') return right === 'lo' ? 'no' : 'maybe'
  return 'maybe'
}

const itemsOf = (of: unknown): readonly unknown[] => {
  const items = Array.isArray(of) ? (of as unknown[]) : mapAt({ of }, 'of')['set']
  return Array.isArray(items) ? (items as unknown[]) : [of]
}

/** A set that has a name is printed elsewhere. */
function includes(right: unknown, value: string | number): Answer {
  const answers = itemsOf(right).map((item): Answer => {
    const range = mapAt({ item }, 'item')['range']
    if (Array.isArray(range))
      return Number(range[0]) <= Number(value) && Number(value) <= Number(range[1]) ? 'yes' : 'no'
    return typeof item === 'string' && item.startsWith('@') ? 'maybe' : item === value ? 'yes' : 'no'
  })
  return answers.includes('yes') ? 'yes' : answers.includes('maybe') ? 'maybe' : 'no'
}
