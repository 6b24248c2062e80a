// `crane-play explain VAR -i hosts [--host PATTERN]`: a variable's value, where it is set, and what that overrode.
import type { Candidate, Inventory } from '../model/inventory.ts'
import { foldNodeSet } from '../model/nodeSet.ts'
import { escapeLine } from '../report/escapeControl.ts'
import { hideSecrets } from '../report/hideSecrets.ts'
import { prepareInventory } from '../run/prepareRun.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitStatus.ts'
import { requestOf } from './runPlaybooks.ts'
import type { Subcommand } from './subcommand.ts'

export const explainVariable: Subcommand['run'] = async (words, { sink, fail, tell }) => {
  const usage = 'crane-play explain VAR -i INVENTORY [--host PATTERN]'
  const parsed = parseCommandLine(words)
  if (!parsed.ok) return fail(parsed.message.replace('playbook', 'variable'), usage)
  const [variable = '', ...more] = parsed.commandLine.playbooks
  if (more.length > 0) return fail('explain takes one variable', usage)
  const found = (_what: string, path: string) => sink.err(`inventory: ${path}\n`)
  const prepared = await prepareInventory(parsed.commandLine.host ?? 'all', requestOf(parsed.commandLine), { found })
  if (!prepared.ok) {
    await tell(prepared.diagnostics)
    return EXIT.mistake
  }
  await tell(prepared.warnings)
  const { inventory, hosts } = prepared.value
  const text = renderVariable(variable, inventory, hosts)
  if (text === '') return fail(`the inventory does not set '${variable}' on these hosts`, usage)
  sink.out(text)
  return EXIT.well
}

/** Hosts on which the same places set it are shown once. */
export function renderVariable(variable: string, inventory: Inventory, hosts: readonly string[]): string {
  const folded = new Map<string, string[]>()
  for (const host of hosts) {
    const [inForce, ...overridden] = inventory.candidates?.(host, variable) ?? []
    if (!inForce) continue
    const lines = [
      `  ${shown(variable, inForce)}`,
      ...overridden.map((one) => `  overrides ${shown(variable, one)}`),
    ].join('\n')
    folded.set(lines, [...(folded.get(lines) ?? []), host])
  }
  return Array.from(folded, ([lines, names]) => `${foldNodeSet(names)}\n${lines}\n`).join('')
}

/** A value whose name says that it is secret is not shown. */
function shown(variable: string, { value, at, group }: Candidate): string {
  const text = hideSecrets(`${variable}=${JSON.stringify(value)}`).slice(variable.length + 1)
  return escapeLine(
    `${text}  ${at.file}:${at.line}:${at.column}, ${group === undefined ? 'the host' : `group ${group}`}`,
  )
}
