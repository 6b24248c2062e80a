// Turns a request into a prepared run, or into everything that is wrong with it before a host is touched.
import { dirname, join } from 'node:path'
import { type Checked, checked, type Diagnostic, mistaken } from '../model/diagnostic.ts'
import type { Host, Inventory } from '../model/inventory.ts'
import type { ValidPlaybook } from '../model/playbook.ts'
import type { FactType } from '../task/defineFact.ts'
import type { TaskType } from '../task/defineTask.ts'
import { findInventory } from './findInventory.ts'
import { findPlaybook, type FoundPlaybook } from './findPlaybook.ts'
import { loadFacts } from './loadFacts.ts'
import { loadTaskTypes } from './loadTaskTypes.ts'
import { overrideConnections, type Passwords } from './overrideConnections.ts'
import { ownPackage } from './packageRoot.ts'
import type { RunRequest } from './runRequest.ts'

export interface PreparedRun {
  readonly playbook: ValidPlaybook
  readonly inventory: Inventory
  readonly taskTypes: ReadonlyMap<string, TaskType>
  readonly facts: ReadonlyMap<string, FactType>
}

/** Where to report what was found, and how to ask for passwords. */
export interface PrepareContext {
  /** `playbook`: one of the product's own; `inventory`: it was not named. Called before anything is loaded. */
  readonly found?: (what: 'playbook' | 'inventory', path: string) => void
  /** Asked once the files that name no host are right. Absent: there are none. */
  readonly passwords?: () => Promise<Checked<Passwords>>
}

/** Mistakes of one kind never hide those of another, except what in a playbook is only wrong for the hosts there are. */
export async function prepareRun(request: RunRequest, context: PrepareContext = {}): Promise<Checked<PreparedRun>> {
  const found = findPlaybooks(request, context)
  const source = inventorySources(request, context)
  const [taskTypes, facts, { loadInventory }, { selectHosts }, { loadPlaybooks }] = await Promise.all([
    loadTaskTypes(request.taskDirectories),
    loadFacts(),
    import('../inventory/loadInventory.ts'),
    import('../inventory/hostPattern.ts'),
    import('../playbook/loadPlaybooks.ts'),
  ])
  const playbookDirs = found.ok ? [...new Set(found.value.map(({ path }) => dirname(path)))] : []
  const loaded = source.ok ? loadInventory({ sources: source.value, playbookDirs }) : source
  const early = [found, taskTypes, loaded].flatMap((one) => (one.ok ? [] : one.diagnostics))
  if (!found.ok || !taskTypes.ok) return mistaken(early)
  const common = {
    paths: found.value.map(({ path }) => path),
    catalogue: taskTypes.value,
    facts,
    extraVars: request.extraVars,
    tags: request.tags,
    skipTags: request.skipTags,
    check: request.check,
    forceHandlers: request.forceHandlers ?? false,
  }
  if (!loaded.ok) {
    const inItself = loadPlaybooks({ ...common, inventory: NO_INVENTORY, selectHosts: () => checked([]) })
    const sure = (inItself.ok ? [] : inItself.diagnostics).filter(({ code }) => !ABOUT_HOSTS.has(code))
    return mistaken([...early, ...sure])
  }

  const passwords = await (context.passwords?.() ?? checked({}))
  if (!passwords.ok) return passwords
  const inventory = overrideConnections(loaded.value, request.connections, passwords.value)
  const playbook = loadPlaybooks({
    ...common,
    inventory,
    selectHosts: (pattern, at) => selectHosts(pattern, inventory, at),
    ...(request.limit !== undefined && { limit: request.limit }),
  })
  const warnings = [loaded, taskTypes, found].flatMap((one) => one.warnings)
  if (!playbook.ok) return mistaken([...warnings, ...playbook.diagnostics])
  return checked({ playbook: playbook.value, inventory, taskTypes: taskTypes.value, facts }, [
    ...warnings,
    ...playbook.warnings,
  ])
}

/** The inventory and the names that a pattern selects of it, without a playbook. */
export async function prepareInventory(
  pattern: string,
  request: RunRequest,
  context: PrepareContext = {},
): Promise<Checked<{ readonly inventory: Inventory; readonly hosts: readonly string[] }>> {
  const source = inventorySources(request, context)
  if (!source.ok) return source
  const { loadInventory } = await import('../inventory/loadInventory.ts')
  const { selectHosts } = await import('../inventory/hostPattern.ts')
  const loaded = loadInventory({ sources: source.value })
  if (!loaded.ok) return loaded
  const at = { file: 'PATTERN', line: 1, column: 1, length: Math.max(1, pattern.length), text: pattern }
  const selected = selectHosts(pattern, loaded.value, at)
  if (!selected.ok) return selected
  return checked({ inventory: loaded.value, hosts: selected.value }, loaded.warnings)
}

export interface PreparedHosts {
  readonly inventory: Inventory
  readonly hosts: readonly Host[]
}

/** The hosts that a pattern selects, ready to be connected. */
export async function prepareHosts(
  pattern: string,
  request: RunRequest,
  context: PrepareContext = {},
): Promise<Checked<PreparedHosts>> {
  const prepared = await prepareInventory(pattern, request, context)
  if (!prepared.ok) return prepared
  const passwords = await (context.passwords?.() ?? checked({}))
  if (!passwords.ok) return passwords
  const inventory = overrideConnections(prepared.value.inventory, request.connections, passwords.value)
  const hosts = prepared.value.hosts.flatMap((name) => inventory.hosts.get(name) ?? [])
  return checked({ inventory, hosts }, prepared.warnings)
}

const NO_INVENTORY: Inventory = { hosts: new Map(), groups: new Map(), origin: () => undefined }

/** Mistakes that may only seem to be ones while hosts and their variables are not known. */
const ABOUT_HOSTS: ReadonlySet<string> = new Set([
  'missing-input',
  'no-host-matched',
  'no-such-field',
  'no-such-item',
  'unknown-input',
  'unknown-variable',
  'unset-variable',
  'unused-extra-var',
])

function findPlaybooks({ playbooks }: RunRequest, context: PrepareContext): Checked<FoundPlaybook[]> {
  const directory = join(ownPackage().root, 'playbooks')
  const results = playbooks.map((name) => findPlaybook(name, directory))
  const mistakes: Diagnostic[] = []
  const found: FoundPlaybook[] = []
  for (const result of results) {
    if (!result.ok) mistakes.push(...result.diagnostics)
    else found.push(result.value)
  }
  if (mistakes.length > 0) return mistaken(mistakes)
  for (const { path, own } of found) if (own) context.found?.('playbook', path)
  return checked(found)
}

function inventorySources({ inventory, directory }: RunRequest, context: PrepareContext): Checked<readonly string[]> {
  if (inventory.length > 0) return checked(inventory)
  const place = findInventory(directory)
  if (!place.ok) return place
  context.found?.('inventory', `./${place.value}`)
  return checked([place.value])
}
