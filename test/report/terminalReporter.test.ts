// The live part of a terminal: few rows, never mixed with the report, gone at the end.
import { expect, test, vi } from 'vitest'
import type { RunEvent, RunEventBody } from '../../src/model/runEvent.ts'
import { LiveState, MOST_ROWS } from '../../src/report/liveRows.ts'
import { COLOURLESS } from '../../src/report/palette.ts'
import { plainReporter } from '../../src/report/plainReporter.ts'
import { terminalReporter } from '../../src/report/terminalReporter.ts'
import type { Sized } from '../../src/report/terminalSize.ts'
import { on, type RunStory, tell } from './runEvents.ts'
import { VirtualTerminal } from './virtualTerminal.ts'

const HOSTS = Array.from({ length: 40 }, (_, i) => `crane${String(i + 1).padStart(2, '0')}`)
const FAILED = { outcome: 'failed', failure: { cause: 'disk full' } } as const

const LARGE: RunStory = {
  hosts: HOSTS,
  plays: [
    {
      name: 'runtime',
      tasks: Array.from({ length: 30 }, (_, i) => ({
        name: `Task ${i}`,
        results: { ...on(HOSTS, { outcome: 'ok' }), ...(i % 7 === 3 ? on(HOSTS.slice(0, 9), FAILED) : {}) },
      })),
    },
  ],
}

const options = { verbosity: 0, diff: false, palette: COLOURLESS }

function plainText(events: readonly RunEvent[]): string {
  let out = ''
  const reporter = plainReporter({ out: (text) => void (out += text), err: (text) => void (out += text) }, options)
  for (const event of events) reporter.event(event)
  return out
}

/** `told`: what the terminal says of its size, where that is not the truth. */
function open(rows = 24, every = 1, told?: Sized) {
  const terminal = new VirtualTerminal(120, rows)
  let now = 0
  let looks = 0
  const write = (text: string) => terminal.write(text)
  const sink = { out: (text: string) => void write(text), err: (text: string) => void write(text) }
  const reporter = terminalReporter(sink, {
    ...options,
    terminal: told ? { ...told, write } : terminal,
    terminalPalette: COLOURLESS,
    every,
    now: () => (looks++, now),
  })
  return { terminal, reporter, setNow: (value: number) => (now = value), looks: () => looks }
}

/** Lines of the live part of a frame: they start with an icon. */
const liveLines = (frame: readonly string[]) => frame.filter((line) => /^[⠀-⣿x-] {1}/.test(line))

const frameWith = (terminal: VirtualTerminal, text: string) =>
  vi.waitUntil(() => terminal.frames.find((frame) => liveLines(frame).some((line) => line.includes(text))), {
    timeout: 5000,
    interval: 2,
  })

test('at the end the screen is the plain report: nothing twice, nothing lost, the cursor back', async () => {
  const { terminal, reporter } = open()
  const events = tell(LARGE)
  for (const [i, event] of events.entries()) {
    reporter.event(event)
    if (i % 200 === 100) await frameWith(terminal, `PLAY runtime  `)
  }
  await reporter.end()
  await reporter.end()
  reporter.leave()
  expect(`${terminal.screen.join('\n')}\n`).toBe(plainText(events))
  expect(terminal.cursorHidden).toBe(false)
  const live = terminal.frames.map((frame) => liveLines(frame).length)
  expect(Math.max(...live)).toBeGreaterThan(1)
  expect(Math.max(...live)).toBeLessThanOrEqual(MOST_ROWS)
})

test.each([6, 12, 60])('a terminal of %i rows is never overfilled', async (rows) => {
  const { terminal, reporter, setNow } = open(rows)
  const events = tell(LARGE)
  const started = events.findIndex((event) => event.type === 'task-started')
  const task = events.flatMap((event) => (event.type === 'task-started' ? [event.task] : []))[0]
  if (!task) throw new Error('the story has no task')
  for (const event of events.slice(0, started + 1)) reporter.event(event)
  for (const host of HOSTS)
    reporter.event({ v: 1, at: 0, type: 'task-running', task, host, what: `sleeping as ${host}` })
  setNow(60_000)
  await frameWith(terminal, 'crane01  60 s  sleeping as crane01')
  reporter.leave()
  const most = Math.max(...terminal.frames.map((frame) => liveLines(frame).length))
  expect(most).toBeLessThanOrEqual(Math.min(MOST_ROWS, rows - 2))
  expect(most).toBe(Math.min(13, rows - 2))
})

