// The law that every task type obeys, on a real host of each family: check mode touches nothing and says what the run then
// does; the run does it; what was predicted is what the probes read afterwards; the second run has nothing to do.
import { readFileSync } from 'node:fs'
import { type Probe, type TaskType, UNKNOWN } from 'crane-play/task'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labReset, labUp, ownLab } from '../../lab/index.ts'
import { readTree } from '../../src/text/readTree.ts'
import appendLine from '../fixtures/tasks/appendLine.ts'
import { catalogue } from '../tasks/catalogue.ts'
import { CONTEXT, type LiveExample } from '../tasks/kit.ts'
import { LawHost } from './support/lawHost.ts'
import { RPM_HOST, rpmLab } from './support/rpmLab.ts'

const APT_HOST = 'crane02'

const examplesOn = (family: 'apt' | 'rpm') =>
  catalogue.flatMap(({ type, cases }) =>
    (cases.live ?? [])
      .filter(({ on = family }) => on === family)
      .map((example) => ({ name: `${type.name} ${example.it}`, type, example })),
  )

async function runContainerd(host: LawHost): Promise<void> {
  await host.play('installPackage', { name: 'containerd' })
  await host.play('ensureService', { name: 'containerd', running: true })
}

/** Times are the host's; a directory's size is its file system's affair; ids of names, and who would create what is gone, are not known before. */
function comparable(fact: unknown): unknown {
  if (fact === null || typeof fact !== 'object') return fact
  if (Array.isArray(fact)) return fact.map(comparable)
  const {
    changedAt: _,
    writtenAt: _at,
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

/** A file of this machine, by the name that a parameter gives it. */
const contentOf = (name: unknown): [string, Uint8Array][] =>
  typeof name === 'string' ? [[name, readFileSync(name)]] : []

/** A directory of this machine, likewise. */
const treeOf = ({ controllerTree }: TaskType, params: LiveExample['params']) =>
  controllerTree &&
  readTree(String(params[controllerTree.directory]), (params[controllerTree.exclude] ?? []) as readonly string[])

/**
 * Without the fields that the prediction leaves open, as it does for a key that is made with the change, and without the
 * text of a file whose probe asks for its digest alone: the prediction has it for other tasks that ask for it.
 */
function withoutOpen(fact: unknown, predicted: unknown, { detail }: Probe<unknown>): unknown {
  if (fact === null || typeof fact !== 'object' || Array.isArray(fact)) return fact
  const expected = predicted as Record<string, unknown>
  const unasked = (detail as { text?: boolean } | undefined)?.text === false ? 'text' : undefined
  return Object.fromEntries(Object.entries(fact).filter(([key]) => expected[key] !== UNKNOWN && key !== unasked))
}

const hasDigest = ({ detail }: Probe<unknown>) => (detail as { digest?: boolean } | undefined)?.digest === true
const digestIn = (fact: unknown) => (fact as { sha256?: unknown } | undefined)?.sha256

async function obey(host: LawHost, type: TaskType, { params, setup, first = 'changed', proof, needs }: LiveExample) {
  if (needs === 'containerd') await runContainerd(host)
  if (setup !== undefined) await host.on(setup)
  const tree = treeOf(type, params)
  const probes = type.observe(params as never, { ...CONTEXT, tree })
  const before = await host.read(probes)
  const files = new Map(type.controllerFiles.flatMap((name) => contentOf(params[name])))
  const decision = type.decide({ params: params as never, observed: before, context: { ...CONTEXT, files, tree } })
  // A type that only reads has nothing to predict.
  if (decision.kind === 'refuse' || (decision.kind === 'ok' && first !== 'ok'))
    throw new Error(`it decides: ${JSON.stringify(decision)}`)

  expect(await host.play(type.name, params, '--check'), 'in check mode').toMatchObject({ outcome: first })
  expect(await host.read(probes), 'check mode changed something').toEqual(before)

  expect(await host.play(type.name, params), 'the first run').toMatchObject({ outcome: first })
  const after = await host.read(probes)
  const predictions = decision.kind === 'ok' ? {} : decision.after
  for (const [name, predicted] of Object.entries(predictions)) {
    if (predicted === UNKNOWN) continue
    const probe = probes[name] as Probe<unknown>
    const found = withoutOpen(comparable(after[name]), predicted, probe)
    expect({ [name]: found }).toEqual({ [name]: withoutOpen(comparable(predicted), predicted, probe) })
    // Of a file that is asked for by its digest, the digest is what the prediction must get right.
    if (hasDigest(probe)) expect(digestIn(after[name])).toBe(digestIn(predicted))
  }

  const second = await host.play(type.name, params)
  expect(second, 'the second run').toMatchObject({ outcome: 'ok' })
  expect(await host.read(probes), 'the second run changed something').toEqual(after)
  if (proof !== undefined) await host.on(proof)
}

describe('on a host with apt', () => {
  let host: LawHost
  beforeAll(async () => {
    const lab = await labUp()
    await labReset([APT_HOST])
    host = new LawHost(lab, APT_HOST)
  })
  afterAll(() => host.end())

  it.each(examplesOn('apt'))('$name', async ({ type, example }) => {
    expect.hasAssertions()
    await obey(host, type, example)
  })

  it('finds out who breaks it', async () => {
    const example = { it: 'appends', params: { path: '/tmp/appended' } }
    await expect(obey(host, appendLine, example)).rejects.toThrow('the first run')
    expect(await host.play('appendLine', example.params)).toMatchObject({
      outcome: 'failed',
      failure: { cause: expect.stringContaining('did not converge') },
    })
  })
})

describe('on a host with dnf, whose sh is bash', () => {
  const rpm = rpmLab(ownLab('rpm-law'))
  let host: LawHost | undefined
  beforeAll(() => {
    host = rpm.lab && new LawHost(rpm.lab, RPM_HOST)
  })
  afterAll(() => host?.end())

  it.for(examplesOn('rpm'))('$name', async ({ type, example }, { skip }) => {
    expect.hasAssertions()
    if (!host) return skip(rpm.problem)
    await obey(host, type, example)
  })
})
