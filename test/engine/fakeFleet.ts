// Hosts that exist only in memory, and task types that look at and set one value on them, for tests of the engine.
import type { Host, Inventory, Json } from '../../src/model/inventory.ts'
import { type Scope, type Computed, UNKNOWN } from '../../src/model/computed.ts'
import type { PlaySpec, ValidPlaybook } from '../../src/model/playbook.ts'
import type { BlockSpec, PlayNode, TaskSpec } from '../../src/model/playTree.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { change, ok, verify } from '../../src/task/decision.ts'
import { mayCreateAnything } from '../../src/task/mayCreate.ts'
import type { FactType } from '../../src/task/defineFact.ts'
import { defineTask, type TaskType } from '../../src/task/defineTask.ts'
import { GarbledAnswer, probe, type ProbeKind } from '../../src/task/probes/probe.ts'
import { OUTDATED, script } from '../../src/task/steps/step.ts'
import { Type } from '../../src/task/index.ts'
import type {
  PartReply,
  Reply,
  Script,
  ScriptPart,
  Session,
  Transport,
  TransportFailure,
} from '../../src/transport/session.ts'
import type { RunOptions } from '../../src/engine/options.ts'
import { type Run, type RunSummary, startRun } from '../../src/engine/run.ts'

const span = (text = '') => ({ file: 'site.yml', line: 1, column: 1, length: 1, text })

export const constant = <T>(value: T): Computed<T> => ({
  at: span(),
  constant: true,
  needs: [],
  evaluate: () => ({ ok: true, value }),
})

/** A template from a function that names what it reads as `scope.x`; an UNKNOWN makes it unknown, as the real ones do. */
export const computed = <T>(compute: (scope: Record<string, any>) => T, text = ''): Computed<T> => ({
  at: span(text),
  text,
  constant: false,
  needs: [...String(compute).matchAll(/\bscope\.(\w+)/g)].map(([, name = '']) => name),
  facts: [...String(compute).matchAll(/\bscope\.facts\.(\w+)\.at\('(\w+)'\)/g)].map(([, name = '', key = '']) => ({
    name,
    key,
  })),
  evaluate(scope: Scope) {
    const unknown = { ok: false, unknown: true, because: 'a registered result' } as const
    const wary = <S extends object>(inside: S): S =>
      new Proxy(inside, {
        get(target, name) {
          const found: unknown = Reflect.get(target, name)
          if (found === UNKNOWN) throw UNKNOWN
          if (typeof found === 'function')
            return (...given: unknown[]) => {
              const made: unknown = found.apply(target, given)
              if (made === UNKNOWN) throw UNKNOWN
              return made
            }
          return typeof found === 'object' && found !== null && !Object.isFrozen(target) ? wary(found) : found
        },
      })
    try {
      const value = compute(wary(scope) as Record<string, any>)
      return (value as unknown) === UNKNOWN ? unknown : { ok: true, value }
    } catch (error) {
      if (error === UNKNOWN) return unknown
      throw error
    }
  },
})

let serialNumber = 0

export function task(
  type: string,
  params: Record<string, Json> | Computed<Record<string, Json>>,
  more: Partial<TaskSpec> = {},
): TaskSpec {
  const id = `t${serialNumber++}`
  return {
    id,
    at: span(),
    name: `${type} ${id}`,
    type,
    params: 'evaluate' in params ? (params as Computed<Record<string, Json>>) : constant(params),
    checkParams: () => [],
    when: [],
    notify: [],
    listen: [],
    tags: [],
    vars: {},
    ignoreErrors: false,
    environment: constant({}),
    ...more,
  }
}

export function play(
  hosts: readonly string[],
  tasks: readonly PlayNode[],
  more: Partial<PlaySpec> = {},
): Omit<PlaySpec, 'index'> {
  return { at: span(), name: 'play', hosts, tasks, handlers: [], variables: () => ({}), ...more }
}

export const block = (parts: Partial<BlockSpec>): BlockSpec => ({
  kind: 'block',
  id: `b${serialNumber++}`,
  at: span(),
  body: [],
  rescue: [],
  always: [],
  ...parts,
})

