// What opens ports to some sources, in the words of each firewall.
import { isIPv6 } from 'node:net'
import { digestOf } from '../../task/index.ts'
import type { FirewallFact, InputChain } from './firewallState.ts'

/** Which ports to open, and who may reach them. */
export interface Opening {
  /** Names the rules: a chain of nftables, a comment of ufw. */
  readonly name: string
  readonly ports: readonly number[]
  readonly protocol: 'tcp' | 'udp'
  /** Addresses and networks. */
  readonly sources: readonly string[]
}

/** As firewalls print it: ports in order, addresses in lower case with the longest run of zeros left out, each once. */
export const openingOf = ({ name, ports, protocol, sources }: Opening): Opening => ({
  name,
  ports: ports.toSorted((a, b) => a - b),
  protocol,
  sources: [...new Set(sources.map(canonical))].toSorted(),
})

function canonical(source: string): string {
  const [address = '', bits] = source.split('/')
  const short = address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address
  return bits === undefined ? short : `${short}/${bits}`
}

type Sources = readonly string[]
const isSix = (source: string): boolean => isIPv6(source.replace(/\/.*/, ''))

/** What a firewall lacks for an opening; empty lists mean that it is open. */
export type Lacking =
  | { readonly tool: 'firewalld'; readonly runtime: readonly string[]; readonly permanent: readonly string[] }
  | { readonly tool: 'ufw'; readonly rules: readonly string[] }
  | { readonly tool: 'nftables'; readonly chains: readonly InputChain[] }

/** Takes what is in force and returns what it lacks. */
export function lackingOf(fact: Exclude<FirewallFact, { tool: 'none' }>, opening: Opening): Lacking {
  if (fact.tool === 'firewalld') {
    const rules = richRules(opening)
    const without = (there: readonly string[]) => rules.filter((rule) => !there.includes(rule))
    return { tool: fact.tool, runtime: without(fact.runtime), permanent: without(fact.permanent) }
  }
  if (fact.tool === 'ufw')
    return { tool: fact.tool, rules: ufwRules(opening).filter((rule) => !fact.added.includes(rule)) }
  const mark = markOf(opening)
  return { tool: fact.tool, chains: fact.chains.filter(({ marks }) => !marks.includes(mark)) }
}

/** Takes what is in force and returns what the probe reads once it is open. */
export function withRules(fact: Exclude<FirewallFact, { tool: 'none' }>, opening: Opening): typeof fact {
  const lacking = lackingOf(fact, opening)
  const joined = (a: readonly string[], b: readonly string[]) => [...a, ...b].toSorted()
  if (fact.tool === 'firewalld' && lacking.tool === 'firewalld') {
    const [runtime, permanent] = [joined(fact.runtime, lacking.runtime), joined(fact.permanent, lacking.permanent)]
    return { tool: fact.tool, runtime, permanent }
  }
  if (fact.tool === 'ufw' && lacking.tool === 'ufw')
    return { tool: fact.tool, added: joined(fact.added, lacking.rules) }
  if (fact.tool !== 'nftables') return fact
  const marked = (chain: InputChain): InputChain => ({
    ...chain,
    marks: joined(
      chain.marks.filter((mark) => !isOf(opening)(mark)),
      [markOf(opening)],
    ),
  })
  return { tool: fact.tool, chains: fact.chains.map(marked) }
}

/** What of an opening a firewall still has. */
export type Remaining =
  | { readonly tool: 'firewalld'; readonly runtime: readonly string[]; readonly permanent: readonly string[] }
  | { readonly tool: 'ufw'; readonly rules: readonly string[] }
  | { readonly tool: 'nftables'; readonly chains: readonly InputChain[] }

/**
 * Takes what is in force and returns what of an opening is there. ufw and nftables say whose a rule is, whatever ports it
 * opens; firewalld does not, so only rules that say the same word for word count.
 */
export function remainingOf(fact: Exclude<FirewallFact, { tool: 'none' }>, opening: Opening): Remaining {
  if (fact.tool === 'firewalld') {
    const rules = richRules(opening)
    const ours = (there: readonly string[]) => there.filter((rule) => rules.includes(rule))
    return { tool: fact.tool, runtime: ours(fact.runtime), permanent: ours(fact.permanent) }
  }
  if (fact.tool === 'ufw')
    return { tool: fact.tool, rules: fact.added.filter((rule) => rule.endsWith(` comment '${opening.name}'`)) }
  return { tool: fact.tool, chains: fact.chains.filter(({ marks }) => marks.some(isOf(opening))) }
}

