// Plays drawn at random, as data: the same play can be built as it is, or with something around its tasks.
import { type Computed, UNKNOWN_TEXT } from '../../src/model/computed.ts'
import type { Json } from '../../src/model/inventory.ts'
import type { PlaySpec } from '../../src/model/playbook.ts'
import type { PlayNode, TaskSpec } from '../../src/model/playTree.ts'
import type { FactByKey } from '../../src/model/facts.ts'
import { defineFact, type FactType } from '../../src/task/defineFact.ts'
import { probe, type ProbeKind } from '../../src/task/probes/probe.ts'
import { ok, refuse, verify } from '../../src/task/decision.ts'
import { defineTask, type TaskType } from '../../src/task/defineTask.ts'
import { script } from '../../src/task/steps/step.ts'
import { Type } from '../../src/task/index.ts'
import { block, computed, constant, FakeFleet, fakeTypes, followingValue, task, value } from './fakeFleet.ts'

export interface DrawnTask {
  readonly kind: 'task'
  readonly name: string
  readonly type: string
  readonly params: Readonly<Record<string, Json>>
  /** Parameters that are evaluated, by name; expressions are JavaScript on `scope`. */
  readonly reads: Readonly<Record<string, string>>
  /** Of a condition on `scope`. */
  readonly when: readonly string[]
  readonly register?: string
  readonly sets?: readonly string[]
  readonly loop?: string
  readonly until?: string
  readonly failedWhen?: string
  readonly changedWhen?: string
  readonly ignoreErrors: boolean
  readonly runOnce: boolean
  readonly anyErrorsFatal: boolean
  readonly delegateTo?: string
  readonly notify: readonly string[]
}

export interface DrawnBlock {
  readonly kind: 'block'
  readonly body: readonly DrawnNode[]
  readonly rescue: readonly DrawnNode[]
  readonly always: readonly DrawnNode[]
}

export type DrawnNode = DrawnTask | DrawnBlock

export interface DrawnPlay {
  readonly seed: number
  readonly nodes: readonly DrawnNode[]
  readonly handlers: readonly DrawnTask[]
  /** Host → key → value, before the run. */
  readonly state: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Cannot be reached. */
  readonly lost: readonly string[]
  /** Of the real run alone: a step on this host fails, or the host is lost in it, when it first writes this key. */
  readonly accident?: { readonly host: string; readonly key: string; readonly kind: 'step fails' | 'host is lost' }
}

export const HOSTS = ['a1', 'a2', 'a3']

/** Answers as a command would: what it prints may follow any change. */
const commandKind: ProbeKind<null, string> = {
  name: 'command',
  functions: {},
  followsAnyChange: true,
  script: (questions) => questions.map(({ subject }) => subject).join('\n'),
  read: (stdout) => stdout.toString().split('\n'),
}

/** ask: what a command prints; it only looks. */
const ask = defineTask({
  name: 'ask',
  summary: 'Asks.',
  params: Type.Object({ key: Type.String() }),
  result: Type.Object({ said: Type.String() }),
  observe: ({ key }) => ({ said: probe(commandKind, key, null) }),
  decide: ({ observed }) => ok({ data: { said: observed.said } }),
  apply: () => [],
})

/** try: a verification that is due by what a command prints. */
const attempt = defineTask({
  name: 'try',
  summary: 'Verifies by a command.',
  params: Type.Object({ key: Type.String() }),
  observe: ({ key }) => ({ now: probe(commandKind, key, null), proved: probe(commandKind, `proved-${key}`, null) }),
  decide: ({ params, observed: { now, proved } }) =>
    now === proved
      ? ok({ note: 'proved before' })
      : verify({ note: `try ${params.key}`, after: { proved: now }, plan: { now } }),
  apply: ({ params, plan }) => [script('prove', `put proved-${params.key} ${plan.now}`)],
})

/** want: refuses unless the key has the value. */
const want = defineTask({
  name: 'want',
  summary: 'Wants a value.',
  params: Type.Object({ key: Type.String(), value: Type.String() }),
  observe: ({ key }) => ({ said: probe(commandKind, key, null) }),
  decide: ({ params, observed }) =>
    observed.said === params.value ? ok() : refuse(`${params.key} is ${observed.said}`),
  apply: () => [],
})

