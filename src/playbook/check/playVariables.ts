// What each host of a play knows before anything ran: inventory, play vars, inputs, `-e`, and the magic variables.
import { type Diagnostic, mistake } from '../../model/diagnostic.ts'
import { FACTS_NAME, type FactReads, type HostFacts } from '../../model/facts.ts'
import { type HostVariables, withGetters } from '../../model/hostVariables.ts'
import type { Json, Variables } from '../../model/inventory.ts'
import { UNKNOWN } from '../../model/computed.ts'
import type { VariableSource } from '../../model/variableSource.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import { type CompiledVariable, compileVariables } from '../../language/compileVariables.ts'
import { deepFreeze } from '../../language/compileTemplate.ts'
import { type AuthoredValues, NOTHING_AUTHORED } from '../../text/authored.ts'
import type { Findings } from '../../text/findings.ts'
import type { YamlEntry } from '../../text/yamlTree.ts'
import type { HostFindings } from './hostFindings.ts'
import { mistakeOf } from './inputValues.ts'
import { MAGIC_VARIABLES } from '../../language/readableName.ts'
import { givenTypes } from './givenTypes.ts'
import type { RunVariables } from './runVariables.ts'
import type { ParsedPlay } from '../parse/parsed.ts'
import { isChosen, VarsChoices } from './chosenVars.ts'
import { LazyValues } from './lazyValues.ts'
import { type InForce, LiveVariables } from './liveVariables.ts'
import { findCycles } from './variableCycles.ts'
import { variableSources } from './variableSources.ts'
import { ExpressionFailure } from '../../language/attemptExpression.ts'
import type { ValueType } from '../../language/valueType.ts'

export interface PlayVariables {
  readonly types: ReadonlyMap<string, ValueType>
  /** Values that are evaluated are inherited getters. */
  variables(host: string, facts?: HostFacts): Variables
  factReads(host: string, names: readonly string[]): FactReads | undefined
  /** See `PlaySpec`. */
  sources(host: string, name: string): readonly VariableSource[]
  /** Names whose values follow from facts on some host. */
  readonly live: ReadonlySet<string>
  readonly hostvars: HostVariables
  /** Reports the mistakes of variables that the play reads, by the names that its tasks read; `used` gets all of them. */
  report(used: Set<string>, findings: Findings): void
  readonly compiled: Iterable<CompiledVariable>
  /** Why a variable of the play has no value on the host, if it should have one. */
  failure(host: string, name: string): Diagnostic | undefined
}

