// Which firewall is in force on a host, and what it lets in: firewalld, ufw, or rules of nftables that drop packets.
import { GarbledAnswer, type Probe, type ProbeKind, probe } from '../../task/index.ts'

/** A chain of nftables that sees what comes in and drops some of it: all of them must accept a packet. */
export interface InputChain {
  readonly family: 'inet' | 'ip' | 'ip6'
  readonly table: string
  readonly chain: string
  /** Comments of the rules in the chains that it jumps to, with `CHAIN ` before each. */
  readonly marks: readonly string[]
}

/** `none`: no firewall is in force, so every port is open. */
export type FirewallFact =
  | { readonly tool: 'none' }
  /** Rich rules of the zone, as firewall-cmd prints them: in force, and after a reload. */
  | { readonly tool: 'firewalld'; readonly runtime: readonly string[]; readonly permanent: readonly string[] }
  /** What `ufw show added` prints, one command each: in force and permanent alike. */
  | { readonly tool: 'ufw'; readonly added: readonly string[] }
  | { readonly tool: 'nftables'; readonly chains: readonly InputChain[] }

// firewalld and ufw make rules of nftables too, so they are looked for first. What is not installed costs no process.
const PROBE_FIREWALL = `zone=$1
if command -v firewall-cmd >/dev/null && systemctl is-active -q firewalld; then
  echo firewalld
  firewall-cmd \${zone:+--zone="$zone"} --list-rich-rules && echo permanent &&
  firewall-cmd \${zone:+--zone="$zone"} --permanent --list-rich-rules
elif command -v ufw >/dev/null && ufw status | grep -q '^Status: active'; then
  echo ufw; ufw show added
elif command -v nft >/dev/null; then
  echo nftables; nft -j list ruleset
else echo none
fi
echo "end $?"`

const firewallKind: ProbeKind<null, FirewallFact> = {
  name: 'firewall',
  functions: { probe_firewall: PROBE_FIREWALL },
  isAbsent: ({ tool }) => tool === 'none',
  script: (questions) => questions.map(({ subject }) => `probe_firewall '${subject}'`).join('\n'),
  read(stdout, questions) {
    const answers = stdout.toString('utf8').split(/^end (\d+)\n/m)
    return questions.map((_, i) => {
      const [text = '', status] = answers.slice(2 * i)
      if (status !== '0') throw new GarbledAnswer('the firewall could not be asked: become root for that')
      return readAnswer(text)
    })
  },
}

function readAnswer(text: string): FirewallFact {
  const [tool, ...lines] = text.trimEnd().split('\n')
  if (tool === 'firewalld') {
    const middle = lines.indexOf('permanent')
    return { tool, runtime: rulesIn(lines.slice(0, middle)), permanent: rulesIn(lines.slice(middle + 1)) }
  }
  if (tool === 'ufw') return { tool, added: lines.filter((line) => line.startsWith('ufw ')).toSorted() }
  const chains = tool === 'nftables' ? inputChains(JSON.parse(lines.join('\n') || '{}')) : []
  return tool === 'nftables' && chains.length > 0 ? { tool, chains } : { tool: 'none' }
}

const rulesIn = (lines: readonly string[]) =>
  lines
    .map((line) => line.trim())
    .filter(Boolean)
    .toSorted()

/** What `nft -j list ruleset` prints, as far as it is read here; libnftables-json(5): a list of objects with one key each. */
export interface NftRuleset {
  readonly nftables?: readonly {
    readonly chain?: Place & {
      readonly name: string
      readonly hook?: string
      readonly type?: string
      readonly policy?: string
    }
    readonly rule?: Place & {
      readonly chain: string
      readonly comment?: string
      readonly expr: readonly Readonly<Record<string, { readonly target?: string } | null>>[]
    }
  }[]
}

interface Place {
  readonly family: string
  readonly table: string
}

/** Takes a ruleset and returns the chains of it that drop something of what comes in. */
export function inputChains({ nftables = [] }: NftRuleset): InputChain[] {
  const rules = nftables.flatMap(({ rule }) => rule ?? [])
  const found = nftables.flatMap(({ chain }) => (chain?.hook === 'input' && chain.type === 'filter' ? [chain] : []))
  return found.flatMap(({ family, table, name, policy }): InputChain[] => {
    if (family !== 'inet' && family !== 'ip' && family !== 'ip6') return []
    const inTable = rules.filter((rule) => rule.family === family && rule.table === table)
    const own = inTable.filter(({ chain }) => chain === name).flatMap(({ expr }) => expr)
    const targets = own.flatMap(({ jump, goto }) => jump?.target ?? goto?.target ?? [])
    const reached = inTable.filter(({ chain }) => targets.includes(chain))
    const drops = [...own, ...reached.flatMap(({ expr }) => expr)].some((part) => 'drop' in part || 'reject' in part)
    if (policy !== 'drop' && !drops) return []
    const marks = reached.flatMap(({ chain, comment }) => (comment === undefined ? [] : [`${chain} ${comment}`]))
    return [{ family, table, chain: name, marks: [...new Set(marks)].toSorted() }]
  })
}

/** Takes a zone of firewalld, empty for the default one, and returns the probe that reads which firewall is in force. */
export const firewall = (zone = ''): Probe<FirewallFact> => probe(firewallKind, zone, null)