/** The values of one host; `undefined` is absent. */
export class FakeHost {
  readonly values = new Map<string, string>()
  sent = 0
  connections = 0
  /** Answers instead of the host: a failure, or nothing to let it answer. */
  fault: ((script: Script) => TransportFailure | 'hold' | undefined) | undefined
  refuses: TransportFailure | undefined
  /** With a fault: the steps of the script are made before it. */
  stepsFirst = false
  /** A step that asks for it is told that the host is not what it saw. */
  outdated = false
  /** Answers every part instead of the host. */
  hostile: ((part: ScriptPart) => PartReply) | undefined
  /** What a step is told instead of being made: it failed with these words. */
  breaks: ((script: string) => string | undefined) | undefined
  /** Values written to these keys do not stay. */
  readonly forgetful = new Set<string>()
  release: (() => void) | undefined

  async answer(script: Script): Promise<Reply> {
    const { parts } = script
    this.sent++
    const fault = this.fault?.(script)
    if (fault === 'hold') await new Promise<void>((resolve) => (this.release = resolve))
    else if (fault) {
      // What came before the questions that are not answered was done, and is reported.
      const steps = this.stepsFirst ? this.#made(parts.filter(({ as }) => as === 'step')) : []
      return { ok: false, failure: fault, parts: steps }
    }
    if (fault === 'hold') return { ok: false, failure: { kind: 'cancelled', cause: 'interrupted' }, parts: [] }
    const { hostile } = this
    if (hostile) return { ok: true, parts: parts.map((part) => hostile(part)) }
    return { ok: true, parts: this.#made(parts) }
  }

  #made(parts: readonly ScriptPart[]): PartReply[] {
    const replies: PartReply[] = []
    let broken = false
    for (const part of parts) {
      if (part.as === 'step' && broken) {
        replies.push({ ran: false, stdout: Buffer.alloc(0), stderr: '', status: 0, dropped: 0 })
        continue
      }
      const [verb = '', key = '', value = ''] = part.script.split(' ')
      let stdout = ''
      if (part.as === 'probe') {
        stdout = part.script
          .split('\n')
          .map((name) => this.values.get(name) ?? '-')
          .join('\n')
      } else if (verb === 'careful' && this.outdated) {
        broken = true
        replies.push({ ran: true, stdout: Buffer.alloc(0), stderr: 'changed meanwhile', status: OUTDATED, dropped: 0 })
        continue
      } else if (part.as === 'step' && this.breaks?.(part.script) !== undefined) {
        broken = true
        const stderr = this.breaks(part.script) ?? ''
        replies.push({ ran: true, stdout: Buffer.alloc(0), stderr, status: 3, dropped: 0 })
        continue
      } else if ((verb === 'put' || verb === 'careful') && !this.forgetful.has(key)) {
        if (value === '-') this.values.delete(key)
        else this.values.set(key, value)
      }
      broken ||= verb === 'fail'
      replies.push({
        ran: true,
        stdout: Buffer.from(stdout),
        stderr: verb === 'fail' ? 'it went wrong' : '',
        status: verb === 'fail' ? 3 : 0,
        dropped: 0,
      })
    }
    return replies
  }
}

const valueKind: ProbeKind<null, string> = {
  name: 'value',
  functions: {},
  script: (questions) => questions.map((question) => question.subject).join('\n'),
  isAbsent: (value) => value === '-',
  read(stdout, questions) {
    const lines = stdout.toString().split('\n')
    if (lines.length !== questions.length) throw new GarbledAnswer('not enough lines')
    return lines
  },
}

export const value = (key: string) => probe(valueKind, key, null)

/** As `value`, and any change may change it. */
export const followingValue = (key: string) =>
  probe({ ...valueKind, name: 'following value', followsAnyChange: true }, key, null)

/** As `value`, and a command may change it. */
export const valueOfCommands = (key: string) =>
  probe({ ...valueKind, name: 'value of commands', followsAnyChange: 'of commands' }, key, null)