/** The row of one task that has just begun. */
async function rowOf(name: string, told?: Sized): Promise<string | undefined> {
  const { terminal, reporter } = open(24, 1, told)
  const events = tell({ hosts: HOSTS, plays: [{ name: 'all', tasks: [{ name, results: {} }] }] })
  for (const event of events.slice(0, 3)) reporter.event(event)
  const frame = await frameWith(terminal, name.slice(0, 60))
  reporter.leave()
  return liveLines(frame ?? [])
    .find((line) => line.includes(name.slice(0, 60)))
    ?.slice(2)
}

test.each<[string, Sized | undefined, columns: number]>([
  ['as wide as their own terminal, whatever stdout is', undefined, 117],
  ['of the usual width where a terminal was never told its size', { columns: 0, rows: 0 }, 77],
])('rows are %s', async (_what, told, columns) => {
  const row = `  ${'A long name '.repeat(20)}`
  expect(await rowOf(row.trim(), told)).toBe(`${row.slice(0, columns - 3)}...`)
})

test('leaving at once erases the live rows, writes what is known, shows the cursor, and draws no more', async () => {
  const { terminal, reporter } = open()
  const events = tell(LARGE)
  const middle = events.findIndex((event) => event.type === 'task-started' && event.task.name === 'Task 5')
  for (const event of events.slice(0, middle + 1)) reporter.event(event)
  await frameWith(terminal, 'Task 5  0/40 ok')
  reporter.leave()
  const { writes } = terminal
  expect(terminal.screen.filter((line) => liveLines([line]).length > 0)).toEqual([])
  expect(terminal.screen.at(0)).toBe('PLAY runtime: crane[01-40] (40 hosts, 30 tasks)')
  expect(terminal.screen.filter((line) => line === 'FAILED')).toHaveLength(1)
  expect(terminal.cursorHidden).toBe(false)
  await reporter.end()
  expect(terminal.writes).toBe(writes)
})

test('while a question stands the rows are away, and what happens meanwhile is said after it', async () => {
  const { terminal, reporter, looks } = open()
  const events = tell(LARGE)
  const middle = events.findIndex((event) => event.type === 'task-started' && event.task.name === 'Task 5')
  for (const event of events.slice(0, middle + 1)) reporter.event(event)
  await frameWith(terminal, 'Task 5  0/40 ok')
  const shown = await reporter.aside(async () => {
    terminal.write('sure? ')
    for (const event of events.slice(middle + 1)) reporter.event(event)
    const { writes, cursorHidden } = terminal
    const enough = looks() + 3
    await vi.waitUntil(() => looks() >= enough, { timeout: 5000, interval: 2 })
    const drawn = terminal.writes - writes
    terminal.write('yes\n')
    return { drawn, cursorHidden, screen: terminal.screen }
  })
  expect(shown).toMatchObject({ drawn: 0, cursorHidden: false })
  expect(shown.screen.filter((line) => liveLines([line]).length > 0)).toEqual([])
  expect(shown.screen.at(-1)).toBe('sure? yes')
  await reporter.end()
  expect(terminal.screen.filter((line) => line !== 'sure? yes').join('\n')).toBe(plainText(events).trimEnd())
  expect(terminal.cursorHidden).toBe(false)
})

test('many events make few frames', async () => {
  const { terminal, reporter } = open(24, 60_000)
  for (const event of tell(LARGE)) reporter.event(event)
  await reporter.end()
  expect(terminal.writes).toBeLessThan(10)
})

const play = { index: 0, name: 'runtime' }
const refs = Array.from({ length: 9 }, (_, i) => ({ id: `0/${i}`, name: `T${i}`, type: 'run', file: 'f', line: i }))

