// A small world for the tests of this room: fake task types, an inventory from a table, files from memory.
import type { Catalogue, TaskTypeInfo } from '../../src/model/catalogue.ts'
import { type Checked, checked, type Diagnostic, mistake, mistaken } from '../../src/model/diagnostic.ts'
import type { Group, Host, Inventory, Variables } from '../../src/model/inventory.ts'
import type { ValidPlaybook } from '../../src/model/playbook.ts'
import { untrueHints } from '../text/applyHint.ts'
import { type LoadPlaybooks, loadPlaybooks } from '../../src/playbook/loadPlaybooks.ts'

const text = { type: 'string' }
const path = { type: 'string', pattern: '^/', errorMessage: 'must be an absolute path', description: 'Where it is' }

const types: readonly TaskTypeInfo[] = [
  {
    name: 'installPackage',
    summary: 'Installs packages.',
    shorthand: 'name',
    params: {
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      properties: {
        name: {
          anyOf: [
            { type: 'string', minLength: 1 },
            { type: 'array', items: text, minItems: 1 },
          ],
        },
        state: { anyOf: [{ const: 'present' }, { const: 'absent' }, { const: 'latest' }] },
        version: text,
      },
    },
    result: { type: 'object', properties: { installed: { type: 'array', items: text } } },
  },
  {
    name: 'writeFile',
    summary: 'Writes a file.',
    params: {
      type: 'object',
      required: ['path'],
      additionalProperties: false,
      properties: {
        path,
        content: text,
        src: text,
        template: text,
        mode: { type: 'string', pattern: '^[0-7]{3,4}$', errorMessage: "must be quoted octal digits such as '0644'" },
        backup: { type: 'boolean' },
        lines: { type: 'integer', minimum: 1 },
        owner: { type: 'object', additionalProperties: false, properties: { user: text, group: text } },
      },
    },
    controllerFiles: ['src'],
    templates: ['template'],
    check: ((params: { content?: string; src?: string }) =>
      params.content !== undefined && params.src !== undefined
        ? [{ path: '/src', message: "'src' does not go with 'content'", hint: 'keep one of the two' }]
        : []) as never,
  },
  {
    name: 'copyTree',
    summary: 'Copies a directory.',
    params: {
      type: 'object',
      required: ['src', 'path'],
      additionalProperties: false,
      properties: { src: text, path, exclude: { type: 'array', items: text } },
    },
    controllerTree: { directory: 'src', exclude: 'exclude' },
  },
  {
    name: 'seal',
    summary: 'Seals with a stamp of the controller, which it makes where there is none.',
    params: { type: 'object', required: ['stamp'], additionalProperties: false, properties: { stamp: text } },
    controllerKeeps: ['stamp'],
  },
  {
    name: 'run',
    judgedByUser: true,
    shellTexts: ['command'],
    summary: 'Runs a command.',
    shorthand: 'command',
    params: {
      type: 'object',
      required: ['command'],
      additionalProperties: false,
      properties: { command: text, creates: path, retries: { type: 'integer' } },
    },
    result: {
      type: 'object',
      properties: { stdout: text, exitStatus: { type: 'integer' }, stdoutLines: { type: 'array', items: text } },
    },
  },
  {
    name: 'restartService',
    summary: 'Restarts a service.',
    shorthand: 'name',
    params: { type: 'object', required: ['name'], additionalProperties: false, properties: { name: text } },
  },
]

export const catalogue: Catalogue = new Map(types.map((type) => [type.name, type]))

/** `control` and `compute` groups; variables by host, those of `all` for each. */
export function inventoryOf(hosts: Readonly<Record<string, Variables>>, compute = /0[2-9]$/): Inventory {
  const names = Object.keys(hosts)
  const groupOf = (name: string) => (compute.test(name) ? 'compute' : 'control')
  const connection = { transport: 'auto', address: '', become: { enabled: false, user: 'root' } } as const
  const group = (name: string, own: readonly string[]): [string, Group] => [name, { name, hosts: own, children: [] }]
  return {
    hosts: new Map(
      names.map((name): [string, Host] => [
        name,
        { name, groups: [groupOf(name)], vars: hosts[name] ?? {}, connection: { ...connection, address: name } },
      ]),
    ),
    groups: new Map([
      group('all', names),
      group(
        'control',
        names.filter((name) => groupOf(name) === 'control'),
      ),
      group(
        'compute',
        names.filter((name) => groupOf(name) === 'compute'),
      ),
      group('ungrouped', []),
    ]),
    origin: () => undefined,
  }
}

