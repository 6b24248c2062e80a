// Keys of one file are set in one task: what is refused of them leaves nothing on disk, and the playbooks do it so.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inode, type ShellStep, textFile } from 'crane-play/task'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { catalogue } from '../tasks/catalogue.ts'
import { CONTEXT } from '../tasks/kit.ts'
import { ask, runScript, temporaryDirectory } from './runShell.ts'

const folder = temporaryDirectory()
const EDITS = [{ a: 2 }, { b: 3 }, { c: 'bad' }]

it.each([
  ['ensureToml', 'a = 1\nb = 1\n', 'a = 2\nb = 3\n'],
  ['ensureYaml', 'a: 1\nb: 1\n', 'a: 2\nb: 3\n'],
])('%s with all edits at once leaves none behind when one is refused', (name, before, halfway) => {
  const path = join(folder, name)
  const type = catalogue.find((one) => one.name === name)?.type
  /** As a run makes it: what is on disk now is observed, decided on and replaced. */
  const make = (set: object): number | null => {
    const params = { path, set, validate: '! grep -q bad %s' } as never
    const [file] = ask([textFile(path)])
    const [parent] = ask([inode(folder)])
    const decision = type?.decide({ params, observed: { file, parent }, context: CONTEXT })
    if (decision?.kind !== 'change') throw new Error(`nothing is due: ${decision?.kind}`)
    const [step] = type?.apply?.({ params, plan: decision.plan as never }) ?? []
    return runScript(step as ShellStep).status
  }
  writeFileSync(path, before)
  expect(EDITS.map(make).map((status) => status === 0)).toEqual([true, true, false])
  expect(readFileSync(path, 'utf8')).toBe(halfway)

  writeFileSync(path, before)
  expect(make(Object.assign({}, ...EDITS))).not.toBe(0)
  expect(readFileSync(path, 'utf8')).toBe(before)
})

const PLAYBOOKS = join(import.meta.dirname, '../../playbooks')

interface Entry {
  readonly import_tasks?: string
  readonly tasks?: readonly Entry[]
  readonly [key: string]: unknown
}

const TYPES = ['craneConfig', 'configureContainerd', 'configureCrio', 'ensureToml', 'ensureYaml']

interface Edit {
  readonly file: string
  readonly keys: readonly string[]
}

/** The edits of files in a play, in order. Devices are blocks of their own, for the nodes that have them. */
function editsOf(entry: Entry): Edit[] {
  const file = entry.import_tasks
  if (file !== undefined) {
    const inner = parse(readFileSync(join(PLAYBOOKS, 'parts', file.replace(/^parts\//, '')), 'utf8')) as Entry
    return editsOf(inner)
  }
  if (entry.tasks) return entry.tasks.flatMap(editsOf)
  return TYPES.flatMap((type) => {
    const { path = '', state, ...set } = (entry[type] ?? { state: 'absent' }) as Record<string, unknown>
    // A section is removed in place of the edit.
    return state === 'absent' ? [] : [{ file: `${type} ${String(path)}`, keys: Object.keys(set) }]
  })
}

it.each(readdirSync(PLAYBOOKS).filter((name) => name.endsWith('.yml')))(
  '%s sets all keys of a file at once',
  (name) => {
    const book = parse(readFileSync(join(PLAYBOOKS, name), 'utf8')) as readonly Entry[] | { plays: readonly Entry[] }
    for (const play of 'plays' in book ? book.plays : book) {
      const first = new Map<string, readonly string[]>()
      for (const { file, keys } of editsOf(play)) {
        // A part that also runs alone may ask for what the first edit has set.
        expect(first.get(file) ?? keys).toEqual(expect.arrayContaining([...keys]))
        first.set(file, first.get(file) ?? keys)
      }
      if (name === 'deploy.yml') expect(first.size).toBeGreaterThan(0)
    }
  },
)