test('the rows: counts over hosts, failed hosts folded, slow hosts with what they do, what comes next', () => {
  const state = new LiveState()
  const [task] = refs
  if (!task) throw new Error('no task')
  const tell = (body: RunEventBody) => state.event({ v: 1, at: 1000, ...body })
  const starting = { type: 'run-started', playbooks: [], check: false, plays: [play], forks: 1 } as const
  tell({ ...starting, hosts: HOSTS })
  expect(state.rows(0)).toEqual([{ state: 'running', text: 'connecting to 40 hosts, 0 connected' }])
  tell({ type: 'play-started', play, hosts: HOSTS, tasks: refs })
  tell({ type: 'task-started', play, task, hosts: HOSTS, handler: false })
  for (const [i, host] of HOSTS.entries()) {
    if (i < 2) tell({ type: 'task-result', task, host, result: { ...FAILED, durationMs: 1 } })
    else if (i < 4)
      tell({ type: 'task-result', task, host, result: { outcome: 'changed', predicted: true, durationMs: 1 } })
    else if (i < 10) tell({ type: 'task-result', task, host, result: { outcome: 'changed', durationMs: 1 } })
    else if (i < 33) tell({ type: 'task-result', task, host, result: { outcome: 'ok', durationMs: 1 } })
    else tell({ type: 'task-running', task, host, what: i < 35 ? 'apt-get install containerd' : `step ${i}` })
  }
  expect(state.rows(3999).map((row) => row.text)).toEqual([
    'PLAY runtime  0/9 tasks on 40 hosts',
    '  T0  31/40 ok, 2 failed, 2 would change, 6 changed',
    '    failed: crane[01-02]',
    '  T1',
    '  T2',
    '  T3',
    '  T4',
    '  and 4 tasks more',
  ])
  const slow = state.rows(15_500)
  expect(slow.map((row) => row.text).slice(2, 9)).toEqual([
    '    failed: crane[01-02]',
    '    crane[34-35] (2 hosts)  14 s  apt-get install containerd',
    ...[35, 36, 37, 38].map((i) => `    crane${i + 1}  14 s  step ${i}`),
    '    and 1 more: crane40',
  ])
  expect(slow[2]?.state).toBe('failed')
  expect(state.rows(15_500, 5)).toHaveLength(5)
  expect(state.rows(15_500).length).toBeLessThanOrEqual(MOST_ROWS)
})

test('a handler that is due on no host has no row', () => {
  const state = new LiveState()
  const [task, handler] = refs
  if (!task || !handler) throw new Error('no task')
  const tell = (body: RunEventBody) => state.event({ v: 1, at: 1000, ...body })
  tell({ type: 'run-started', playbooks: [], check: false, plays: [play], forks: 1, hosts: HOSTS })
  tell({ type: 'play-started', play, hosts: HOSTS, tasks: [task] })
  const rows = state.rows(0)
  tell({ type: 'task-started', play, task: handler, hosts: [], handler: true })
  expect(state.rows(0)).toEqual(rows)
  tell({ type: 'task-started', play, task: handler, hosts: HOSTS, handler: true })
  expect(state.rows(0)).not.toEqual(rows)
})

test('hosts that do not answer are named, though nothing is being changed on them', () => {
  const state = new LiveState()
  const [task] = refs
  if (!task) throw new Error('no task')
  const tell = (body: RunEventBody) => state.event({ v: 1, at: 1000, ...body })
  tell({ type: 'play-started', play, hosts: HOSTS, tasks: [task] })
  tell({ type: 'task-started', play, task, hosts: HOSTS, handler: false })
  for (const host of HOSTS.slice(2)) tell({ type: 'task-result', task, host, result: { outcome: 'ok', durationMs: 1 } })
  const texts = (now: number) => state.rows(now).map((row) => row.text)
  expect(texts(3999)).toEqual(['PLAY runtime  0/1 tasks on 40 hosts', '  T0  38/40 ok'])
  expect(texts(13_000).at(-1)).toBe('    waiting 12 s for an answer from crane[01-02]')
})