/** put: a key has a value. `breaks`: the step fails. `brings`: unknown things may appear. */
const put = defineTask({
  name: 'put',
  summary: 'Sets a value.',
  params: Type.Object({
    key: Type.String(),
    value: Type.String(),
    breaks: Type.Optional(Type.Boolean()),
    brings: Type.Optional(Type.Boolean()),
    stillDue: Type.Optional(Type.String()),
  }),
  result: Type.Object({ was: Type.String() }),
  writes: ({ key }) => [key],
  observe: ({ key }) => ({ it: value(key) }),
  decide: ({ params, observed: { it } }) =>
    it === params.value
      ? ok({ data: { was: it } })
      : change({
          note: `put ${params.key}`,
          diffs: [{ subject: params.key, unified: `-${it}\n+${params.value}\n` }],
          after: { it: params.value },
          plan: { was: it },
          ...(params.brings && { mayCreate: mayCreateAnything }),
          stillDue: params.stillDue,
        }),
  apply: ({ params }) => [script('put', params.breaks ? 'fail' : `put ${params.key} ${params.value}`)],
})

/** restart: the value `started` is at least each watched value (times as numbers). */
const restart = defineTask({
  name: 'restart',
  summary: 'Restarts when older than what it watches.',
  params: Type.Object({ files: Type.Optional(Type.Array(Type.String())) }),
  result: Type.Object({ started: Type.String() }),
  dueByFacts: true,
  observe: ({ files = [] }, { watched }) => ({
    started: value('started'),
    ...Object.fromEntries([...files, ...watched].map((file) => [`file ${file}`, value(file)])),
  }),
  decide({ observed, context }) {
    const { started, ...files } = observed as Record<string, string>
    const newest = Math.max(...Object.values(files).map(Number).filter(Number.isFinite), 0)
    if (!context.notified && Number(started) >= newest) return ok({ data: { started: String(started) } })
    return change({
      note: 'restart',
      after: { started: String(newest) },
      plan: { at: newest },
      data: { started: 'foreseen' },
    })
  },
  apply: ({ plan }) => [script('restart', `put started ${plan.at}`)],
})

/** prove: writes down what it proved, of several things each by its `key`; a verification. */
const prove = defineTask({
  name: 'prove',
  summary: 'Verifies.',
  params: Type.Object({ key: Type.Optional(Type.String()) }),
  observe: ({ key }) => ({ record: value(recordOf(key)), config: value('config') }),
  decide: ({ observed }) =>
    observed.record === observed.config
      ? ok({ note: 'proved before' })
      : verify({ note: 'prove it', after: { record: observed.config }, plan: { config: observed.config } }),
  apply: ({ params: { key }, plan }) => [script('prove', `put ${recordOf(key)} ${plan.config}`)],
})

/** write: as put, but only where the host is still what was seen. */
const write = defineTask({
  name: 'write',
  summary: 'Sets a value that nobody else changed.',
  params: Type.Object({ key: Type.String(), value: Type.String() }),
  observe: ({ key }) => ({ it: value(key) }),
  decide: ({ params, observed }) =>
    observed.it === params.value ? ok() : change({ note: 'write', after: { it: params.value }, plan: {} }),
  apply: ({ params }) => [script('write', `careful ${params.key} ${params.value}`, { outdatedStatus: OUTDATED })],
})

const recordOf = (key: string | undefined) => (key === undefined ? 'record' : `record-${key}`)

/** copy: a key has the content of a file of the controller. */
const copy = defineTask({
  name: 'copy',
  summary: 'Copies a file.',
  params: Type.Object({ key: Type.String(), src: Type.String() }),
  controllerFiles: ['src'],
  observe: ({ key }) => ({ it: value(key) }),
  decide({ params, observed, context }) {
    const content = Buffer.from(context.files.get(params.src) ?? '?').toString()
    return observed.it === content
      ? ok()
      : change({ note: `copy ${params.src}`, after: { it: content }, plan: { content } })
  },
  apply: ({ params, plan }) => [script('copy', `put ${params.key} ${plan.content}`)],
})

