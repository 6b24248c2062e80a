// Which TCP ports the firewall that is in force on a host lets somebody reach, from what its tools print.
import { reading } from '../../task/index.ts'
import { inputChains, type NftRuleset } from './firewallState.ts'
import { nftLets } from './nftLets.ts'

// firewalld and ufw make rules of nftables too, so they are looked for first.
const RULES = `if command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1; then
  echo firewalld; firewall-cmd --list-ports; firewall-cmd --list-rich-rules; firewall-cmd --get-active-zones | grep -o trusted
elif command -v ufw >/dev/null && ufw status 2>/dev/null | grep -q '^Status: active'; then echo ufw; ufw status
elif command -v nft >/dev/null; then echo nftables; nft -j list ruleset
fi`

/** What the tools of a firewall print. */
export const firewallRules = reading('firewall rules', RULES)

/** A firewall that is in force. */
export interface PortFilter {
  readonly tool: string
  /** Whether somebody may connect to the port over TCP. */
  lets(port: string): boolean
}

/** Takes the answer to `firewallRules`; undefined: no firewall is in force. */
export function portFilter(answer: string): PortFilter | undefined {
  const [tool = '', ...lines] = answer.trim().split('\n')
  if (tool === 'firewalld') return { tool, lets: (port) => lines.some((line) => firewalldLets(line, Number(port))) }
  if (tool === 'ufw') return { tool, lets: (port) => lines.some((line) => ufwLets(line, Number(port))) }
  if (tool !== 'nftables') return undefined
  const ruleset = JSON.parse(lines.join('\n') || '{}') as NftRuleset
  return inputChains(ruleset).length > 0 ? { tool, lets: (port) => nftLets(ruleset, Number(port)) } : undefined
}

/** A list of ports such as `10010-10013/tcp 10350/tcp`, a rich rule, or the zone that lets everything in. */
function firewalldLets(line: string, port: number): boolean {
  if (line === 'trusted') return true
  if (!line.startsWith('rule '))
    return isAmong(
      line.split(' ').flatMap((one) => /^(.+)\/tcp$/.exec(one)?.[1] ?? []),
      port,
    )
  const ports = /port port="([^"]+)" protocol="tcp"/.exec(line)?.[1]
  const isOfAll = !/ (port|service|protocol|icmp-block|icmp-type|forward-port|source-port|masquerade) ?/.test(line)
  return line.endsWith(' accept') && (ports === undefined ? isOfAll : isAmong([ports], port))
}

/** `10010,10350/tcp  ALLOW  10.0.0.0/8`; each column is two spaces or more from the next. */
function ufwLets(line: string, port: number): boolean {
  const [to = '', action = ''] = line.split(/\s{2,}/)
  if (!/^(ALLOW|LIMIT)\b/.test(action)) return false
  const what =
    to
      .replace(/ \(v6\)| on \S+/g, '')
      .split(' ')
      .at(-1) ?? ''
  const ports = /^([\d,:]+)(\/tcp)?$/.exec(what)?.[1]
  return ports === undefined ? what === 'Anywhere' : isAmong(ports.split(','), port)
}

/** Ports, and ranges such as `10010-10013` and `10010:10013`. */
const isAmong = (ranges: readonly string[], port: number): boolean =>
  ranges.some((range) => {
    const [from = NaN, to = from] = range.split(/[-:]/).map(Number)
    return from <= port && port <= to
  })
