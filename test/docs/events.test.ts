// docs/events.md and its schema are what the events are: every event that the program emits is valid, and nothing else is.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, expect, it } from 'vitest'
import { EVENTS, eventSchema } from '../../scripts/eventSchema.ts'
import { EVENT_FILES } from '../../scripts/writeEvents.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { runCommand } from '../cli/runCommand.ts'
import { tell } from '../report/runEvents.ts'

const fits = new Ajv2020({ strict: false }).compile(eventSchema)
const directory = mkdtempSync(join(tmpdir(), 'crane-play-events-'))
afterAll(() => rmSync(directory, { recursive: true }))

it.each(Object.entries(EVENT_FILES))('docs/%s is what `npm run docs` would write', (name, text) => {
  expect(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')).toBe(text())
})

const invalid = (events: readonly unknown[]) => events.filter((event) => !fits(event))

it('the events of a run are valid: failures, loops, notes, diffs and traces', async () => {
  const playbook = join(directory, 'p.yml')
  const tasks = [
    { writeFile: { path: join(directory, 'made'), content: 'x' } },
    { run: { command: 'echo no >&2; exit 3', always: true }, ignore_errors: true },
    { run: { command: 'true', always: true }, loop: ['a', 'b'], when: 'item == "a"' },
    { run: { command: 'false', always: true } },
  ]
  writeFileSync(playbook, JSON.stringify([{ hosts: 'all', tasks }]))
  const words = [playbook, '-i', 'crane01,', '--transport', 'local', '--output', 'jsonl']
  const runs = [await runCommand(...words, '--check', '-vvv'), await runCommand(...words, '-vvv')]
  const events = runs.flatMap(({ out }) => out.trim().split('\n')).map((line) => JSON.parse(line) as RunEvent)
  expect(invalid(events)).toEqual([])
  const seen = new Set(events.map(({ type }) => type))
  const rare = ['interrupted', 'warning']
  expect(
    EVENTS.map((one) => one.properties.type.const).filter((type) => !seen.has(type) && !rare.includes(type)),
  ).toEqual([])
})

it('an interrupt and a warning are valid', () => {
  const events = tell({
    hosts: ['crane01'],
    plays: [],
    extra: [{ type: 'warning', message: 'x' }],
    interrupted: { signal: 'SIGINT', hosts: { crane01: { state: 'stopped', task: 'Install' } } },
  })
  expect(invalid(events)).toEqual([])
})

it.each([
  ['an event of no such type', { v: 1, at: 0, type: 'run-paused' }],
  ['a field too many', { v: 1, at: 0, type: 'warning', message: 'x', more: 1 }],
  ['a field that is missing', { v: 1, at: 0, type: 'warning' }],
])('%s is not', (_what, event) => {
  expect(fits(event)).toBe(false)
})
