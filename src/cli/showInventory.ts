// `crane-play inventory [PATTERN] -i hosts`: the groups with their hosts, or with `--list` everything as JSON.
import type { Inventory, Json } from '../model/inventory.ts'
import { withPlainNumbers } from '../model/writtenNumber.ts'
import { escapeJson, escapeLine } from '../report/escapeControl.ts'
import { countOf, nodeSet } from '../report/foldHosts.ts'
import { isSecretName } from '../report/hideSecrets.ts'
import { prepareInventory } from '../run/prepareRun.ts'
import { foundLine } from './complaint.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitStatus.ts'
import { requestOf } from './runPlaybooks.ts'
import type { Subcommand } from './subcommand.ts'

const USAGE = 'crane-play inventory [PATTERN] -i INVENTORY [--list | --host NAME]'

export const showInventory: Subcommand['run'] = async (words, { sink, fail, tell }) => {
  const list = words.includes('--list')
  const options = words.filter((word) => word !== '--list' && word !== '--graph')
  const parsed = parseCommandLine(options, { name: 'pattern', usage: USAGE, otherwise: 'all' })
  if (!parsed.ok) return fail(parsed.message, parsed.hint)
  const { commandLine } = parsed
  const [pattern = '', ...more] = commandLine.playbooks
  if (more.length > 0)
    return fail("'inventory' takes one pattern", `join patterns with a comma: ${[pattern, ...more].join()}`)
  const found = (_what: string, path: string) => sink.err(foundLine('inventory', path))
  const prepared = await prepareInventory(commandLine.host ?? pattern, requestOf(commandLine), { found })
  if (!prepared.ok) {
    await tell(prepared.diagnostics)
    return EXIT.mistake
  }
  await tell(prepared.warnings)
  const { inventory, hosts } = prepared.value
  if (commandLine.host !== undefined) sink.out(asJson(Object.fromEntries(varsOf(inventory, hosts))))
  else sink.out(list ? asJson(asList(inventory, hosts)) : renderGraph(inventory, hosts))
  return EXIT.well
}

/** A line for each group that has one of the hosts, below each group that it is in. */
export function renderGraph(inventory: Inventory, hosts: readonly string[]): string {
  const chosen = new Set(hosts)
  const children = new Set([...inventory.groups.values()].flatMap((group) => group.children))
  const lines: string[] = []
  const show = (name: string, depth: number): void => {
    const group = inventory.groups.get(name)
    const own = (group?.hosts ?? []).filter((host) => chosen.has(host))
    if (own.length === 0 && name !== 'all' && (name === 'ungrouped' || chosen.size < inventory.hosts.size)) return
    const which = own.length === 0 ? '' : ` ${nodeSet(own)}`
    lines.push(`${'  '.repeat(depth)}${escapeLine(name)}:${which} (${countOf(own.length, 'host')})\n`)
    const inner =
      name === 'all' ? [...inventory.groups.keys()].filter((one) => one !== 'all' && !children.has(one)) : []
    for (const child of new Set([...inner, ...(group?.children ?? [])])) show(child, depth + 1)
  }
  show('all', 0)
  return lines.join('')
}

/** As an executable inventory prints it, so that it can be one. */
function asList(inventory: Inventory, hosts: readonly string[]): Json {
  const chosen = new Set(hosts)
  const groups = Array.from(inventory.groups.values(), ({ name, hosts: own, children }): [string, Json] => [
    name,
    { hosts: own.filter((host) => chosen.has(host)), ...(children.length > 0 && { children }) },
  ])
  const hostvars = hosts.map((host): [string, Json] => [host, Object.fromEntries(varsOf(inventory, [host]))])
  return { ...Object.fromEntries(groups), _meta: { hostvars: Object.fromEntries(hostvars) } }
}

const varsOf = (inventory: Inventory, hosts: readonly string[]): readonly [string, Json][] =>
  hosts.flatMap((host) => Object.entries(inventory.hosts.get(host)?.vars ?? {}))

/** Without the values of what has the name of a secret. */
function asJson(value: Json): string {
  const hidden = (name: string, one: Json): Json =>
    isSecretName(name) && (typeof one === 'string' || typeof one === 'number') ? '********' : one
  return `${escapeJson(JSON.stringify(withPlainNumbers(value), hidden, 2))}\n`
}
