// The plays in which a variable is to be explained: those of playbooks, or one for all hosts that does nothing.
import { type Checked, checked, mistaken, type SourceSpan } from '../model/diagnostic.ts'
import type { ValidPlaybook } from '../model/playbook.ts'
import { loadFacts } from './loadFacts.ts'
import { type PrepareContext, prepareInventory, prepareRun } from './prepareRun.ts'
import type { RunRequest } from './runRequest.ts'

export interface Explanation {
  readonly playbook: ValidPlaybook
  /** Those that were asked for. */
  readonly hosts: readonly string[]
}

const NO_PLAYBOOK = '- hosts: all\n  tasks: []\n'
/** A name that no file has. */
const NOWHERE = '\0'

export async function prepareExplanation(
  pattern: string,
  request: RunRequest,
  context: PrepareContext = {},
): Promise<Checked<Explanation>> {
  const selected = await prepareInventory(pattern, request, context)
  if (!selected.ok) return selected
  const { hosts, inventory } = selected.value
  if (request.playbooks.length > 0) {
    const prepared = await prepareRun(request)
    return prepared.ok ? checked({ playbook: prepared.value.playbook, hosts }, prepared.warnings) : prepared
  }
  const { loadPlaybooks } = await import('../playbook/loadPlaybooks.ts')
  const { readFilesFromDisk } = await import('../playbook/parse/parseFiles.ts')
  const disk = readFilesFromDisk()
  const loaded = loadPlaybooks({
    paths: [NOWHERE],
    readFile: (path) => (path.endsWith(NOWHERE) ? NO_PLAYBOOK : disk(path)),
    catalogue: new Map(),
    facts: await loadFacts(),
    inventory,
    selectHosts: (_all: string, _at: SourceSpan | undefined) => checked([...inventory.hosts.keys()]),
    extraVars: request.extraVars,
  })
  // What `-e` sets is read by the question.
  const mistakes = loaded.ok ? [] : loaded.diagnostics.filter(({ code }) => code !== 'unused-extra-var')
  if (!loaded.ok) return mistaken(mistakes.length > 0 ? mistakes : loaded.diagnostics)
  return checked({ playbook: loaded.value, hosts }, selected.warnings)
}
