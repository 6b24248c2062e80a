// Whatever a host answers: each kind of probe reads values of the promised shape or says that the answer is garbled.
import {
  accountIds,
  commandOutput,
  digestedFile,
  directory,
  GarbledAnswer,
  inode,
  link,
  packageState,
  type Probe,
  readEvidence,
  textFile,
  unit,
} from 'crane-play/task'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../tasks/catalogue.ts'
import { CONTEXT, type DecideCase } from '../../tasks/kit.ts'

const RUNS = 2000
const SELF = '0:0:41ed:0:1:1767225600.000000/1767225600.000000/0\n'
const FILE = '0:33:81a4:3:2:1767225600.000000/1767225600.000000/1767225600\n'
const SHOW =
  'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nExecMainStartTimestamp=Tue 2026-11-24 04:00:29.8 UTC\nNeedDaemonReload=no\n'

/** Probes of one kind, and what an honest host answers them. */
const KINDS: readonly { readonly name: string; readonly probes: readonly Probe<unknown>[]; readonly answer: string }[] =
  [
    {
      name: 'file',
      probes: [digestedFile('/a'), textFile('/b'), inode('/c')],
      answer: `exists r\nabsent\nexists rl\n0:0:root:root\n0:33:root:www-data\n\n${SELF}${FILE}${FILE}abc${'0'.repeat(64)}  /a\nend of files\n`,
    },
    {
      name: 'directory',
      probes: [directory('/d'), directory('/e')],
      answer: 'directory\n1 1767225600.000000 /d/a\n.\nabsent\n',
    },
    { name: 'command', probes: [commandOutput('x'), commandOutput('y')], answer: '0 3\nab\n127 0\n' },
    { name: 'unit', probes: [unit('a'), unit('b')], answer: `${SHOW}\n${SHOW}` },
    {
      name: 'package',
      probes: [packageState('a', { candidate: true }), packageState('b')],
      answer:
        'apt\ni a amd64 1.0 installed\ni b all 2:1-1 config-files\np m 1 installed b (= 1), c\nc a\n= 1.1\nr a\n- x\n',
    },
    { name: 'link', probes: [link('/a'), link('/b')], answer: 'link 3\na\nb\nother\n' },
    { name: 'account', probes: [accountIds({ owner: 'a' }).ownerId as Probe<unknown>], answer: '12\n' },
  ]

/** An answer with parts cut out, doubled, or replaced by what nobody expects. */
const mutated = (answer: string) =>
  fc
    .array(
      fc.record({
        at: fc.nat(answer.length),
        cut: fc.nat(12),
        put: fc.oneof(
          fc.string({ unit: 'binary', maxLength: 8 }),
          fc.constantFrom(
            '\n',
            '\n\n',
            '=',
            ':',
            '-1',
            '9'.repeat(400),
            '2026-13-45 99:99:99',
            '0x',
            '\u0000',
            '.\n',
            ' ',
          ),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((edits) => edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), answer))

it('has an honest answer of each kind', () => {
  for (const { probes, answer } of KINDS)
    expect(probes[0]?.kind.read(Buffer.from(answer), probes as never)).toHaveLength(probes.length)
})

describe.each(KINDS)('$name', ({ probes, answer }) => {
  const read = (bytes: Buffer): readonly unknown[] | undefined => {
    try {
      return probes[0]?.kind.read(bytes, probes as never)
    } catch (error) {
      if (error instanceof GarbledAnswer) return undefined
      throw error
    }
  }
  it('is read or refused', () => {
    const hostile = fc.oneof(
      mutated(answer).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    )
    fc.assert(
      fc.property(hostile, (bytes) => {
        const facts = read(bytes)
        if (facts === undefined) return
        expect(facts).toHaveLength(probes.length)
        for (const fact of facts) {
          expect(fact).not.toBeUndefined()
          for (const value of Object.values(fact ?? {}))
            if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
        }
      }),
      { numRuns: RUNS },
    )
  })
})

/** Texts that stand for files of hosts: decide must take any of them. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    'a: *x\n',
    'a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c]\n',
    'a: &a\n  b: *a\n',
    '? [a]\n: b\n',
    '<<: 1\n',
    '{"digest": "x", "at": 1e300}',
    '{"digest": "x", "at": -1e300}',
    'a = 9999-99-99\n',
    'a.b = 1\n[a]\nb = 2\n',
    `${'['.repeat(5000)}`,
    `${'- '.repeat(5000)}`,
    `a = ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
  ),
)

describe.each(catalogue.filter(({ name }) => /^ensure(Toml|Yaml)$/.test(name)))('$name', ({ type, cases }) => {
  it('decides about any text', () => {
    const [{ params, observed }] = cases.decide as readonly [DecideCase]
    fc.assert(
      fc.property(text, (content) => {
        const file = { ...(observed.file as object), text: content }
        const decision = type.decide({ params: params as never, observed: { ...observed, file }, context: CONTEXT })
        expect(['ok', 'change', 'refuse']).toContain(decision.kind)
      }),
      { numRuns: RUNS },
    )
  })
})

it('takes no evidence from an impossible time', () => {
  for (const at of [1e300, -1e300, 'now', null])
    expect(readEvidence({ type: 'file', text: JSON.stringify({ digest: 'x', at }) } as never)).toBeUndefined()
  expect(readEvidence({ type: 'file', text: '{"digest":"x","at":1}' } as never)).toBeDefined()
})
