/** Runs the delegates of a Meta CNI configuration: chained inside a pipeline, merged across pipelines. */
import type { Delegate, MetaConfig, Override, Pipeline } from './metaConfig.ts'

export type Verb = 'ADD' | 'DEL' | 'CHECK' | 'STATUS'
export type Environment = Record<string, string>
/** Executes the plug-in of that type with the configuration on its standard input; returns its standard output. */
export type Execute = (type: string, environment: Environment, stdin: string) => Promise<string>
type Result = Record<string, unknown>

/** `timeoutSeconds` have passed. */
export class DeadlineExceeded extends Error {}

/** The merged result of ADD, undefined for the other verbs. Rejects with the first failure. */
export async function runChain(
  verb: Verb,
  config: MetaConfig,
  environment: Environment,
  execute: Execute,
): Promise<Result | undefined> {
  if (verb === 'ADD') return add(config, environment, execute)
  if (callsNobody(verb, config)) return undefined
  const backwards = verb === 'DEL'
  const steps = config.pipelines.flatMap((pipeline) => pipeline.delegates.map((delegate) => ({ pipeline, delegate })))
  const failures: unknown[] = []
  for (const { pipeline, delegate } of backwards ? steps.reverse() : steps) {
    const call = invoke(config, pipeline, delegate, environment, verb, config.prevResult, execute)
    // Deletion goes on past a failure, so that the rest is still taken down.
    if (backwards) await call.catch((error: unknown) => failures.push(error))
    else await call
  }
  if (failures.length > 0) throw failures[0]
  return undefined
}

/** CHECK needs a previous result, and the specification knows STATUS from 1.1.0 on. */
const callsNobody = (verb: Verb, { prevResult, cniVersion }: MetaConfig): boolean =>
  (verb === 'CHECK' && prevResult === undefined) ||
  (verb === 'STATUS' && cniVersion.localeCompare('1.1.0', undefined, { numeric: true }) < 0)

async function add(config: MetaConfig, environment: Environment, execute: Execute): Promise<Result> {
  const results: Result[] = []
  const done: { pipeline: Pipeline; delegate: Delegate; result: unknown }[] = []
  try {
    for (const pipeline of config.pipelines) {
      let previous: unknown
      for (const delegate of pipeline.delegates) {
        const text = await invoke(config, pipeline, delegate, environment, 'ADD', previous, execute)
        if (text.trim()) previous = JSON.parse(text)
        done.push({ pipeline, delegate, result: previous })
      }
      if (previous) results.push(previous as Result)
    }
  } catch (error) {
    // The one that failed is not among them, and there is no roll-back when the time is up.
    if (!(error instanceof DeadlineExceeded))
      for (const { pipeline, delegate, result } of done.reverse())
        await invoke(config, pipeline, delegate, environment, 'DEL', result, execute).catch(() => undefined)
    throw error
  }
  return merge(config.cniVersion, results)
}

/** One result of several: interfaces are appended, and the addresses' indices into them moved along. */
export function merge(cniVersion: string, results: Result[]): Result {
  const interfaces: unknown[] = []
  const ips: unknown[] = []
  const routes: unknown[] = []
  for (const result of results) {
    const offset = interfaces.length
    interfaces.push(...((result['interfaces'] as unknown[] | undefined) ?? []))
    for (const ip of (result['ips'] as Result[] | undefined) ?? [])
      ips.push(typeof ip['interface'] === 'number' ? { ...ip, interface: ip['interface'] + offset } : ip)
    routes.push(...((result['routes'] as unknown[] | undefined) ?? []))
  }
  const dns = results.map((result) => result['dns']).find((one) => one && Object.keys(one).length > 0)
  return { cniVersion, interfaces, ips, ...(routes.length > 0 && { routes }), ...(dns !== undefined && { dns }) }
}

function invoke(
  config: MetaConfig,
  pipeline: Pipeline,
  delegate: Delegate,
  request: Environment,
  verb: Verb,
  previous: unknown,
  execute: Execute,
): Promise<string> {
  const conf = { ...delegate.conf, prevResult: previous }
  const overrides = [
    config.override,
    { args: [], envs: [], ifName: pipeline.ifName },
    pipeline.override,
    delegate.override,
  ]
  const environment = overrides.reduce(applyOverride, { ...request, CNI_COMMAND: verb })
  return execute(delegate.conf.type, environment, JSON.stringify(conf))
}

/** The environment after one override: request < global < pipeline < delegate. */
export function applyOverride(environment: Environment, override: Override): Environment {
  const result = { ...environment }
  if (override.ifName) result['CNI_IFNAME'] = override.ifName
  if (override.containerID) result['CNI_CONTAINERID'] = override.containerID
  if (override.netns) result['CNI_NETNS'] = override.netns
  if (override.cniPath) result['CNI_PATH'] = override.cniPath
  if (override.args.length > 0) {
    const pairs = (result['CNI_ARGS'] ?? '').split(';').filter(Boolean)
    const before = Object.fromEntries(
      pairs.map((pair) => [pair.split('=')[0] ?? '', pair.split('=').slice(1).join('=')]),
    )
    const after = Object.entries(edit(before, override.args)).sort(([a], [b]) => (a < b ? -1 : 1))
    result['CNI_ARGS'] = after.map(([key, value]) => `${key}=${value}`).join(';')
  }
  return edit(result, override.envs)
}

/** Blanks may surround a key and a value; a bare value is a name, or begins with another character and has no quote or `=`. */
const REMOVAL = /^\s*-\s*([A-Za-z_]\w*)\s*$/
const SETTING = /^\s*([A-Za-z_]\w*)\s*=\s*(?:'([^']*)'|"([^"]*)"|([A-Za-z_]\w*|[^A-Za-z_\s'"=][^\s'"=]*))\s*$/

function edit(values: Environment, orders: string[]): Environment {
  const result = { ...values }
  for (const order of orders) {
    const removal = REMOVAL.exec(order)
    const setting = SETTING.exec(order)
    if (removal) delete result[removal[1] ?? '']
    else if (setting) result[setting[1] ?? ''] = setting[2] ?? setting[3] ?? setting[4] ?? ''
    else throw new Error(`meta-cni: invalid override "${order}"`)
  }
  return result
}