export const FOUR_HOSTS = inventoryOf({
  crane01: { port: 50051, partition: 'CPU', crane: { name: 'c', root: '/var/crane' }, special: 'yes' },
  crane02: { port: 50051, partition: 'CPU', crane: { name: 'c', root: '/var/crane' } },
  crane03: { port: 50051, partition: 'GPU', crane: { name: 'c', root: '/var/crane' } },
  crane04: { port: 50051, partition: 'GPU', crane: { name: 'c', root: '/var/crane' } },
})

export function load(
  files: Readonly<Record<string, string>> | string,
  options: Partial<LoadPlaybooks> = {},
): Checked<ValidPlaybook> {
  const inventory = options.inventory ?? FOUR_HOSTS
  const all = typeof files === 'string' ? { 'site.yml': files } : files
  const readFile = (file: string): string => {
    const content = all[file]
    if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return content
  }
  const listDirectory = (directory: string) => {
    const inside = directory === '.' ? '' : `${directory}/`
    const paths = Object.keys(all).filter((path) => path.startsWith(inside))
    return [...new Set(paths.map((path) => path.slice(inside.length).split('/')[0] ?? ''))]
  }
  return loadPlaybooks({
    paths: ['site.yml'],
    catalogue,
    inventory,
    readFile,
    listDirectory,
    probeFile: readFile,
    probeTree(directory) {
      if (listDirectory(directory).length === 0) readFile(directory)
    },
    selectHosts(pattern, at) {
      const found = pattern.split(',').flatMap((term) => {
        if (inventory.hosts.has(term)) return [term]
        return inventory.groups.get(term)?.hosts ?? []
      })
      const unknown = pattern.split(',').find((term) => !inventory.hosts.has(term) && !inventory.groups.has(term))
      if (unknown === undefined) return checked([...inventory.hosts.keys()].filter((host) => found.includes(host)))
      const wrong = mistake('unknown-host', `no host or group is called '${unknown}'`, at)
      return mistaken([{ ...wrong, subject: unknown }])
    },
    ...options,
  })
}

/** What is said, each hint that says what to write followed: one that is untrue fails the test, whatever it asks. */
export function mistakesIn(...[files, options]: Parameters<typeof load>): readonly Diagnostic[] {
  const said = (all: typeof files) => {
    const loaded = load(all, options)
    return loaded.ok ? loaded.warnings : loaded.diagnostics
  }
  const found = said(files)
  const all: Readonly<Record<string, string>> = typeof files === 'string' ? { 'site.yml': files } : files
  for (const [name, text] of Object.entries(all)) {
    const here = found.filter(({ at }) => at?.file === name)
    const untrue = untrueHints(text, here, (edited) => said({ ...all, [name]: edited }))
    if (untrue.length > 0) throw new Error(`a hint is not true when followed:\n${untrue.join('\n')}`)
  }
  return found
}

/** A play for all hosts around the lines of its tasks. */
export const play = (tasks: string, head = ''): string =>
  `- hosts: all\n${head}  tasks:\n${tasks.replace(/^(?=.)/gm, '    ')}\n`

/**
 * Each mistake as one line in the order of the text: `3:25 unknown-parameter no parameter 'nmae'; did you mean 'name'?`,
 * with the name of its file in front when that is not site.yml.
 */
export function told(found: readonly Diagnostic[]): readonly string[] {
  const sorted = [...found].sort(
    ({ at: a }, { at: b }) => (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0),
  )
  return sorted.map(({ code, at, message, hint }) => {
    const file = at && at.file !== 'site.yml' ? `${at.file}:` : ''
    const place = at ? `${file}${at.line}:${at.column} ` : ''
    return `${place}${code} ${message}${hint === undefined ? '' : `; ${hint}`}`
  })
}

export function valid(...args: Parameters<typeof load>): ValidPlaybook {
  const loaded = load(...args)
  if (!loaded.ok) throw new Error(`not valid:\n${told(loaded.diagnostics).join('\n')}`)
  return loaded.value
}
