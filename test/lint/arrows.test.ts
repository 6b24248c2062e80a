// The lint rules that hold the house together are seen to fail on planted violations, and to pass what is allowed.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ARROW_FILES } from '../../scripts/writeArrows.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const oxlint = join(root, 'node_modules/.bin/oxlint')
let directory: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'crane-play-lint-'))
  for (const name of ['.oxlintrc.json', '.oxlint-arrows.json']) cpSync(join(root, name), join(directory, name))
})
afterAll(() => rmSync(directory, { recursive: true }))

function plant(path: string, text: string): void {
  const file = join(directory, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function lint(path: string): string {
  const options = ['-c', '.oxlintrc.json', '-f', 'unix']
  return spawnSync(oxlint, [...options, path], { cwd: directory, encoding: 'utf8' }).stdout
}

function lintPlanted(path: string, text: string): string {
  plant(path, text)
  return lint(path)
}

const imports = (from: string) => `import { x } from '${from}'\nexport const y = x\n`

/** Room → every room that it may import, in full: the table in scripts/arrows.mjs states the direct ones only. */
const MAY_IMPORT: Readonly<Record<string, string>> = {
  'src/model': '',
  'src/text': 'model',
  'src/language': 'model text',
  'src/inventory': 'model text',
  'src/playbook': 'model text language',
  'src/task': 'model',
  'src/container': 'model task',
  'src/transport': 'model',
  'src/engine': 'model task transport',
  'src/run': 'model text language inventory playbook task container transport engine',
  'src/report': 'model',
  'src/cli': 'model text language inventory playbook task container transport engine run report',
  tasks: '',
  facts: '',
  lab: '',
  bench: 'model text language inventory playbook task container transport engine run report lab',
}
const ROOMS = [...Object.keys(MAY_IMPORT), 'test']
const nameOf = (room: string) => room.replace('src/', '')

describe('arrows between rooms', () => {
  let crossed: readonly string[]
  beforeAll(() => {
    for (const from of ROOMS)
      for (const to of ROOMS.filter((room) => room !== from))
        plant(`${from}/to-${nameOf(to)}.ts`, imports(`${from.replace(/[^/]+/g, '..')}/${to}/planted.ts`))
    crossed = lint('.')
      .split('\n')
      .flatMap((line) => /^(?:\.\/)?(\S+\/to-\w+\.ts):.*no-restricted-imports/.exec(line)?.[1] ?? [])
  })

  it.each(Object.entries(MAY_IMPORT))('%s may import these only: %s', (from, allowed) => {
    const others = ROOMS.map(nameOf).filter((name) => name !== nameOf(from))
    const free = others.filter((name) => !crossed.includes(`${from}/to-${name}.ts`))
    expect(free.join(' ')).toBe(allowed)
  })

  it('a test may import all', () => {
    expect(crossed.filter((file) => file.startsWith('test/'))).toEqual([])
  })

  it.each([
    ['src/task/probes/planted.ts', '../../engine/run.ts'],
    ['tasks/planted.ts', './other.ts'],
    ['facts/planted.ts', './other.ts'],
  ])('%s may not import %s', (file, from) => {
    expect(lintPlanted(file, imports(from))).toContain('no-restricted-imports')
  })

  it.each([
    ['src/task/probes/planted.ts', '../../model/result.ts'],
    ['src/playbook/check/planted.ts', '../parse/parsePlay.ts'],
    ['tasks/planted.ts', 'crane-play/task'],
    ['tasks/planted.ts', 'crane-play/container'],
    ['facts/planted.ts', 'crane-play/task'],
  ])('%s may import %s', (file, from) => {
    expect(lintPlanted(file, imports(from))).not.toContain('no-restricted-imports')
  })

  it.each([
    ['a re-export', "export { x } from '../report/plain.ts'\n"],
    ['a re-export of everything', "export * from '../report/plain.ts'\n"],
    ['an import when it is needed', "export const load = () => import('../report/plain.ts')\n"],
    ['an import of types', "import type { X } from '../report/plain.ts'\nexport type Y = X\n"],
  ])('%s crosses no arrow either', (_what, text) => {
    expect(lintPlanted('src/engine/planted.ts', text)).toContain('no-restricted-imports')
    expect(lintPlanted('src/cli/planted.ts', text)).not.toContain('no-restricted-imports')
  })
})

describe('what is made from the table', () => {
  it.each(Object.entries(ARROW_FILES))('%s is what `npm run docs` would write', (name, make) => {
    const now = readFileSync(join(root, name), 'utf8')
    expect(now).toBe(make(now))
  })

  it('names every directory of src/', () => {
    expect(
      ROOMS.filter((room) => room.startsWith('src/'))
        .map(nameOf)
        .toSorted(),
    ).toEqual(readdirSync(join(root, 'src')).toSorted())
  })
})

describe('who may speak and who may end the process', () => {
  const inner = ROOMS.slice(0, ROOMS.indexOf('src/report'))
  describe.each([...inner, 'tasks', 'facts'])('in %s', (room) => {
    it.each([
      ['writes to a stream', "export const f = () => process.stdout.write('x')\n", 'no-restricted-globals'],
      ['sets the exit status', 'export const f = () => {\n  process.exitCode = 1\n}\n', 'no-restricted-globals'],
      ['reads the environment', "export const f = () => process.env['HOME']\n", 'no-restricted-globals'],
      ['goes through globalThis', 'export const f = () => globalThis.process.pid\n', 'no-restricted-properties'],
      ['imports the process', imports('node:process'), 'no-restricted-imports'],
    ])('nobody %s', (_what, text, rule) => {
      expect(lintPlanted(`${room}/planted.ts`, text)).toContain(rule)
    })
  })
  it('a variable of that name is not the process', () => {
    const text = 'export const f = (process: { readonly pid: number }) => process.pid\n'
    expect(lintPlanted('src/transport/planted.ts', text)).not.toContain('no-restricted')
  })
  it('src/cli may read the environment', () => {
    expect(lintPlanted('src/cli/planted.ts', "export const f = () => process.env['HOME']\n")).not.toContain(
      'no-restricted',
    )
  })
  it.each(['src/engine/planted.ts', 'src/task/planted.ts', 'tasks/planted.ts', 'src/model/planted.ts'])(
    '%s may neither print nor exit',
    (file) => {
      expect(lintPlanted(file, "export const f = () => console.log('x')\n")).toContain('no-console')
      expect(lintPlanted(file, 'export const f = () => process.exit(1)\n')).toContain('no-process-exit')
    },
  )
  it.each(['src/cli/planted.ts', 'src/report/planted.ts'])('%s may', (file) => {
    expect(
      lintPlanted(file, "export const f = () => console.log('x')\nexport const g = () => process.exit(1)\n"),
    ).not.toMatch(/no-console|no-process-exit/)
  })
})

it('files that import each other in a circle, types included, are refused', () => {
  plant('src/model/one.ts', "import type { B } from './two.ts'\nexport type A = B | 1\n")
  plant('src/model/two.ts', "import type { A } from './one.ts'\nexport type B = A | 2\n")
  expect(lint('src/model')).toContain('no-cycle')
})

it('the project itself passes', () => {
  expect(() => execFileSync(oxlint, [], { cwd: root, stdio: 'pipe' })).not.toThrow()
})
