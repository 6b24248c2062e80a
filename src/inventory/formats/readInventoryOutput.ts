// What an executable inventory prints for --list → hosts, groups and variables.
import { dirname } from 'node:path'
import type { SourceSpan } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import type { Draft } from '../draft.ts'
import type { SetValue } from '../variables/setValue.ts'
import { readHostNames } from '../hostNames.ts'
import { checkVariable } from '../variables/knownVariables.ts'

/** Must contain `_meta.hostvars`. Any text gives an inventory or mistakes. */
export function readInventoryOutput(output: string, path: string, draft: Draft): void {
  const at: SourceSpan = { file: `${path} --list`, line: 1, column: 1, length: 1, text: '' }
  const directory = dirname(path)
  const fail = (message: string, hint?: string) =>
    draft.findings.error('inventory-script', `the inventory ${path} ${message}`, undefined, hint)
  let parsed: Json
  try {
    parsed = JSON.parse(output) as Json
  } catch (error) {
    return fail(`did not print JSON with --list: ${error instanceof Error ? error.message : error}`)
  }
  if (!isMap(parsed)) return fail('printed JSON that is not a map of groups')
  const hostvars = isMap(parsed._meta) ? parsed._meta.hostvars : undefined
  if (!isMap(hostvars))
    return fail("did not print '_meta.hostvars'", 'print "_meta": {"hostvars": {HOST: {…}}}, even if it is empty')
  for (const [name, content] of Object.entries(parsed)) {
    if (name !== '_meta') readGroup(name, content, { hostvars, at, directory, draft })
  }
  for (const name of Object.keys(hostvars)) {
    if (!draft.hosts.has(name)) addHost(undefined, name, { hostvars, at, directory, draft })
  }
}

interface Output {
  readonly hostvars: { readonly [host: string]: Json }
  readonly at: SourceSpan
  readonly directory: string
  readonly draft: Draft
}

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Either `{hosts, vars, children}` or the plain list of hosts. */
function readGroup(name: string, content: Json, output: Output): void {
  const { at, draft, directory } = output
  const group = draft.group(name, at)
  const parts = Array.isArray(content) ? { hosts: content } : content
  if (!group) return
  if (!isMap(parts))
    return draft.findings.error('inventory-script', `the group ${name} must be a map or a list of hosts`, at)
  for (const [part, value] of Object.entries(parts)) {
    if (part === 'vars' && isMap(value)) {
      for (const [key, each] of Object.entries(value)) draft.setGroupVariable(name, key, { value: each, at, directory })
    } else if ((part === 'hosts' || part === 'children') && Array.isArray(value)) {
      if (!value.every((each) => typeof each === 'string')) {
        draft.findings.error('inventory-script', `'${part}' of the group ${name} must be a list of names`, at)
        continue
      }
      for (const each of new Set(value as readonly string[])) {
        if (part === 'hosts') addHost(name, each, output)
        else draft.addChild(group, each, at)
      }
    } else
      draft.findings.error('inventory-script', `'${part}' of the group ${name} is unknown or has the wrong type`, at)
  }
}

function addHost(group: string | undefined, name: string, { hostvars, at, directory, draft }: Output): void {
  const read = readHostNames(name)
  if (!read.ok) return draft.findings.error('bad-host', `${read.problem.message}: '${name}'`, at, read.hint)
  const vars = new Map<string, SetValue>()
  const given = Object.hasOwn(hostvars, name) ? hostvars[name] : undefined
  // The variables come with the host's first group; the later ones only add membership.
  if (!draft.hosts.has(name) && isMap(given)) {
    for (const [key, value] of Object.entries(given)) {
      const set = { value, at, directory }
      checkVariable(key, set, draft.findings)
      vars.set(key, set)
    }
  }
  draft.addHosts(draft.groups.get(group ?? 'ungrouped'), read.names, at, vars)
}
