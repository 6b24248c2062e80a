// Mistakes that show on some hosts only: one message for all hosts that share it.
import type { Diagnostic, SourceSpan } from '../../model/diagnostic.ts'
import { foldNodeSet } from '../../model/nodeSet.ts'
import type { Findings } from '../../text/findings.ts'

/** The same mistake with another value on each host is reported with so many values; beyond that, one stands for all. */
const MOST_VALUES = 2

interface Found {
  readonly diagnostic: Diagnostic
  readonly hosts: Set<string>
}

export class HostFindings {
  /** By place and code, then by message. */
  readonly #found = new Map<string, Map<string, Found>>()
  /** The hosts of the plays in which the place was found wrong, where several plays take in the same file. */
  readonly #hostsAt = new Map<string, Set<string>>()

  add(host: string, diagnostic: Diagnostic): void {
    const { at } = diagnostic
    const place = `${at?.file}:${at?.line}:${at?.column}:${diagnostic.code}`
    const alike = this.#found.get(place) ?? new Map<string, Found>()
    this.#found.set(place, alike)
    const known = alike.get(diagnostic.message)
    if (known) known.hosts.add(host)
    else alike.set(diagnostic.message, { diagnostic, hosts: new Set([host]) })
  }

  /** Takes over what another found in a play on these hosts. */
  take(other: HostFindings, hosts: readonly string[]): void {
    for (const [place, alike] of other.#found) {
      this.#hostsAt.set(place, new Set([...(this.#hostsAt.get(place) ?? []), ...hosts]))
      for (const { diagnostic, hosts: wrong } of alike.values()) for (const host of wrong) this.add(host, diagnostic)
    }
  }

  speaksOf(at: SourceSpan): boolean {
    return [...this.#found.values()].some((alike) =>
      [...alike.values()].some(
        ({ diagnostic }) =>
          diagnostic.at?.file === at.file && diagnostic.at.line === at.line && diagnostic.at.column === at.column,
      ),
    )
  }

  /** Names the hosts of each mistake, unless it is every host of its plays; `all`: how many those are, if not taken over. */
  tell(findings: Findings, all = 0): void {
    for (const [place, alike] of this.#found) {
      const most = this.#hostsAt.get(place)?.size ?? all
      const [first, ...others] = alike.values()
      if (!first) continue
      const one = alike.size > MOST_VALUES
      for (const { diagnostic, hosts } of one ? [first] : alike.values()) {
        const everywhere = hosts.size === most && most > 1
        const where = everywhere ? '' : ` on ${foldNodeSet(hosts)}`
        const elsewhere = one ? `, and similarly on ${foldNodeSet(others.flatMap((other) => [...other.hosts]))}` : ''
        findings.add({ ...diagnostic, message: `${diagnostic.message}${where}${elsewhere}` })
      }
    }
    this.#found.clear()
  }
}
