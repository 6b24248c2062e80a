// Mistakes that show on some hosts only: one message for all hosts that share it.
import type { Diagnostic, SourceSpan } from '../model/diagnostic.ts'
import { foldNodeSet } from '../model/nodeSet.ts'
import type { Findings } from '../text/findings.ts'

export class HostFindings {
  readonly #found = new Map<string, { readonly diagnostic: Diagnostic; readonly hosts: Set<string> }>()

  add(host: string, diagnostic: Diagnostic): void {
    const { at } = diagnostic
    const key = `${at?.file}:${at?.line}:${at?.column}:${diagnostic.code}:${diagnostic.message}`
    const known = this.#found.get(key)
    if (known) known.hosts.add(host)
    else this.#found.set(key, { diagnostic, hosts: new Set([host]) })
  }

  speaksOf(at: SourceSpan): boolean {
    return [...this.#found.values()].some(
      ({ diagnostic }) =>
        diagnostic.at?.file === at.file && diagnostic.at.line === at.line && diagnostic.at.column === at.column,
    )
  }

  /** Names the hosts of each mistake, unless it is every host of the play. */
  tell(findings: Findings, all: number): void {
    for (const { diagnostic, hosts } of this.#found.values()) {
      const everywhere = hosts.size === all && all > 1
      const where = everywhere ? '' : ` on ${foldNodeSet(hosts)}`
      findings.add({ ...diagnostic, message: `${diagnostic.message}${where}` })
    }
    this.#found.clear()
  }
}
