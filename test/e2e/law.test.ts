// The law that every task type obeys, on a real host: check mode touches nothing and says what the run then does; the
// run does it; what was predicted is what the probes read afterwards; the second run has nothing to do.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Probe, type Probes, type TaskType, UNKNOWN } from 'crane-play/task'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, labHost, labReset, labUp } from '../../lab/index.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import appendLine from '../fixtures/tasks/appendLine.ts'
import { runCommand } from '../cli/runCommand.ts'
import { catalogue } from '../tasks/catalogue.ts'
import { CONTEXT, type LiveExample } from '../tasks/kit.ts'

const HOST = 'crane02'
/** Where the one that breaks the law is. */
const OUTLAWS = new URL('../fixtures/tasks', import.meta.url).pathname

const folder = mkdtempSync(join(tmpdir(), 'crane-play-law-'))
afterAll(() => rmSync(folder, { recursive: true }))

let lab: Lab
beforeAll(async () => {
  lab = await labUp()
  await labReset([HOST])
})

/** Runs a shell text on the host, past the product. */
async function onHost(text: string): Promise<string> {
  const { stdout, stderr, exitCode } = await labHost(HOST).exec(text)
  expect({ text, stderr, exitCode }).toMatchObject({ exitCode: 0 })
  return stdout
}

/** What the probes read now. */
async function read(probes: Probes): Promise<Record<string, unknown>> {
  const facts: Record<string, unknown> = {}
  for (const [name, probe] of Object.entries(probes) as [string, Probe<unknown> | undefined][]) {
    if (!probe) continue
    const { kind } = probe
    const functions = Object.entries(kind.functions).map(([key, body]) => `${key}() {\n${body}\n}\n`)
    const text = `LC_ALL=C TZ=UTC; export LC_ALL TZ\n${functions.join('')}${kind.script([probe] as never)}`
    const { stdout } = await labHost(HOST).exec(text)
    facts[name] = kind.read(Buffer.from(stdout), [probe] as never)[0]
  }
  return facts
}

/** One task, run as a user would. */
async function play(type: string, params: object, ...options: string[]) {
  const playbook = join(folder, 'play.yml')
  writeFileSync(playbook, JSON.stringify([{ hosts: HOST, tasks: [{ [type]: params }] }]))
  const reach = ['-i', lab.inventory, '--known-hosts', lab.knownHosts, '--output', 'jsonl', '--tasks', OUTLAWS]
  const { out, err } = await runCommand(playbook, ...reach, ...options)
  const events = out
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RunEvent)
  const results = events.flatMap((event) => (event.type === 'task-result' ? [event.result] : []))
  const [result] = results
  if (!result) throw new Error(`there is no result:\n${err}${out}`)
  return result
}

/** Times are the host's; a directory's size is its file system's affair; ids of names, and who would create what is gone, are not known before. */
function comparable(fact: unknown): unknown {
  if (fact === null || typeof fact !== 'object') return fact
  if (Array.isArray(fact)) return fact.map(comparable)
  const {
    changedAt: _,
    creator: _by,
    startedAt,
    uid: _uid,
    gid: _gid,
    sha256: _sha,
    ...rest
  } = fact as Record<string, unknown>
  const shown = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, comparable(value)]))
  if (startedAt !== undefined) shown.runs = startedAt !== null
  if (shown.type === 'directory') delete shown.size
  return shown
}

async function obey(type: TaskType, { params, setup, first = 'changed', proof }: LiveExample) {
  if (setup !== undefined) await onHost(setup)
  const probes = type.observe(params as never, CONTEXT)
  const before = await read(probes)
  const decision = type.decide({ params: params as never, observed: before, context: CONTEXT })
  // A type that only reads has nothing to predict.
  if (decision.kind === 'refuse' || (decision.kind === 'ok' && first !== 'ok'))
    throw new Error(`it decides: ${JSON.stringify(decision)}`)

  expect(await play(type.name, params, '--check'), 'in check mode').toMatchObject({ outcome: first })
  expect(await read(probes), 'check mode changed something').toEqual(before)

  expect(await play(type.name, params), 'the first run').toMatchObject({ outcome: first })
  const after = await read(probes)
  const predictions = decision.kind === 'ok' ? {} : decision.after
  for (const [name, predicted] of Object.entries(predictions)) {
    if (predicted !== UNKNOWN) expect({ [name]: comparable(after[name]) }).toEqual({ [name]: comparable(predicted) })
  }

  const second = await play(type.name, params)
  expect(second, 'the second run').toMatchObject({ outcome: 'ok' })
  expect(await read(probes), 'the second run changed something').toEqual(after)
  if (proof !== undefined) await onHost(proof)
}

const live = catalogue.flatMap(({ type, cases }) =>
  (cases.live ?? []).map((example) => ({ name: `${type.name} ${example.it}`, type, example })),
)

describe.each(live)('$name', ({ type, example }) => {
  if (example.needs === 'containerd') {
    beforeAll(async () => {
      await play('installPackage', { name: 'containerd' })
      await play('ensureService', { name: 'containerd', running: true })
    })
  }
  it('obeys the law', async () => {
    expect.hasAssertions()
    await obey(type, example)
  })
})

it('finds out who breaks it', async () => {
  const example = { it: 'appends', params: { path: '/tmp/appended' } }
  await expect(obey(appendLine, example)).rejects.toThrow('the first run')
  expect(await play('appendLine', example.params)).toMatchObject({
    outcome: 'failed',
    failure: { cause: expect.stringContaining('did not converge') },
  })
})
