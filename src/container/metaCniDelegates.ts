// What Meta CNI and its delegates need of a configuration beyond its schema: capabilities, the keys of dns-register, templates.

type Json = Readonly<Record<string, unknown>>

/** A delegate's own configuration. */
export type DelegateConf = Json & { readonly type?: unknown }

/** What is wrong at a key of a delegate's configuration, and how to fix it. */
export interface DelegateMistake {
  readonly key: string
  readonly message: string
  readonly hint?: string
}

/** Seconds that CraneSched gives the runtime for a pod's sandbox, network included. */
export const SANDBOX_SECONDS = 5

const ANNOTATIONS = 'io.kubernetes.cri.pod-annotations'

const CAPABILITY_OF: Readonly<Record<string, string>> = {
  portmap: 'portMappings',
  bandwidth: 'bandwidth',
  'dns-register': ANNOTATIONS,
}

/**
 * Takes the configurations of all delegates, and whether there is a pipeline for devices; returns the capabilities that
 * must be on at the top level. The runtime hands on only what is asked for there: what stands in a delegate's own
 * configuration it never sees.
 */
export function neededCapabilities(
  confs: readonly DelegateConf[],
  forDevices: boolean,
): Readonly<Record<string, true>> {
  const names = confs.flatMap(({ type, capabilities }) => [
    ...Object.entries(isObject(capabilities) ? capabilities : {}).flatMap(([name, wanted]) => (wanted ? [name] : [])),
    ...(typeof type === 'string' && CAPABILITY_OF[type] ? [CAPABILITY_OF[type]] : []),
  ])
  return Object.fromEntries([...names, ...(forDevices ? [ANNOTATIONS] : [])].map((name) => [name, true as const]))
}

/** Takes the configuration of a dns-register delegate and returns the mistakes that make it fail each pod. */
export function dnsRegisterMistakes(conf: DelegateConf): readonly DelegateMistake[] {
  if (conf.type !== 'dns-register') return []
  const { etcd_endpoints: endpoints, ttl, lease_ttl: lease = 0 } = conf
  const named = Array.isArray(endpoints)
    ? endpoints.length > 0
    : typeof endpoints === 'string' && endpoints.trim() !== ''
  const hasTtl = isSeconds(ttl, 1)
  return [
    ...(named ? [] : [{ key: 'etcd_endpoints', message: 'dns-register needs etcd_endpoints' }]),
    ...(hasTtl ? [] : [{ key: 'ttl', message: 'dns-register needs ttl, 1 to 86400 seconds', hint: 'write `ttl: 60`' }]),
    ...(lease === 0 || (isSeconds(lease, 5) && !(hasTtl && (lease as number) < (ttl as number)))
      ? []
      : [{ key: 'lease_ttl', message: 'lease_ttl is 0, or 5 to 86400 seconds and at least ttl' }]),
  ]
}

const isSeconds = (value: unknown, least: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= 86_400

/**
 * Takes the configuration of a delegate in a pipeline for devices and returns the first template in it that Meta CNI
 * cannot render; undefined where there is none. It renders Go's text/template with `.Gres.Device`, `.Gres.Index` and `.Args`.
 */
export function brokenTemplate(conf: DelegateConf): string | undefined {
  for (const text of stringsIn(conf)) {
    const left = text.replace(/\{\{.*?\}\}/gs, '')
    if (left.includes('{{') || left.includes('}}')) return text
    for (const [action] of text.matchAll(/\{\{.*?\}\}/gs))
      if (/\.Gres\b(?!\.(Device|Index)\b)/.test(action) || /(^|[\s({])\.(?!Gres\b|Args\b)[A-Za-z]/.test(action))
        return action
  }
  return undefined
}

const stringsIn = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : Array.isArray(value)
      ? value.flatMap(stringsIn)
      : isObject(value)
        ? Object.values(value).flatMap(stringsIn)
        : []

/** Takes a whole configuration of Meta CNI, as JSON, and returns what pods will miss by it, or what has no effect. */
export function metaCniOddities(json: Json): readonly string[] {
  const pipelines = listOf(json['pipelines'])
  const delegates = [...listOf(json['delegates']), ...pipelines.flatMap((one) => listOf(one['delegates']))]
  if (delegates.length === 0) return []
  const confs = delegates.flatMap(({ conf }) => (isObject(conf) ? [conf as DelegateConf] : []))
  const given = isObject(json['capabilities']) ? json['capabilities'] : {}
  const forDevices = pipelines.some((one) => one['ifNamePrefix'] !== undefined)
  const missing = Object.keys(neededCapabilities(confs, forDevices)).filter((name) => given[name] === undefined)
  const seconds = json['timeoutSeconds']
  return [
    ...(missing.length > 0
      ? [`capabilities at the top level lack ${missing.join(', ')}: the runtime does not hand that on to the plug-ins`]
      : []),
    ...(typeof seconds === 'number' && seconds >= SANDBOX_SECONDS
      ? [`timeoutSeconds ${seconds} is never used up: CraneSched gives a pod ${SANDBOX_SECONDS} seconds in all`]
      : []),
    ...confs.flatMap(dnsRegisterMistakes).map(({ message }) => message),
  ]
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
