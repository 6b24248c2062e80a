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
