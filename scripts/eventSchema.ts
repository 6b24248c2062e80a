// The JSON Schema of the JSON Lines that `--output jsonl` and `--log` write; docs/events.md is generated from it.
import { type Static, type TObject, type TProperties, type TSchema, Type } from 'typebox'
import { OUTCOMES } from '../src/model/result.ts'
import type { HostCounts, HostLeft, RunEvent } from '../src/model/runEvent.ts'

const closed = <P extends TProperties>(fields: P) => Type.Object(fields, { additionalProperties: false })
const texts = (description: string) => Type.Array(Type.String(), { description })
const byHost = <T extends TSchema>(values: T, description: string) =>
  Type.Record(Type.String(), values, { description })
const count = Type.Integer({ minimum: 0 })

const Task = closed({
  id: Type.String({
    description: '`play/task`, or `play/h…` for a handler: unique in a run, the same in every run of the playbook',
  }),
  name: Type.String(),
  type: Type.String({ description: 'the task type' }),
  file: Type.String(),
  line: Type.Integer(),
  diff: Type.Optional(Type.Boolean({ description: 'the `diff` keyword of the task' })),
})
const Play = closed({ index: count, name: Type.String() })
const task = Type.Ref('task', { description: 'the task' })
const play = Type.Ref('play', { description: 'the play' })
const host = Type.String({ description: 'name in the inventory' })
const tasks = (description: string) => Type.Array(Type.Ref('task'), { description })

const Outcome = Type.Enum([...OUTCOMES], {
  description: '`undecided`: in check mode, it depends on an earlier change that was not made',
})
const Failure = closed({
  cause: Type.String({ description: 'what is wrong' }),
  tried: Type.Optional(Type.String({ description: 'what was tried' })),
  exitStatus: Type.Optional(
    Type.Union([Type.Integer(), Type.Null()], { description: 'null: it did not exit by itself' }),
  ),
  lastLines: Type.Optional(Type.String({ description: 'the last lines of its output' })),
  hint: Type.Optional(Type.String({ description: 'what to do about it' })),
  stillRunning: Type.Optional(Type.Integer({ description: 'the process that may still run on the host' })),
})
const Result = closed({
  outcome: Outcome,
  note: Type.Optional(
    Type.String({ description: 'why skipped or undecided, the evidence of an ok, or what would be done' }),
  ),
  diffs: Type.Optional(
    Type.Array(closed({ subject: Type.String(), unified: Type.String() }), { description: 'unified diffs' }),
  ),
  failure: Type.Optional(Failure),
  warnings: Type.Optional(texts('warnings')),
  data: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'what `register` stores' })),
  predicted: Type.Optional(Type.Boolean({ description: 'check mode: it would be done and was not' })),
  verified: Type.Optional(Type.Boolean({ description: 'a verification was run' })),
  changed: Type.Optional(Type.Boolean({ description: 'a loop with a worse outcome that changed something' })),
  ignored: Type.Optional(Type.Boolean({ description: 'a failure that `ignore_errors` ignored' })),
  rescued: Type.Optional(Type.Boolean({ description: 'a failure that a `rescue` took over' })),
  attempts: Type.Optional(Type.Integer({ description: 'with `until` or `retries`: how often it was tried' })),
  delegate: Type.Optional(Type.String({ description: 'with `delegate_to`: the host it ran on' })),
  item: Type.Optional(Type.Unknown({ description: 'the loop item' })),
  durationMs: Type.Number({ description: 'milliseconds' }),
})
/** The compiler misses no count: a new one in the model must be named here. */
const COUNTS: Readonly<Record<keyof HostCounts, typeof count>> = {
  ok: count,
  changed: count,
  skipped: count,
  failed: count,
  unreachable: count,
  undecided: count,
  ignored: count,
  rescued: count,
  predicted: count,
}
const Counts = closed(COUNTS)
const STATES: readonly HostLeft['state'][] = ['not-started', 'between', 'failed', 'stopped', 'still-running', 'unknown']
const Left = Type.Object({
  state: Type.Enum([...STATES], { description: 'how the host was left' }),
})
const result = Type.Ref('result', { description: 'what became of it' })

const event = <Name extends string, P extends TProperties>(type: Name, description: string, fields: P) =>
  Type.Object(
    {
      v: Type.Literal(1, { description: 'the version of this format' }),
      at: Type.Number({ description: 'milliseconds since the epoch, by the clock of the control node' }),
      type: Type.Literal(type),
      ...fields,
    },
    { additionalProperties: false, description },
  )

