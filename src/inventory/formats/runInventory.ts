// An executable inventory: runs it with --list and reads the JSON that it prints.
import { spawnSync, type SpawnSyncOptions } from 'node:child_process'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import type * as Zx from 'zx/core'
import type { SourceSpan } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import { programOptions } from '../../model/programOptions.ts'
import type { Draft } from '../draft.ts'
import type { SetValue } from '../variables/setValue.ts'
import { readHostNames } from '../hostNames.ts'
import { checkVariable } from '../variables/knownVariables.ts'

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024

/** Runs the file itself. Its output must contain `_meta.hostvars`: it is not run once for each host. */
export function runInventory(path: string, deadlineMs: number, draft: Draft): void {
  const at: SourceSpan = { file: `${path} --list`, line: 1, column: 1, length: 1, text: '' }
  const directory = dirname(path)
  // Loaded here because most inventories run nothing.
  const { $ } = createRequire(import.meta.url)('zx/core') as typeof Zx
  const bounded = (shell: string, args: readonly string[], options: SpawnSyncOptions) =>
    spawnSync(shell, args, { ...options, timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT_BYTES })
  const run = $.sync({
    ...programOptions,
    stdio: ['ignore', 'pipe', 'pipe'],
    spawnSync: bounded as typeof spawnSync,
  })`${join(resolve(directory), basename(path))} --list`
  const lastLine = run.stderr.trimEnd().split('\n').at(-1)
  const hint = lastLine ? `it printed: ${lastLine.slice(0, 200)}` : undefined
  const fail = (message: string, why = hint) =>
    draft.findings.error('inventory-script', `the inventory ${path} ${message}`, undefined, why)
  const error = run.cause as NodeJS.ErrnoException | undefined
  if (error?.code === 'ETIMEDOUT') return fail(`did not finish within ${deadlineMs / 1000} s and was killed`)
  if (error?.code === 'ENOBUFS') return fail('printed more than 64 MiB')
  // The statuses of a shell that cannot start a program, such as one whose first line names no interpreter.
  if (error || run.exitCode === 126 || run.exitCode === 127) return fail('cannot be executed')
  if (run.exitCode !== 0) return fail(run.signal ? `was ended by ${run.signal}` : `exited with status ${run.exitCode}`)
  let parsed: Json
  try {
    parsed = JSON.parse(run.stdout) as Json
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
      for (const each of new Set(value.map(String))) {
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
  const given = hostvars[name]
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
