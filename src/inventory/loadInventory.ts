// Everything that says which hosts there are → one checked Inventory. The room's front door.
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { type Checked, checked, mistake, mistaken } from '../model/diagnostic.ts'
import { didYouMean } from '../model/didYouMean.ts'
import type { Host, Inventory } from '../model/inventory.ts'
import { type AuthoredInventory, NOTHING_AUTHORED } from '../text/authored.ts'
import { foldNodeSet } from '../model/nodeSet.ts'
import { Draft } from './draft.ts'
import { diskFiles, type FileAccess } from './fileAccess.ts'
import { GroupTree } from './groupTree.ts'
import { type HostVariables, VariableMerger, type VarsDirectory } from './variables/mergeVariables.ts'
import { readConnection } from './variables/readConnection.ts'
import { readSource } from './readSource.ts'
import { VarsDirectories } from './variables/readVarsDirectory.ts'

export interface InventoryOptions {
  /** Each -i in turn: a file, a directory of files, a list such as `crane01,crane[02-04]`, or an executable to run. */
  readonly sources: readonly string[]
  /** Directories of the playbooks, for the group_vars/ and host_vars/ beside them. */
  readonly playbookDirs?: readonly string[]
  readonly files?: FileAccess
  /** What `~` stands for in a key file's path. */
  readonly home?: string
  /** How long an executable inventory may take, in milliseconds. */
  readonly scriptDeadlineMs?: number
}

/** A later source overrides an earlier one. All mistakes of all sources come back together. */
export function loadInventory(options: InventoryOptions): Checked<AuthoredInventory> {
  const { sources, playbookDirs = [], files = diskFiles(), home = homedir(), scriptDeadlineMs = 30_000 } = options
  if (sources.length === 0)
    return mistaken([
      mistake('no-inventory', 'no inventory given', undefined, 'name one: -i FILE, or -i crane01,crane[02-04]'),
    ])
  const draft = new Draft()
  const inventoryDirs = sources.flatMap((source) => readSource(source, { files, draft, scriptDeadlineMs }) ?? [])
  const directories = new VarsDirectories(files, draft.findings)
  const read = (dirs: readonly string[]) =>
    dirs.map((dir) => ({ groups: directories.read(dir, 'group_vars'), hosts: directories.read(dir, 'host_vars') }))
  // A directory that is both counts as the playbook's, the stronger of the two.
  const besidePlaybook = distinct(playbookDirs, [])
  const inventoryVars = read(distinct(inventoryDirs, besidePlaybook))
  const playbookVars = read(besidePlaybook)

  const tree = new GroupTree(draft)
  for (const directory of [...inventoryVars, ...playbookVars]) warnOfStrangers(directory, draft)
  const merger = new VariableMerger(draft, tree, inventoryVars, playbookVars)
  const groupsOf = new Map(Array.from(draft.hosts, ([name, host]) => [name, tree.withAncestors(host.groups)]))
  const variables = new Map<string, HostVariables>()
  for (const [name, groups] of groupsOf) variables.set(name, merger.merge(name, groups))
  merger.reportRivals()

  const { findings } = draft
  if (!findings.failed && draft.hosts.size === 0) {
    findings.error('no-hosts', `there are no hosts in the inventory ${sources.join(' ')}`)
  }
  if (findings.failed) return mistaken(findings.all)
  const hosts = new Map<string, Host>()
  for (const [name, { vars, find }] of variables) {
    hosts.set(name, { name, groups: groupsOf.get(name) ?? [], vars, connection: readConnection(name, find, home) })
  }
  const origin: Inventory['origin'] = (host, variable) => variables.get(host)?.find(variable)?.at
  const candidates: Inventory['candidates'] = (host, variable) =>
    merger.candidates(host, groupsOf.get(host) ?? [], variable)
  const authored: AuthoredInventory['authored'] = (host) => variables.get(host)?.authored ?? NOTHING_AUTHORED
  return checked({ hosts, groups: tree.groups(groupsOf), origin, candidates, authored }, findings.warnings)
}

/** Each directory once, at the last place where it is named; not those of `others`. */
function distinct(directories: readonly string[], others: readonly string[]): readonly string[] {
  const taken = new Set(others.map((directory) => resolve(directory)))
  const last = new Map<string, string>()
  for (const directory of directories) {
    last.delete(resolve(directory))
    if (!taken.has(resolve(directory))) last.set(resolve(directory), directory)
  }
  return [...last.values()]
}

/** A file whose name is misspelt would otherwise set nothing, and say nothing. */
function warnOfStrangers({ groups, hosts }: VarsDirectory, draft: Draft): void {
  // An inventory that could not be read may have them.
  if (draft.findings.failed) return
  for (const [name, { path }] of groups) {
    if (draft.groups.has(name)) continue
    const near = didYouMean(name, draft.groups.keys())
    const hint = near && `did you mean '${near}'?`
    draft.findings.warn('unknown-group', `${path} has no effect: there is no group '${name}'`, undefined, hint)
  }
  const strangers = [...hosts.keys()].filter((name) => !draft.hosts.has(name))
  const path = hosts.get(strangers[0] ?? '')?.path
  if (path === undefined) return
  const directory = path.replace(/[^/]*$/, '')
  const message = `${directory} has files for hosts that are not in the inventory: ${foldNodeSet(strangers)}`
  draft.findings.warn('unknown-host', message)
}
