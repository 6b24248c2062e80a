// Everything that can be wrong before a host is touched: playbooks, inventory, task types, passwords.
import { dirname, join } from 'node:path'
import { type Checked, checked, type Diagnostic, mistaken } from '../model/diagnostic.ts'
import type { Inventory } from '../model/inventory.ts'
import type { ValidPlaybook } from '../model/playbook.ts'
import type { TaskType } from '../task/defineTask.ts'
import { askPasswords } from './askPassword.ts'
import type { CommandLine } from './commandLine.ts'
import { findInventory } from '../run/findInventory.ts'
import { findPlaybook, type FoundPlaybook } from '../run/findPlaybook.ts'
import { loadTaskTypes } from '../run/loadTaskTypes.ts'
import { type AskedPasswords, overrideConnections } from './overrideConnections.ts'
import { ownPackage } from '../run/packageRoot.ts'
import type { ProcessContext } from './processContext.ts'

export interface Prepared {
  readonly playbook: ValidPlaybook
  readonly inventory: Inventory
  readonly taskTypes: ReadonlyMap<string, TaskType>
}

/** Mistakes of one kind never hide those of another, except what in a playbook is only wrong for the hosts there are. */
export async function prepareRun(commandLine: CommandLine, setting: ProcessContext): Promise<Checked<Prepared>> {
  const found = findPlaybooks(commandLine, setting)
  const source = inventorySources(commandLine, setting)
  const [taskTypes, { loadInventory }, { selectHosts }, { loadPlaybooks }] = await Promise.all([
    loadTaskTypes(commandLine.taskFolders),
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
    extraVars: commandLine.extraVars,
    tags: commandLine.tags,
    skipTags: commandLine.skipTags,
    check: commandLine.check,
  }
  if (!loaded.ok) {
    const inItself = loadPlaybooks({ ...common, inventory: NO_INVENTORY, selectHosts: () => checked([]) })
    const sure = (inItself.ok ? [] : inItself.diagnostics).filter(({ code }) => !ABOUT_HOSTS.has(code))
    return mistaken([...early, ...sure])
  }

  const needsPasswords = commandLine.mode === 'run'
  const passwords: Checked<AskedPasswords> = needsPasswords
    ? await askPasswords(commandLine, { input: setting.stdin, output: setting.stderr })
    : checked({})
  if (!passwords.ok) return passwords
  const inventory = overrideConnections(loaded.value, commandLine, passwords.value)
  const playbook = loadPlaybooks({
    ...common,
    inventory,
    selectHosts: (pattern, at) => selectHosts(pattern, inventory, at),
    ...(commandLine.limit !== undefined && { limit: commandLine.limit }),
  })
  const warnings = [loaded, taskTypes, found].flatMap((one) => one.warnings)
  if (!playbook.ok) return mistaken([...warnings, ...playbook.diagnostics])
  return checked({ playbook: playbook.value, inventory, taskTypes: taskTypes.value }, [
    ...warnings,
    ...playbook.warnings,
  ])
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

function findPlaybooks({ playbooks, verbosity }: CommandLine, { sink }: ProcessContext): Checked<FoundPlaybook[]> {
  const folder = join(ownPackage().root, 'playbooks')
  const results = playbooks.map((name) => findPlaybook(name, folder))
  const mistakes: Diagnostic[] = []
  const found: FoundPlaybook[] = []
  for (const result of results) {
    if (!result.ok) mistakes.push(...result.diagnostics)
    else found.push(result.value)
  }
  if (mistakes.length > 0) return mistaken(mistakes)
  if (verbosity >= 1) {
    for (const { path, own } of found) if (own) sink.err(`playbook: ${path}, the product's own\n`)
  }
  return checked(found)
}

function inventorySources({ inventory }: CommandLine, { sink }: ProcessContext): Checked<readonly string[]> {
  if (inventory.length > 0) return checked(inventory)
  const place = findInventory(process.cwd())
  if (!place.ok) return place
  sink.err(`inventory: ./${place.value}\n`)
  return checked([place.value])
}
