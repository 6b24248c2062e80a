// An executable inventory: runs it with --list and reads the JSON that it prints.
import { spawnSync } from 'node:child_process'
import { basename, dirname, join, resolve } from 'node:path'
import type { SourceSpan } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import type { Draft } from '../draft.ts'
import type { SetValue } from '../variables/setValue.ts'
import { readHostNames } from '../hostNames.ts'
import { checkVariable } from '../variables/knownVariables.ts'

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024

/** Runs the file itself, without a shell. What it prints must hold `_meta.hostvars`: it is not run once for each host. */
export function runInventory(path: string, deadlineMs: number, draft: Draft): void {
  const at: SourceSpan = { file: `${path} --list`, line: 1, column: 1, length: 1, text: '' }
  const folder = dirname(path)
  const run = spawnSync(join(resolve(folder), basename(path)), ['--list'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
    maxBuffer: MOST_OUTPUT_BYTES,
  })
  const lastLine = (run.stderr ?? '').trimEnd().split('\n').at(-1)
  const hint = lastLine ? `it wrote: ${lastLine.slice(0, 200)}` : undefined
  const fail = (message: string, why = hint) =>
    draft.findings.error('inventory-script', `the inventory ${path} ${message}`, undefined, why)
  if (run.error) {
    const code = 'code' in run.error ? run.error.code : ''
    if (code === 'ETIMEDOUT') return fail(`did not end within ${deadlineMs / 1000} s and was killed`)
    return fail(code === 'ENOBUFS' ? 'prints more than 64 MiB' : `cannot be run: ${code}`)
  }
  if (run.status !== 0) return fail(`ended with ${run.signal ?? `status ${run.status}`}`)
  let parsed: Json
  try {
    parsed = JSON.parse(run.stdout) as Json
  } catch (error) {
    return fail(`prints no JSON when it is run with --list: ${error instanceof Error ? error.message : error}`)
  }
  if (!isMap(parsed)) return fail('prints JSON that is no map of groups')
  const hostvars = isMap(parsed._meta) ? parsed._meta.hostvars : undefined
  if (!isMap(hostvars))
    return fail("prints no '_meta.hostvars'", 'print "_meta": {"hostvars": {HOST: {…}}}, be it empty')
  for (const [name, content] of Object.entries(parsed)) {
    if (name !== '_meta') readGroup(name, content, { hostvars, at, folder, draft })
  }
  for (const name of Object.keys(hostvars)) {
    if (!draft.hosts.has(name)) addHost(undefined, name, { hostvars, at, folder, draft })
  }
}

interface Output {
  readonly hostvars: { readonly [host: string]: Json }
  readonly at: SourceSpan
  readonly folder: string
  readonly draft: Draft
}

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Either `{hosts, vars, children}` or the plain list of hosts. */
function readGroup(name: string, content: Json, output: Output): void {
  const { at, draft, folder } = output
  const group = draft.group(name, at)
  const parts = Array.isArray(content) ? { hosts: content } : content
  if (!group) return
  if (!isMap(parts))
    return draft.findings.error('inventory-script', `the group ${name} must be a map or a list of hosts`, at)
  for (const [part, value] of Object.entries(parts)) {
    if (part === 'vars' && isMap(value)) {
      for (const [key, each] of Object.entries(value)) draft.setGroupVariable(name, key, { value: each, at, folder })
    } else if ((part === 'hosts' || part === 'children') && Array.isArray(value)) {
      for (const each of new Set(value.map(String))) {
        if (part === 'hosts') addHost(name, each, output)
        else draft.addChild(group, each, at)
      }
    } else
      draft.findings.error(
        'inventory-script',
        `'${part}' of the group ${name} is not known, or not of the right type`,
        at,
      )
  }
}

function addHost(group: string | undefined, name: string, { hostvars, at, folder, draft }: Output): void {
  const read = readHostNames(name)
  if (!read.ok) return draft.findings.error('bad-host', `${read.problem.message}: '${name}'`, at, read.hint)
  const vars = new Map<string, SetValue>()
  const given = hostvars[name]
  // The variables come with the host's first group; the later ones only add membership.
  if (!draft.hosts.has(name) && isMap(given)) {
    for (const [key, value] of Object.entries(given)) {
      const set = { value, at, folder }
      checkVariable(key, set, draft.findings)
      vars.set(key, set)
    }
  }
  draft.addHosts(draft.groups.get(group ?? 'ungrouped'), read.names, at, vars)
}
