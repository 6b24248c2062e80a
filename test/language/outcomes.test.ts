// Whatever became of a task, an expression about it gives a value, is unknown, or fails in words of this program.
import { expect, test } from 'vitest'
import { UNKNOWN } from '../../src/model/computed.ts'
import { play, valid } from '../playbook/world.ts'

const base = { changed: false, failed: false, skipped: false }
const full = { stdout: 'up', exitStatus: 0, stdoutLines: ['up'] }
const none = { stdout: null, exitStatus: null, stdoutLines: null }
const unknown = { stdout: UNKNOWN, exitStatus: UNKNOWN, stdoutLines: UNKNOWN }

const OUTCOMES: Readonly<Record<string, unknown>> = {
  ok: { ...base, ...full, outcome: 'ok' },
  changed: { ...base, ...full, changed: true, outcome: 'changed' },
  failed: { ...base, ...none, failed: true, outcome: 'failed' },
  'failed with results': { ...base, ...full, failed: true, outcome: 'failed' },
  skipped: { ...base, ...none, skipped: true, outcome: 'skipped' },
  'skipped without fields': { ...base, skipped: true, outcome: 'skipped' },
  'skipped with empty fields': {
    ...base,
    stdout: '',
    exitStatus: 0,
    stdoutLines: [],
    skipped: true,
    outcome: 'skipped',
  },
  unreachable: { ...base, ...none, failed: true, outcome: 'unreachable' },
  blocked: { ...base, ...unknown, changed: UNKNOWN, outcome: UNKNOWN },
  unknown: UNKNOWN,
  'not registered': undefined,
}

const USES = [
  'A',
  'A.changed',
  'A.changed || B.changed',
  'A.failed && !B.failed',
  'A.outcome',
  'A.outcome + B.outcome',
  'A.stdout',
  'A.stdout + B.stdout',
  'A.stdout == B.stdout',
  'A.stdout.contains("u")',
  'A.stdout.trim().quote()',
  'A.exitStatus + B.exitStatus',
  'A.exitStatus > 0',
  'A.stdoutLines[0]',
  'A.stdoutLines.first()',
  'size(A.stdoutLines)',
  'A.stdoutLines.map(i, i.upper())',
  'A.stdoutLines.filter(i, i in B.stdoutLines)',
  'has(A.stdout) ? A.stdout : "none"',
  'A.?stdout.orValue("none")',
  '[A, B].filter(i, i.failed)',
  '[A, B].map(i, i.outcome).join(",")',
  "{'a': A, 'b': B.stdout}",
  'A.toJson()',
  'A.stdout.toJson()',
  'A.toYaml()',
  'string(A.exitStatus)',
  'int(A.stdout)',
  'A.stdout.fromJson()',
  'version(A.stdout) > "1"',
  'ip(A.stdout).inNetwork("10.0.0.0/8")',
  'hostvars["crane01"].x.stdout',
  'A.stdout in ["up"] ? 1 : 2',
  'A.exitStatus / B.exitStatus',
  '[A, B][0].stdout',
  'type(A.stdout) == string',
]

const inPlaceOf = (use: string, first: string, second: string) =>
  use.replaceAll(/\bA\b/g, first).replaceAll(/\bB\b/g, second)

const PAIRS = [...USES.map((use) => inPlaceOf(use, 'x', 'y')), ...USES.map((use) => inPlaceOf(use, 'y', 'x'))]

const vars = PAIRS.map((use, i) => `v${i}: '{{ ${use.replaceAll("'", "''")} }}'`)
const text = play(`- run: a
  register: x
- run: b
  register: y
- run: c
  vars:
    ${vars.join('\n    ')}
`)

/** Words of the expression library and of JavaScript. */
const INTERNAL =
  /ctor|dyn\b|[Uu]nsupported|overload|prototype|undefined|\bNaN\b|TypeError|is not a function|LazyRecord|BigInt/

test.each(Object.keys(OUTCOMES))('the other task is %s', (outcome) => {
  const task = valid(text).plays[0]?.tasks.at(-1)
  if (!task || 'branches' in task || task.kind === 'block') throw new Error('no task')
  const variables = valid(text).plays[0]?.variables('crane01')
  for (const other of Object.values(OUTCOMES)) {
    const scope = { ...variables, x: OUTCOMES[outcome], y: other, hostvars: { crane01: { x: OUTCOMES[outcome] } } }
    for (const [name, value] of Object.entries(task.vars)) {
      const result = value.evaluate(scope)
      const use = PAIRS[Number(name.slice(1))]
      const said = result.ok || result.unknown ? '' : `${result.diagnostic.message} ${result.diagnostic.hint ?? ''}`
      expect({ use, said: INTERNAL.exec(said)?.[0] }).toEqual({ use, said: undefined })
    }
  }
})
