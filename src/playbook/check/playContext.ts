// What all plays of a run are checked against, and what each leaves for the next.
import type { Catalogue } from '../../model/catalogue.ts'
import type { Checked, Diagnostic, SourceSpan } from '../../model/diagnostic.ts'
import type { ValueType } from '../../language/valueType.ts'
import type { YamlEntry } from '../../text/yamlTree.ts'
import type { Findings } from '../../text/findings.ts'
import type { NamedFiles } from './compileParams.ts'
import type { FileChecks } from './fileChecks.ts'
import type { HostFindings } from './hostFindings.ts'
import type { RunVariables } from './runVariables.ts'

export type SelectHosts = (pattern: string, at: SourceSpan | undefined) => Checked<readonly string[]>

/** What earlier plays registered: type, and the hosts that have it. */
export type RegisteredBefore = Map<string, { readonly type: ValueType; readonly hosts: ReadonlySet<string> }>

export interface PlayContext {
  readonly catalogue: Catalogue
  readonly files: FileChecks
  readonly named: NamedFiles
  readonly selectHosts: SelectHosts
  /** Undefined: no `--limit`. */
  readonly limitTo: ReadonlySet<string> | undefined
  readonly forceHandlers: boolean
  readonly onlyTags: readonly string[]
  readonly skipTags: readonly string[]
  readonly run: RunVariables
  /** Names of variables that some expression reads. */
  readonly used: Set<string>
  readonly registered: RegisteredBefore
  /** What is wrong with the inputs of hosts, reported when all plays were seen. */
  readonly inputFindings: HostFindings
  /** What tasks find wrong on hosts; several plays may take in the same file. */
  readonly hostFindings: HostFindings
  /** Mistakes of variables, none where a play can make sense of one: reported though nothing reads it. */
  readonly authored: Map<YamlEntry, readonly Diagnostic[]>
  /** What plays name and the inventory does not have, reported when all plays were seen. */
  readonly unknownHosts: Diagnostic[]
  readonly findings: Findings
}