export const drawnFacts: ReadonlyMap<string, FactType> = new Map(
  [
    defineFact({
      name: 'thing',
      summary: 'What a key holds.',
      key: 'a key',
      type: Type.String(),
      probe: value,
      read: (is) => is,
    }),
    defineFact({
      name: 'loose',
      summary: 'What a key holds, which any change may change.',
      key: 'a key',
      type: Type.String(),
      probe: followingValue,
      read: (is) => is,
    }),
  ].map((fact): [string, FactType] => [fact.name, fact]),
)

export const drawnTypes: ReadonlyMap<string, TaskType> = new Map([
  ...fakeTypes,
  ...[ask, attempt, want].map((type): [string, TaskType] => [type.name, type]),
])

/** The same numbers for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed * 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const KEYS = ['k1', 'k2', 'k3', 'config', 'record']
const VALUES = ['1', '2']

class Draw {
  readonly #random: () => number
  readonly #registered: { readonly name: string; readonly loop: boolean; readonly type: string }[] = []
  #next = 0
  readonly handlers: DrawnTask[] = []

  constructor(random: () => number) {
    this.#random = random
  }

  chance(part: number): boolean {
    return this.#random() < part
  }

  of<T>(all: readonly T[]): T {
    return all[Math.floor(this.#random() * all.length)] as T
  }

  nodes(depth: number, most: number, inRescue = false): readonly DrawnNode[] {
    const count = 1 + Math.floor(this.#random() * most)
    return Array.from({ length: count }, () =>
      depth > 0 && this.chance(0.3)
        ? {
            kind: 'block' as const,
            body: this.nodes(depth - 1, 3, inRescue),
            rescue: this.chance(0.7) ? this.nodes(depth - 1, 2, true) : [],
            always: this.chance(0.4) ? this.nodes(depth - 1, 2, inRescue) : [],
          }
        : this.#task(inRescue),
    )
  }

  #condition(inRescue: boolean): string {
    const known = [
      `scope.inventory_hostname === '${this.of(HOSTS)}'`,
      `scope.inventory_hostname !== '${this.of(HOSTS)}'`,
      "scope.v === 'x'",
      "scope.v !== 'y'",
      'true',
    ]
    if (inRescue) known.push("scope.failure?.task !== ''", "scope.failure?.cause === 'because'")
    const facts = [
      `scope.facts.thing.at('${this.of(KEYS)}') === '1'`,
      `scope.facts.thing.at('${this.of(KEYS)}') !== '2'`,
      `scope.facts.thing.at('k1') === '1' && scope.facts.thing.at('${this.of(KEYS)}') === '2'`,
      `scope.facts.loose.at('${this.of(KEYS)}') === '1'`,
      "scope.follows === '1'",
    ]
    if (this.chance(0.25)) return this.of(facts)
    const results = this.#registered.flatMap(({ name, loop, type }) => [
      `scope.${name}.changed`,
      `!scope.${name}.changed`,
      `!scope.${name}.failed`,
      `scope.${name}.skipped`,
      ...(loop ? [] : [`scope.${name}.attempts === 1`]),
      `scope.${name}.outcome === 'ok'`,
      ...(loop ? [`scope.${name}.results.length === 2`] : []),
      ...(type === 'put' && !loop ? [`scope.${name}.was === '1'`] : []),
      ...(type === 'ask' && !loop ? [`scope.${name}.said === '1'`] : []),
    ])
    return this.of(results.length > 0 && this.chance(0.7) ? results : known)
  }

  #task(inRescue: boolean, handler = false): DrawnTask {
    const name = `n${this.#next++}`
    const type = handler
      ? this.of(['put', 'restart'])
      : this.of([
          'put',
          'put',
          'put',
          'put',
          'write',
          'prove',
          'always',
          'ask',
          'try',
          'want',
          'setVars',
          'assert',
          'fail',
        ])
    const loops = !handler && ['put', 'ask', 'want'].includes(type) && this.chance(0.2)
    const register = !handler && this.chance(0.6) ? `r${this.#next}` : undefined
    const when = !handler && this.chance(0.4) ? [this.#condition(inRescue)] : []
    const own: { params: Record<string, Json>; reads: Record<string, string> } = { params: {}, reads: {} }
    switch (type) {
      case 'put':
      case 'write':
      case 'want':
        own.params = { key: this.of(KEYS), value: this.of(VALUES) }
        if (loops) own.reads['key'] = 'scope.item'
        if (type === 'put' && this.chance(0.1)) own.reads['value'] = `scope.facts.thing.at('${this.of(KEYS)}')`
        else if (type === 'put' && this.chance(0.15)) own.params['brings'] = true
        break
      case 'ask':
      case 'try':
        own.params = { key: this.of(KEYS) }
        if (loops) own.reads['key'] = 'scope.item'
        break
      case 'setVars':
        own.params = { v: this.of(['x', 'y']) }
        if (this.chance(0.5)) own.reads['v'] = `(${this.#condition(inRescue)}) ? 'x' : 'y'`
        break
      case 'assert': {
        own.reads['that'] = this.#condition(inRescue)
        break
      }
      case 'fail':
        own.params = { message: 'because' }
        when.push(this.#condition(inRescue))
        break
      case 'restart':
        own.params = { files: ['k1'] }
        break
      default:
    }
    const judged = !handler && ['put', 'always', 'ask'].includes(type) && !loops
    const results = ['scope.result.changed', "scope.result.outcome === 'changed'", '!scope.result.failed', 'false']
    if (type === 'ask') results.push("scope.result.said === '2'")
    results.push(`scope.facts.thing.at('${this.of(KEYS)}') === '1'`)
    const list = this.chance(0.8)
      ? "['k1', 'k2']"
      : `scope.facts.thing.at('${this.of(KEYS)}') === '1' ? ['k1', 'k2'] : ['k2']`
    const delegate = this.chance(0.8)
      ? `'${this.of(HOSTS)}'`
      : `scope.facts.thing.at('${this.of(KEYS)}') === '1' ? '${this.of(HOSTS)}' : '${this.of(HOSTS)}'`
    const drawn: DrawnTask = {
      kind: 'task',
      name,
      type,
      ...own,
      when,
      ...(register !== undefined && { register }),
      ...(type === 'setVars' && { sets: ['v'] }),
      ...(loops && { loop: list }),
      ...(judged && this.chance(0.1) && { until: this.of(results) }),
      ...(judged && this.chance(0.1) && { failedWhen: this.of(results) }),
      ...(judged && this.chance(0.1) && { changedWhen: this.of(results) }),
      ignoreErrors: this.chance(0.2),
      runOnce: !handler && this.chance(0.1),
      anyErrorsFatal: !handler && this.chance(0.05),
      ...(!handler && !loops && this.chance(0.1) && { delegateTo: delegate }),
      notify: !handler && this.chance(0.3) ? [this.of(['hand0', 'hand1'])] : [],
    }
    if (register !== undefined) this.#registered.push({ name: register, loop: loops, type })
    return drawn
  }

  handler(name: string): DrawnTask {
    return { ...this.#task(false, true), name }
  }
}

export function drawPlay(seed: number): DrawnPlay {
  const draw = new Draw(randomFrom(seed))
  const state = Object.fromEntries(
    HOSTS.map((host) => [
      host,
      Object.fromEntries(
        [...KEYS, ...KEYS.map((key) => `proved-${key}`), 'started'].flatMap((key) =>
          draw.chance(0.7) ? [[key, draw.of(VALUES)]] : [],
        ),
      ),
    ]),
  )
  return {
    seed,
    nodes: draw.nodes(2, 5),
    handlers: [draw.handler('hand0'), draw.handler('hand1')],
    state,
    lost: draw.chance(0.15) ? [draw.of(HOSTS)] : [],
    ...(draw.chance(0.2) && {
      accident: { host: draw.of(HOSTS), key: draw.of(KEYS), kind: draw.of(['step fails', 'host is lost'] as const) },
    }),
  }
}

export function fleetOf({ state, lost }: DrawnPlay): FakeFleet {
  const fleet = new FakeFleet(HOSTS)
  fleet.taskTypes = drawnTypes
  fleet.facts = drawnFacts
  for (const name of HOSTS)
    for (const [key, value] of Object.entries(state[name] ?? {})) fleet.host(name).values.set(key, value)
  for (const name of lost) fleet.host(name).refuses = { kind: 'unreachable', cause: 'gone' }
  return fleet
}

const compiled = <T>(text: string) => computed(new Function('scope', `return ${text}`) as (scope: object) => T, text)

function paramsOf({ type, params, reads }: DrawnTask): Computed<Record<string, Json>> {
  if (Object.keys(reads).length === 0) return constant(params)
  const each = Object.entries(reads).map(([name, text]): [string, string] =>
    type === 'assert' ? ['that', `[{ condition: 'c', holds: Boolean(${text}) }]`] : [name, text],
  )
  const whole = each.map(([name, text]) => `${name}: ${text}`).join(', ')
  return {
    ...compiled<Record<string, Json>>(`({ ...${JSON.stringify(params)}, ${whole} })`),
    known(scope) {
      const parts = each.map(([name, text]) => {
        const value = compiled<Json>(text).evaluate(scope)
        return [name, value.ok ? value.value : UNKNOWN_TEXT]
      })
      return { ...params, ...(Object.fromEntries(parts) as Record<string, Json>) }
    },
  }
}

function buildTask(drawn: DrawnTask): TaskSpec {
  const { name, type, when, loop, until, failedWhen, changedWhen, delegateTo, register, sets } = drawn
  const { ignoreErrors, runOnce, anyErrorsFatal, notify } = drawn
  return {
    ...task(type, paramsOf(drawn)),
    id: name,
    name,
    when: when.map((one) => compiled<boolean>(one)),
    ignoreErrors,
    notify,
    ...(register !== undefined && { register }),
    ...(sets && { sets }),
    ...(loop && { loop: { items: compiled<Json[]>(loop), as: 'item' } }),
    ...(until !== undefined && {
      retry: { until: [compiled<boolean>(until)], retries: constant(1), delaySeconds: constant(1) },
    }),
    ...(failedWhen !== undefined && { failedWhen: [compiled<boolean>(failedWhen)] }),
    ...(changedWhen !== undefined && { changedWhen: [compiled<boolean>(changedWhen)] }),
    ...(runOnce && { runOnce }),
    ...(anyErrorsFatal && { anyErrorsFatal }),
    ...(delegateTo !== undefined && { delegateTo: compiled<string>(delegateTo) }),
  }
}

export const buildNodes = (nodes: readonly DrawnNode[]): readonly PlayNode[] =>
  nodes.map((node) =>
    node.kind === 'task'
      ? buildTask(node)
      : block({ body: buildNodes(node.body), rescue: buildNodes(node.rescue), always: buildNodes(node.always) }),
  )

export function buildPlay({ nodes, handlers }: Pick<DrawnPlay, 'nodes' | 'handlers'>): Omit<PlaySpec, 'index'> {
  return {
    at: { file: 'site.yml', line: 1, column: 1, length: 1, text: '' },
    name: 'drawn',
    hosts: HOSTS,
    tasks: buildNodes(nodes),
    handlers: handlers.map(buildTask),
    variables: (host, facts) => ({
      inventory_hostname: host,
      v: 'x',
      ...(facts && { facts: facts as unknown as Json }),
      get follows() {
        const thing = facts?.['thing'] as FactByKey | undefined
        return (thing?.at('k3') ?? 'not asked') as Json
      },
    }),
    factReads(_host, names) {
      if (!names.some((name) => name === 'facts' || name === 'follows')) return undefined
      const follows = names.includes('follows')
      return {
        shape: HOSTS,
        live: follows ? ['follows'] : [],
        fixed: names.filter((name) => name !== 'facts' && name !== 'follows'),
        facts: follows ? [{ name: 'thing', key: 'k3' }] : [],
      }
    },
  }
}
