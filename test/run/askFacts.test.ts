// A host whose answer a fact is at a loss with fails alone, whatever its reading throws.
import { expect, test } from 'vitest'
import { askFacts } from '../../src/run/askFacts.ts'
import { defineFact } from '../../src/task/defineFact.ts'
import { GarbledAnswer, reading, Type } from '../../src/task/index.ts'
import { localSession } from '../../src/transport/localSession.ts'
import { testHost } from '../transport/shells.ts'

test.each([
  ['what it may throw', () => new GarbledAnswer('no number')],
  ['a mistake in it', () => new TypeError('no number')],
])('%s', async (_what, thrown) => {
  const fact = defineFact({
    name: 'odd',
    summary: 'Read on one host only.',
    type: Type.String(),
    probe: reading('odd', 'echo answer'),
    read: (answer) => {
      if (reads++ === 0) throw thrown()
      return answer.trim()
    },
  })
  let reads = 0
  const hosts = ['a', 'b'].map((name) => ({ ...testHost(), name }))
  const answers = await askFacts({
    hosts,
    requests: [{ label: 'odd', fact, key: '' }],
    transport: { connect: async (host) => ({ ok: true, session: localSession(host) }), close: async () => {} },
    connect: { timeoutMs: 5000 } as never,
    forks: 1,
    deadlineMs: 10_000,
  })
  expect(answers.map(({ outcome, failure, values }) => [outcome, failure?.cause, values.get('odd')])).toEqual([
    ['failed', 'cannot read the fact odd: no number', undefined],
    ['ok', undefined, 'answer'],
  ])
})

test('a host that says the passwords back, in answers and failures', async () => {
  const { connection, ...host } = testHost({ password: 'hunter-2', becomePassword: "it's 4711" })
  const hosts = ['a', 'b'].map((name) => ({ ...host, connection, name }))
  const says = `echo hunter-2 "it's 4711" 4711`
  const fact = defineFact({
    name: 'echo',
    summary: 'Says what it knows.',
    type: Type.Array(Type.String()),
    probe: reading('echo', says),
    read: (answer) => [answer.trim()],
  })
  const failure = { kind: 'become', cause: 'sudo: hunter-2', tried: 'sudo', lastLines: "sudo: it's 4711" } as const
  const answers = await askFacts({
    hosts,
    requests: [{ label: 'echo', fact, key: '' }],
    transport: {
      connect: async (one) => (one.name === 'a' ? { ok: true, session: localSession(one) } : { ok: false, failure }),
      close: async () => {},
    },
    connect: { timeoutMs: 5000 } as never,
    forks: 1,
    deadlineMs: 10_000,
  })
  expect(answers[0]?.values.get('echo')).toEqual(['[hidden] [hidden] 4711'])
  expect(answers[1]?.failure).toEqual({ ...failure, cause: 'sudo: [hidden]', lastLines: 'sudo: [hidden]' })
})