const isOf =
  ({ name }: Opening) =>
  (mark: string): boolean =>
    mark.startsWith(`${name} `)

/** Takes what is in force and returns what the probe reads once the opening is gone. */
export function withoutRules(fact: FirewallFact, opening: Opening): FirewallFact {
  if (fact.tool === 'none') return fact
  const remaining = remainingOf(fact, opening)
  if (fact.tool === 'firewalld' && remaining.tool === 'firewalld') {
    const runtime = fact.runtime.filter((rule) => !remaining.runtime.includes(rule))
    return { ...fact, runtime, permanent: fact.permanent.filter((rule) => !remaining.permanent.includes(rule)) }
  }
  if (fact.tool === 'ufw' && remaining.tool === 'ufw')
    return { ...fact, added: fact.added.filter((rule) => !remaining.rules.includes(rule)) }
  if (fact.tool !== 'nftables') return fact
  const isKept = (mark: string) => !isOf(opening)(mark)
  return { ...fact, chains: fact.chains.map((chain) => ({ ...chain, marks: chain.marks.filter(isKept) })) }
}

/** Takes rules as `ufw show added` prints them; ufw deletes a rule whatever its comment is. */
export const ufwDeletions = (rules: readonly string[]): readonly string[] =>
  rules.map((rule) => rule.replace(/^ufw /, 'ufw delete ').replace(/ comment '[^']*'$/, ''))

/** Shell: takes the jumps to the chain of that name out of chains, and the chain itself away. */
export const nftDeletions = (chains: readonly InputChain[], name: string): string =>
  chains
    .map(({ family, table, chain }) => {
      const [place, from] = [`${family} ${table}`, `${family} ${table} ${chain}`]
      const jumps = `nft -a list chain ${from} | sed -n 's/^[[:space:]]*jump ${name} # handle \\([0-9]*\\)$/delete rule ${from} handle \\1/p'`
      return `{ ${jumps}; echo 'flush chain ${place} ${name}'; echo 'delete chain ${place} ${name}'; } | nft -f -`
    })
    .join(' &&\n')

/** firewalld.richlanguage(5), in the order in which firewall-cmd prints the parts. */
const richRules = ({ ports, protocol, sources }: Opening): readonly string[] =>
  sources.flatMap((source) =>
    ports.map(
      (port) =>
        `rule family="${isSix(source) ? 'ipv6' : 'ipv4'}" source address="${source}" port port="${port}" protocol="${protocol}" accept`,
    ),
  )

/** As `ufw show added` prints them, which ufw takes again. */
const ufwRules = ({ name, ports, protocol, sources }: Opening): readonly string[] =>
  sources.map((source) => `ufw allow from ${source} to any port ${ports.join(',')} proto ${protocol} comment '${name}'`)

/** The rules of a chain of ours say by a digest what they were made of. */
export const markOf = (opening: Opening): string => `${opening.name} ${opening.name} ${digestOf(opening).slice(0, 12)}`

/**
 * Takes chains that drop packets and returns the commands that open them, for nft: in a chain of ours which they jump to
 * first. `jump`: also where they jump to it already, as after a boot, when nothing is there.
 */
export function nftCommands(
  chains: readonly InputChain[],
  opening: Opening,
  { jump }: { jump: 'all' | 'missing' },
): string {
  const { name, ports, protocol, sources } = opening
  const comment = markOf(opening).slice(name.length + 1)
  const accept = (family: string, list: Sources) =>
    list.length === 0
      ? []
      : [`${family} saddr { ${list.join(', ')} } ${protocol} dport { ${ports.join(', ')} } accept comment "${comment}"`]
  const four = accept(
    'ip',
    sources.filter((source) => !isSix(source)),
  )
  const six = accept('ip6', sources.filter(isSix))
  const lines = chains.flatMap(({ family, table, chain, marks }) => {
    const place = `${family} ${table}`
    const rules = family === 'ip' ? four : family === 'ip6' ? six : [...four, ...six]
    const isReached = marks.some((mark) => mark.startsWith(`${name} `))
    return [
      // What exists is kept; at boot a chain that is gone must not end the loading of all the others.
      `add table ${place}`,
      `add chain ${place} ${chain}`,
      `add chain ${place} ${name}`,
      `flush chain ${place} ${name}`,
      ...rules.map((rule) => `add rule ${place} ${name} ${rule}`),
      ...(jump === 'all' || !isReached ? [`insert rule ${place} ${chain} jump ${name}`] : []),
    ]
  })
  return `${lines.join('\n')}\n`
}