export function playVariables(
  play: ParsedPlay,
  hosts: readonly string[],
  run: RunVariables,
  explain: Vocabulary['explain'],
  findings: Findings,
  /** Of all plays together, so that what is wrong with an input is reported once. */
  inputFindings: HostFindings,
): PlayVariables {
  const types = givenTypes(hosts, run)
  for (const entry of [
    ...play.vars,
    ...play.varsChoices.flatMap(({ candidates }) => [...candidates.values()].flat()),
  ]) {
    if (!run.inputs.has(entry.key)) continue
    findings.error(
      'variable-hides-input',
      `'${entry.key}' is an input of the playbook`,
      entry.keyAt,
      "change the input's default, or rename the variable",
    )
  }
  const free = (entry: YamlEntry) => !Object.hasOwn(run.extra, entry.key) && !run.inputs.has(entry.key)
  const own = play.vars.filter(free)
  const chosen = play.varsChoices.flatMap(({ candidates }) => [...candidates.values()].flat().filter(free))
  const fixed = (name: string) => Object.hasOwn(run.extra, name) || MAGIC.has(name)
  const entries = new Map<string, Set<YamlEntry>>()
  const shapes = new Map<AuthoredValues, InForce>()
  const authoredOn = (host: string): AuthoredValues => run.inventory.authored?.(host) ?? NOTHING_AUTHORED
  for (const host of run.inventory.hosts.keys()) {
    const authored = authoredOn(host)
    if (shapes.has(authored)) continue
    shapes.set(authored, NONE_IN_FORCE)
    for (const [name, entry] of authored)
      if (!fixed(name)) entries.set(name, (entries.get(name) ?? new Set()).add(entry))
  }
  // A play's own variable is the one in force on all hosts; its type is not mixed with that of what it hides.
  const ownTypes = new Map(own.map((entry) => [entry.key, [entry]]))
  for (const name of ownTypes.keys()) types.delete(name)
  const visible = new Map<string, readonly YamlEntry[]>(Array.from(entries, ([name, set]) => [name, [...set]]))
  for (const [name, only] of ownTypes) visible.set(name, only)
  // Which of these is in force, or none, differs between hosts.
  for (const entry of chosen) visible.set(entry.key, [...(visible.get(entry.key) ?? []), entry])
  const compiled = new Map(compileVariables(visible, types, explain))
  const hidden = new Map(
    Array.from(entries, ([name, set]) => [name, [...set]] as const).filter(([name]) => ownTypes.has(name)),
  )
  for (const [entry, value] of compileVariables(hidden, new Map(types), explain)) compiled.set(entry, value)
  const ownCompiled = own.flatMap((entry) => compiled.get(entry) ?? [])
  for (const authored of shapes.size > 0 ? shapes.keys() : [NOTHING_AUTHORED]) {
    const inForce = new Map<string, CompiledVariable>()
    for (const [name, entry] of authored) {
      const value = compiled.get(entry)
      if (value) inForce.set(name, value)
    }
    for (const value of ownCompiled) inForce.set(value.entry.key, value)
    findCycles(inForce)
    shapes.set(authored, inForce)
  }

  const choices = new VarsChoices(play.varsChoices, compiled, { types, explain, used: () => {} }, findings)
  const live = new LiveVariables()
  let liveNames: ReadonlySet<string> | undefined
  const chosenShapes = new Map<string, InForce>()
  const inForceOn = (host: string): InForce => {
    variables(host)
    return chosenShapes.get(host) ?? shapes.get(authoredOn(host)) ?? NONE_IN_FORCE
  }
  const values = new LazyValues((host, name, value) => {
    const input = run.inputs.get(name)
    return input && mistakeOf(input, host, value, run.inventory)
  })
  const hostvars = evaluatedHostvars()
  const shared = Object.freeze({
    groups: run.groups,
    hostvars,
    play_hosts: Object.freeze([...hosts]),
    playbook_dir: play.directory,
    crane_check_mode: run.check,
    managed: MANAGED,
    ...(run.facts && { [FACTS_NAME]: UNKNOWN }),
  })
  for (const host of hosts)
    for (const wrong of run.inputMistakes.get(host)?.values() ?? []) inputFindings.add(host, wrong)
  const defaults: Record<string, Json> = {}
  for (const input of run.inputs.values()) if (input.default !== undefined) defaults[input.name] = input.default
  deepFreeze(defaults)

  const cache = new Map<string, Variables>()
  const bases = new Map<InForce, object>()
  /** Getters for what is evaluated; a value stays with its host once it was read, unless it follows from facts. */
  const baseOf = (inForce: InForce): object => {
    let base = bases.get(inForce)
    if (base) return base
    base = {}
    for (const [name, variable] of inForce) {
      const follows = live.of(inForce).has(name)
      Object.defineProperty(base, name, {
        get(this: HostScope) {
          const host = String(this['inventory_hostname'])
          if (follows && this[BENEATH]) return values.readNow(name, variable, this, host)
          const own = this[BENEATH] ?? this
          const value = values.read(name, variable, own, host)
          if (!follows) Object.defineProperty(own, name, { value, enumerable: value !== undefined })
          return value
        },
      })
    }
    bases.set(inForce, base)
    return base
  }
  const make = (name: string): Variables => {
    const inForce = shapes.get(authoredOn(name)) ?? NONE_IN_FORCE
    if (play.varsChoices.length === 0) return makeWith(name, inForce)
    const withLayer = (layer: InForce): Variables => {
      const made = makeWith(name, layer)
      // A name that reads this host again, through hostvars of another, finds what is there without the file.
      cache.set(name, made)
      chosenShapes.set(name, layer)
      return made
    }
    const { inForce: all, mistakes } = choices.on(inForce, withLayer)
    for (const wrong of mistakes) inputFindings.add(name, wrong)
    return withLayer(all)
  }
  const makeWith = (name: string, inForce: InForce): Variables => {
    const host = run.inventory.hosts.get(name)
    const data: Record<string, unknown> = {
      ...defaults,
      ansible_host: host?.connection.address ?? name,
      ...host?.vars,
      ...run.extra,
      inventory_hostname: name,
      group_names: host?.groups ?? [],
      ...shared,
    }
    // Each use is not reported as well.
    for (const input of run.inputMistakes.get(name)?.keys() ?? []) data[input] = UNKNOWN
    if (inForce.size === 0) return data as Variables
    const beneath: PropertyDescriptorMap = {}
    for (const [own, variable] of inForce) {
      if (isChosen(variable) && data[own] !== undefined) beneath[variable.plain] = { value: data[own] }
      delete data[own]
    }
    return Object.assign(Object.create(baseOf(inForce), beneath) as object, data) as Variables
  }
  const variables = (host: string, facts?: HostFacts): Variables => {
    let vars = cache.get(host)
    if (!vars) cache.set(host, (vars = make(host)))
    if (!facts) return vars
    const over = { [FACTS_NAME]: { value: facts, enumerable: true }, [BENEATH]: { value: vars } }
    return Object.create(vars, over) as Variables
  }
  /** What the inventory says of each host, evaluated there with the variables of this play. */
  function evaluatedHostvars(): HostVariables {
    if (entries.size === 0) return run.hostvars
    const made: Record<string, object> = {}
    for (const [name, raw] of Object.entries(run.hostvars)) {
      const authored = authoredOn(name)
      if (authored.size === 0) made[name] = raw
      else
        Object.defineProperty(made, name, {
          enumerable: true,
          configurable: true,
          get: () => lazyHost(name, raw, authored),
        })
    }
    return made as HostVariables
  }
  const lazyHosts = new Map<string, object>()
  function lazyHost(host: string, raw: Variables, authored: AuthoredValues): object {
    const known = lazyHosts.get(host)
    if (known) return known
    const getters: object = {}
    for (const [name, entry] of authored) {
      const variable = compiled.get(entry)
      if (variable)
        Object.defineProperty(getters, name, {
          enumerable: true,
          configurable: true,
          get: () => readOf(host, name, variable),
        })
    }
    const made = withGetters(raw, getters)
    lazyHosts.set(host, made)
    return made
  }
  function readOf(host: string, name: string, variable: CompiledVariable): unknown {
    const inForce = inForceOn(host)
    const follows = live.of(inForce)
    if (variable.needs.some((need) => need === FACTS_NAME || follows.has(need)))
      throw new ExpressionFailure(factsOfOthers(host, variable))
    const vars = variables(host) as Readonly<Record<string, unknown>>
    const value = inForce.get(name) === variable ? vars[name] : values.read(name, variable, vars, host)
    const failure = value === undefined && values.failure(host, name)
    if (failure) throw new ExpressionFailure(failure)
    return value
  }

  return {
    types,
    variables,
    factReads: (host, names) => (run.facts ? live.reads(inForceOn(host), names) : undefined),
    sources: (host, name) =>
      variableSources(host, name, { play, chosen, run, inForce: inForceOn(host), values: variables(host) }),
    get live() {
      return (liveNames ??= new Set([...new Set(hosts.map(inForceOn))].flatMap((inForce) => [...live.of(inForce)])))
    },
    hostvars,
    compiled: compiled.values(),
    report(used, into) {
      const byName = new Map<string, CompiledVariable[]>()
      for (const one of compiled.values()) byName.set(one.entry.key, [...(byName.get(one.entry.key) ?? []), one])
      const everything = [
        ...own.map(({ key }) => key),
        ...choices.needs,
        ...(used.has('hostvars') ? byName.keys() : []),
      ]
      const todo = [...new Set([...used, ...everything])]
      for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
        used.add(name)
        for (const { entry, findings: found } of choices.chosen)
          if (entry.key === name) for (const one of found.all) into.add(one)
        for (const { findings: found, needs } of byName.get(name) ?? []) {
          for (const one of found.all) into.add(one)
          todo.push(...needs.filter((need) => !used.has(need)))
        }
      }
    },
    failure: (host, name) => values.failure(host, name),
  }
}

/** Beneath variables with facts: those of the host without. */
const BENEATH = Symbol('beneath')
type HostScope = Record<string, unknown> & { readonly [BENEATH]?: Record<string, unknown> }

const factsOfOthers = (host: string, { entry: { key, keyAt } }: CompiledVariable): Diagnostic =>
  mistake(
    'facts-of-others',
    `'${key}' of ${host} follows from facts, which hostvars does not have`,
    keyAt,
    `set a variable from it with setVars on ${host}, and read that one`,
  )

/** The line that `ansible_managed` is for: the same in each run, or each would change the file. */
const MANAGED = 'managed by crane-play: changes made here are overwritten'

const MAGIC: ReadonlySet<string> = new Set(MAGIC_VARIABLES)
const NONE_IN_FORCE: InForce = new Map()
