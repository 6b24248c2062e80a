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

  add(host: string, diagnostic: Diagnostic): void {
    const { at } = diagnostic
    const place = `${at?.file}:${at?.line}:${at?.column}:${diagnostic.code}`
    const alike = this.#found.get(place) ?? new Map<string, Found>()
    this.#found.set(place, alike)
    const known = alike.get(diagnostic.message)
    if (known) known.hosts.add(host)
    else alike.set(diagnostic.message, { diagnostic, hosts: new Set([host]) })
  }

  speaksOf(at: SourceSpan): boolean {
    return [...this.#found.values()].some((alike) =>
      [...alike.values()].some(
        ({ diagnostic }) =>
          diagnostic.at?.file === at.file && diagnostic.at.line === at.line && diagnostic.at.column === at.column,
      ),
    )
  }

  /** Names the hosts of each mistake, unless it is every host of the play. */
  tell(findings: Findings, all: number): void {
    for (const alike of this.#found.values()) {
      const [first, ...others] = alike.values()
      if (!first) continue
      const one = alike.size > MOST_VALUES
      for (const { diagnostic, hosts } of one ? [first] : alike.values()) {
        const everywhere = hosts.size === all && all > 1
        const where = everywhere ? '' : ` on ${foldNodeSet(hosts)}`
        const elsewhere = one ? `, and similarly on ${foldNodeSet(others.flatMap((other) => [...other.hosts]))}` : ''
        findings.add({ ...diagnostic, message: `${diagnostic.message}${where}${elsewhere}` })
      }
    }
    this.#found.clear()
  }
}