export const EVENTS = [
  event('run-started', 'The first event of a run.', {
    playbooks: texts('files, as you named them'),
    hosts: texts('all hosts of the run'),
    check: Type.Boolean({ description: 'check mode' }),
    madeInCheck: Type.Optional(tasks('in check mode, the tasks with `check_mode: false`')),
    plays: Type.Array(Type.Ref('play'), { description: 'the plays' }),
    forks: Type.Integer({ description: 'hosts at the same time' }),
  }),
  event('host-connected', 'A host is connected.', {
    host,
    how: Type.String({ description: 'the transport' }),
    why: Type.Optional(Type.String({ description: 'why it is not the usual one' })),
    durationMs: Type.Number({ description: 'milliseconds' }),
  }),
  event('play-started', 'A play, or a batch of its hosts, begins.', {
    play,
    hosts: texts('its hosts'),
    tasks: tasks('its tasks and handlers'),
  }),
  event('task-started', 'A task begins.', {
    play,
    task,
    hosts: texts('where it is due'),
    handler: Type.Boolean({ description: 'it is a handler' }),
  }),
  event('task-running', 'A step is being made on a host.', {
    task,
    host,
    what: Type.String({ description: 'the step' }),
  }),
  event('item-result', 'The result of one loop item on one host.', { task, host, result }),
  event('task-result', 'The result of a task on one host.', { task, host, result }),
  event('task-ended', 'Every host has a result, or none is to come.', { task }),
  event('play-ended', 'The play is over.', { play }),
  event('warning', 'Something you should know.', { message: Type.String(), host: Type.Optional(host) }),
  event('trace', 'With `-vvv`: what was sent to a host, and what it answered.', {
    host,
    what: Type.Enum(['sent', 'received']),
    text: Type.String(),
  }),
  event('interrupted', 'A signal ended the run early.', {
    signal: Type.String(),
    hosts: byHost(Left, 'the state of each host'),
  }),
  event('run-ended', 'The last event of a run.', {
    recap: byHost(Counts, 'counts of tasks by outcome'),
    handlersLeft: Type.Optional(byHost(Type.Array(Type.Ref('task')), 'handlers that were notified and did not run')),
    durationMs: Type.Number({ description: 'milliseconds' }),
    roundTrips: byHost(count, 'exchanges with each host'),
  }),
] as const

/** Types that do not match are a mistake of the compiler: each event has a schema, and no schema is of no event. */
type Described = Static<(typeof EVENTS)[number]>['type']
export const EVERY_EVENT_IS_DESCRIBED: [RunEvent['type']] extends [Described]
  ? [Described] extends [RunEvent['type']]
    ? true
    : false
  : false = true

const SHARED = { task: Task, play: Play, result: Result }

/** As ajv takes it. */
export const eventSchema = JSON.parse(
  JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', oneOf: EVENTS, $defs: SHARED }).replaceAll(
    /"\$ref":"(\w+)"/g,
    '"$ref":"#/$defs/$1"',
  ),
) as Readonly<Record<string, unknown>>

/** The whole text of docs/events.md. */
export function eventReference(): string {
  const head = `# Events

\`--output jsonl\` writes the events of a run to stdout, and \`--log FILE\` to a file beside the usual report: one JSON object per line. Fields may be added in later versions; \`v\` changes when one changes its meaning. [events.schema.json](events.schema.json) is the JSON Schema. Written from \`scripts/eventSchema.ts\` by \`npm run docs\`.

Every event has \`v\`, \`at\` (milliseconds since the epoch) and \`type\`.
`
  const sections = EVENTS.map((one) => {
    const type = one.properties.type.const
    const { v, at, type: _, ...fields } = one.properties as Record<string, TSchema>
    return `## ${type}\n\n${(one as { description?: string }).description}\n\n${table(fields, one.required)}`
  })
  const shared = Object.entries(SHARED).map(
    ([name, schema]) => `## Fields of a ${name}\n\n${table(schema.properties, (schema as TObject).required)}`,
  )
  return [head, ...sections, ...shared].join('\n')
}

function table(fields: Readonly<Record<string, TSchema>>, required: readonly string[] = []): string {
  const rows = Object.entries(fields).map(([name, schema]) => {
    const { description = '' } = schema as { readonly description?: string }
    return `| \`${name}\` | ${required.includes(name) ? '' : 'optional'} | ${description.replaceAll('|', '\\|')} |`
  })
  return ['| field | | |', '| --- | --- | --- |', ...rows, ''].join('\n')
}
