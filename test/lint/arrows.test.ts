// The lint rules that hold the house together are seen to fail on planted violations, and to pass what is allowed.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const oxlint = join(root, 'node_modules/.bin/oxlint')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crane-play-lint-'))
  cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function lint(path: string, text: string): string {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  const { stdout } = spawnSync(oxlint, ['-c', '.oxlintrc.json', path], { cwd: folder, encoding: 'utf8' })
  return stdout
}

const imports = (from: string) => `import { x } from '${from}'\nexport const y = x\n`

describe('arrows between rooms', () => {
  const forbidden: [string, string][] = [
    ['src/model/planted.ts', '../engine/run.ts'],
    ['src/model/planted.ts', '../task/index.ts'],
    ['src/model/planted.ts', '../text/findings.ts'],
    ['src/text/planted.ts', '../playbook/load.ts'],
    ['src/text/planted.ts', '../inventory/load.ts'],
    ['src/task/planted.ts', '../text/readYaml.ts'],
    ['src/engine/planted.ts', '../text/findings.ts'],
    ['src/inventory/planted.ts', '../playbook/load.ts'],
    ['src/playbook/planted.ts', '../inventory/load.ts'],
    ['src/playbook/planted.ts', '../task/index.ts'],
    ['src/task/planted.ts', '../transport/session.ts'],
    ['src/task/probes/planted.ts', '../../engine/run.ts'],
    ['src/transport/planted.ts', '../engine/run.ts'],
    ['src/engine/planted.ts', '../report/plain.ts'],
    ['src/engine/planted.ts', '../cli/main.ts'],
    ['src/engine/planted.ts', '../../tasks/run.ts'],
    ['src/report/planted.ts', '../engine/run.ts'],
    ['src/report/planted.ts', '../cli/main.ts'],
    ['src/cli/planted.ts', '../../lab/index.ts'],
    ['tasks/planted.ts', '../src/model/inventory.ts'],
    ['tasks/planted.ts', './other.ts'],
  ]
  it.each(forbidden)('%s may not import %s', (file, from) => {
    expect(lint(file, imports(from))).toContain('no-restricted-imports')
  })

  it.each([
    ['a re-export', "export { x } from '../report/plain.ts'\n"],
    ['a re-export of everything', "export * from '../report/plain.ts'\n"],
    ['an import when it is needed', "export const load = () => import('../report/plain.ts')\n"],
    ['an import of types', "import type { X } from '../report/plain.ts'\nexport type Y = X\n"],
  ])('%s crosses no arrow either', (_what, text) => {
    expect(lint('src/engine/planted.ts', text)).toContain('no-restricted-imports')
    expect(lint('src/cli/planted.ts', text)).not.toContain('no-restricted-imports')
  })

  const allowed: [string, string][] = [
    ['src/text/planted.ts', '../model/diagnostic.ts'],
    ['src/inventory/planted.ts', '../model/inventory.ts'],
    ['src/inventory/planted.ts', '../text/readYaml.ts'],
    ['src/playbook/planted.ts', '../text/readYaml.ts'],
    ['src/task/probes/planted.ts', '../../model/result.ts'],
    ['src/engine/planted.ts', '../transport/session.ts'],
    ['src/engine/planted.ts', '../task/step.ts'],
    ['src/report/planted.ts', '../model/runEvent.ts'],
    ['src/cli/planted.ts', '../engine/run.ts'],
    ['tasks/planted.ts', 'crane-play/task'],
  ]
  it.each(allowed)('%s may import %s', (file, from) => {
    expect(lint(file, imports(from))).not.toContain('no-restricted-imports')
  })
})

describe('who may speak and who may end the process', () => {
  const inner = ['model', 'text', 'inventory', 'playbook', 'task', 'transport', 'engine'].map((room) => `src/${room}`)
  describe.each([...inner, 'tasks'])('in %s', (room) => {
    it.each([
      ['writes to a stream', "export const f = () => process.stdout.write('x')\n", 'no-restricted-globals'],
      ['sets the exit status', 'export const f = () => {\n  process.exitCode = 1\n}\n', 'no-restricted-globals'],
      ['reads the environment', "export const f = () => process.env['HOME']\n", 'no-restricted-globals'],
      ['goes through globalThis', 'export const f = () => globalThis.process.pid\n', 'no-restricted-properties'],
      ['imports the process', imports('node:process'), 'no-restricted-imports'],
    ])('nobody %s', (_what, text, rule) => {
      expect(lint(`${room}/planted.ts`, text)).toContain(rule)
    })
  })
  it('a variable of that name is no process', () => {
    const text = 'export const f = (process: { readonly pid: number }) => process.pid\n'
    expect(lint('src/transport/planted.ts', text)).not.toContain('no-restricted')
  })
  it('src/cli may read the environment', () => {
    expect(lint('src/cli/planted.ts', "export const f = () => process.env['HOME']\n")).not.toContain('no-restricted')
  })
  it.each(['src/engine/planted.ts', 'src/task/planted.ts', 'tasks/planted.ts', 'src/model/planted.ts'])(
    '%s may neither print nor exit',
    (file) => {
      expect(lint(file, "export const f = () => console.log('x')\n")).toContain('no-console')
      expect(lint(file, 'export const f = () => process.exit(1)\n')).toContain('no-process-exit')
    },
  )
  it.each(['src/cli/planted.ts', 'src/report/planted.ts'])('%s may', (file) => {
    expect(lint(file, "export const f = () => console.log('x')\nexport const g = () => process.exit(1)\n")).not.toMatch(
      /no-console|no-process-exit/,
    )
  })
})

it('the project itself passes', () => {
  expect(() => execFileSync(oxlint, [], { cwd: root, stdio: 'pipe' })).not.toThrow()
})