const always = defineTask({
  name: 'always',
  summary: 'Runs each time.',
  params: Type.Object({}),
  observe: () => ({}),
  decide: () => change({ note: 'run', after: {}, plan: {}, repeats: true }),
  apply: () => [script('run', 'put ran yes')],
})

/** As put, and what it does is the user's own. */
const order: typeof put = { ...put, name: 'order', judgedByUser: true }

export const fakeTypes: ReadonlyMap<string, TaskType> = new Map(
  [put, restart, prove, write, copy, always, order].map((type) => [type.name, type]),
)

export interface FakeRun {
  readonly events: RunEvent[]
  readonly done: Promise<RunSummary>
  readonly run: Run
}

export class FakeFleet {
  readonly hosts = new Map<string, FakeHost>()
  now = 1_000_000
  /** Milliseconds that were waited, in turn; no time passes. */
  readonly waits: number[] = []
  /** What an answer waits for on its way. */
  pace: (() => Promise<void>) | undefined
  ask: ((question: string) => Promise<string | undefined>) | undefined
  taskTypes = fakeTypes
  facts: ReadonlyMap<string, FactType> = new Map()
  /** Of the controller, by path. */
  readonly files = new Map<string, string>()

  constructor(names: readonly string[]) {
    for (const name of names) this.hosts.set(name, new FakeHost())
  }

  host(name: string): FakeHost {
    const host = this.hosts.get(name)
    if (!host) throw new Error(`no fake host ${name}`)
    return host
  }

  start(
    plays: readonly Omit<PlaySpec, 'index'>[],
    options: Partial<RunOptions> = {},
    secrets: readonly string[] = [],
    look: (event: RunEvent) => void = () => {},
  ): FakeRun {
    const events: RunEvent[] = []
    const playbook = {
      files: ['site.yml'],
      plays: plays.map((spec, index) => ({ ...spec, index })),
      secrets,
    } as unknown as ValidPlaybook
    const run = startRun({
      playbook,
      inventory: this.#inventory(),
      taskTypes: this.taskTypes,
      facts: this.facts,
      transport: this.#transport(),
      options: {
        check: false,
        forks: 50,
        acceptNewHostKeys: false,
        connectDeadlineMs: 1000,
        probeDeadlineMs: 1000,
        trace: false,
        ...options,
      },
      emit(event) {
        events.push(event)
        look(event)
      },
      readFile: (path) => {
        const content = this.files.get(path)
        if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
        return Buffer.from(content)
      },
      clock: () => this.now,
      sleep: async (ms) => void this.waits.push(ms),
      ...(this.ask && { ask: this.ask }),
    })
    return { events, done: run.done, run }
  }

  /** Outcomes as `task type → host → outcome`, in the order of the tasks. */
  async outcomes(plays: readonly Omit<PlaySpec, 'index'>[], options: Partial<RunOptions> = {}): Promise<string[]> {
    const { events, done } = this.start(plays, options)
    await done
    return events.flatMap((event) =>
      event.type === 'task-result' ? [`${event.host} ${event.task.type} ${event.result.outcome}`] : [],
    )
  }

  #inventory(): Inventory {
    const hosts = new Map<string, Host>(
      [...this.hosts.keys()].map((name) => [
        name,
        {
          name,
          groups: [],
          vars: {},
          connection: { transport: 'auto', address: name, become: { enabled: false, user: 'root' } },
        },
      ]),
    )
    return { hosts, groups: new Map(), origin: () => undefined }
  }

  #transport(): Transport {
    return {
      connect: async (host) => {
        const fake = this.host(host.name)
        fake.connections++
        await this.pace?.()
        if (fake.refuses) return { ok: false, failure: fake.refuses }
        let trips = 0
        const session: Session = {
          host,
          how: 'fake',
          run: async (_identity, text) => {
            trips++
            await this.pace?.()
            const reply = await fake.answer(text)
            await this.pace?.()
            return reply
          },
          dialUnix: () => Promise.reject(new Error('no sockets here')),
          cancel: async () => (fake.release?.(), { state: 'stopped' }),
          get roundTrips() {
            return trips
          },
          close: async () => {},
        }
        return { ok: true, session }
      },
      close: async () => {},
    }
  }
}
