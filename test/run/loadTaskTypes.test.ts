// Task types are found by listing directories: the product's, and those of a site.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadTaskTypes } from '../../src/run/loadTaskTypes.ts'
import { ownPackage } from '../../src/run/packageRoot.ts'

test('each file of tasks/ is a task type of its name', async () => {
  const files = readdirSync(join(ownPackage().root, 'tasks')).filter((file) => file.endsWith('.ts'))
  const loaded = await loadTaskTypes([])
  expect(loaded.ok && [...loaded.value].map(([name, type]) => [name, type.name])).toEqual(
    files.map((file) => [file.replace('.ts', ''), file.replace('.ts', '')]),
  )
})

const GOOD = `
import { defineTask, ok, StepFailed, Type } from 'crane-play/task'
const limit: number = 3
export default defineTask({
  name: 'mountShare',
  summary: \`Mounts \${limit} shares.\`,
  params: Type.Object({ path: Type.String() }),
  observe: () => ({}),
  decide: () => ok(),
  apply: () => [],
  collect: () => ({ own: new StepFailed('x') instanceof Error }),
})
`

describe('--tasks', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'crane-play-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))
  const put = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  }

  test('TypeScript is loaded as it is, and what is no task file is left alone', async () => {
    put({ 'mountShare.ts': GOOD, 'README.md': '', 'mountShare.test.ts': 'syntax error', '.hidden.ts': 'syntax error' })
    const loaded = await loadTaskTypes([directory])
    expect(loaded.ok && loaded.value.get('mountShare')).toMatchObject({
      name: 'mountShare',
      summary: 'Mounts 3 shares.',
      params: { type: 'object', required: ['path'] },
    })
  })

  test('its crane-play/task is ours, not a copy: an error it throws is known as one', async () => {
    put({ 'mountShare.ts': GOOD.replace('own: new StepFailed', 'StepFailed, own: new StepFailed') })
    const loaded = await loadTaskTypes([directory])
    const { StepFailed } = await import('../../src/task/index.ts')
    expect(loaded.ok && loaded.value.get('mountShare')?.collect?.([], {})).toMatchObject({ StepFailed })
  })

  test('its crane-play/container is ours, and knows the same errors', async () => {
    const text = `import { metaCniText } from 'crane-play/container'\n${GOOD.replace('own: new StepFailed', 'metaCniText, own: new StepFailed')}`
    put({ 'mountShare.ts': text })
    const loaded = await loadTaskTypes([directory])
    const { metaCniText } = await import('../../src/container/index.ts')
    expect(loaded.ok && loaded.value.get('mountShare')?.collect?.([], {})).toMatchObject({ metaCniText })
  })

  test.each<[string, Record<string, string>, string, string]>([
    ['an empty directory', {}, 'no-task-types', 'no task type in this directory'],
    ['another name', { 'share.ts': GOOD }, 'bad-task-type', 'defines a task type named mountShare'],
    [
      'a name that is taken',
      { 'run.ts': GOOD.replace("'mountShare'", "'run'") },
      'bad-task-type',
      'there is already a task type run',
    ],
    ['no task type', { 'share.ts': 'export default { name: "share" }' }, 'bad-task-type', 'defineTask'],
    ['no default', { 'share.js': 'export const a = 1' }, 'bad-task-type', 'defineTask'],
    [
      'a syntax error',
      { 'share.ts': 'export default {' },
      'unloadable-task-type',
      'cannot be loaded: Unexpected token',
    ],
    ['an error as it loads', { 'share.ts': 'throw new Error("not today")' }, 'unloadable-task-type', 'not today'],
  ])('%s', async (_case, files, code, message) => {
    put(files)
    const loaded = await loadTaskTypes([directory])
    expect(loaded).toMatchObject({ ok: false, diagnostics: [{ code, message: expect.stringContaining(message) }] })
    if (!loaded.ok) expect(loaded.diagnostics[0]?.message).not.toContain('\n')
  })
})
