// The configuration file of the Crane Meta CNI plug-in: its text, and the mistakes that its schema cannot see.
import { brokenTemplate, dnsRegisterMistakes, neededCapabilities } from './metaCniDelegates.ts'
import type { DelegateSpec, MetaCni, PipelineSpec } from './metaCniParams.ts'

const pipelinesOf = ({ pipelines, delegates = [] }: MetaCni): readonly PipelineSpec[] =>
  pipelines ?? [{ name: 'ethernet', ifName: 'eth0', delegates: [...delegates] }]

const delegatesOf = (params: MetaCni) => pipelinesOf(params).flatMap((pipeline) => pipeline.delegates)

/** Takes the parameters and returns the file names of all plug-ins they name, Meta CNI's own first, each once. */
export function cniPlugins(params: MetaCni): readonly string[] {
  const named = delegatesOf(params).flatMap(({ conf }) => {
    const ipam = conf.ipam as { readonly type?: unknown } | undefined
    return [conf.type, ...(typeof ipam?.type === 'string' ? [ipam.type] : [])]
  })
  return [...new Set([params.type ?? 'crane-meta', ...named])]
}

/** Takes the parameters and returns the configuration file: indented JSON, identical for the same parameters. */
export function metaCniText(params: MetaCni): string {
  const { generation = 'G3', logLevel = 'info', timeoutSeconds = 4, runtimeOverride } = params
  const head = {
    cniVersion: params.cniVersion ?? '1.0.0',
    name: params.name ?? 'crane-meta',
    type: params.type ?? 'crane-meta',
    capabilities: params.capabilities ?? needed(params),
    logLevel,
    timeoutSeconds,
    ...(runtimeOverride && { runtimeOverride }),
  }
  const body =
    generation === 'G1'
      ? { resultMode: params.resultMode ?? 'chained', delegates: (params.delegates ?? []).map(named) }
      : {
          pipelines: pipelinesOf(params).map((pipeline) => ({ ...pipeline, delegates: pipeline.delegates.map(named) })),
        }
  return `${JSON.stringify({ ...head, ...body }, null, 2)}\n`
}

const named = ({ name, conf, ...rest }: DelegateSpec) => ({ name: name ?? conf.type, conf, ...rest })

const isForDevices = (params: MetaCni): boolean =>
  pipelinesOf(params).some((pipeline) => pipeline.ifNamePrefix !== undefined)

const needed = (params: MetaCni) =>
  neededCapabilities(
    delegatesOf(params).map(({ conf }) => conf),
    isForDevices(params),
  )

/** Where in the parameters the mistake is, what it is and how to fix it. */
export interface MetaCniMistake {
  readonly path: string
  readonly message: string
  readonly hint?: string
}

/**
 * Takes the parameters and returns the mistakes that a schema cannot express: keys of another generation, pipelines that
 * clash, edits in `args` and `envs` that Meta CNI cannot parse. `path` is a JSON pointer; an empty list means none.
 */
export function checkMetaCni(params: MetaCni): readonly MetaCniMistake[] {
  const mistakes = generationMistakes(params)
  const edits = (path: string, override: { readonly args?: string[]; readonly envs?: string[] } | undefined) => {
    for (const list of ['args', 'envs'] as const) {
      ;(override?.[list] ?? []).forEach((edit, i) => {
        const wrong = manipulatorMistake(edit)
        if (wrong) mistakes.push({ path: `${path}/runtimeOverride/${list}/${i}`, ...wrong })
      })
    }
  }
  const delegates = (path: string, list: readonly DelegateSpec[]) =>
    list.forEach((delegate, i) => edits(`${path}/delegates/${i}`, delegate.runtimeOverride))
  edits('', params.runtimeOverride)
  for (const placed of placedDelegates(params))
    mistakes.push(...deviceMistakes(placed, params), ...confMistakes(placed, params))
  mistakes.push(...capabilityMistakes(params))
  delegates('', params.delegates ?? [])
  const seen = new Set<string>()
  ;(params.pipelines ?? []).forEach((pipeline, i) => {
    const path = `/pipelines/${i}`
    if ((pipeline.ifName === undefined) === (pipeline.ifNamePrefix === undefined)) {
      mistakes.push({ path, message: `pipeline ${pipeline.name} needs one of ifName and ifNamePrefix, and only one` })
    }
    for (const label of [`name ${pipeline.name}`, `interface ${pipeline.ifName ?? pipeline.ifNamePrefix}`]) {
      if (seen.has(label)) mistakes.push({ path, message: `two pipelines have the ${label}` })
      seen.add(label)
    }
    edits(path, pipeline.runtimeOverride)
    delegates(path, pipeline.delegates)
  })
  return mistakes
}

interface PlacedDelegate {
  readonly path: string
  readonly delegate: DelegateSpec
  /** It is in a pipeline for devices: only there are templates rendered. */
  readonly forDevices: boolean
  /** Another plug-in comes before it for the same interface. */
  readonly follows: boolean
}

const placedDelegates = ({ delegates = [], pipelines = [] }: MetaCni): readonly PlacedDelegate[] => [
  ...delegates.map((delegate, i) => ({ path: `/delegates/${i}`, delegate, forDevices: false, follows: i > 0 })),
  ...pipelines.flatMap((pipeline, n) =>
    pipeline.delegates.map((delegate, i) => ({
      path: `/pipelines/${n}/delegates/${i}`,
      delegate,
      forDevices: pipeline.ifNamePrefix !== undefined,
      follows: i > 0,
    })),
  ),
]

/** What makes a plug-in fail each pod, or call itself without end. */
function confMistakes({ path, delegate, follows }: PlacedDelegate, { type = 'crane-meta' }: MetaCni): MetaCniMistake[] {
  const { conf } = delegate
  return [
    ...dnsRegisterMistakes(conf).map(({ key, ...mistake }) => ({ path: `${path}/conf/${key}`, ...mistake })),
    ...(conf.type === 'dns-register' && !follows
      ? [{ path, message: 'dns-register must come after a plug-in that gives the interface an IPv4 address' }]
      : []),
    ...(conf.type === type ? [{ path: `${path}/conf/type`, message: `${type} would call itself without end` }] : []),
  ]
}

function capabilityMistakes(params: MetaCni): MetaCniMistake[] {
  const { capabilities } = params
  if (capabilities === undefined) return []
  return Object.keys(needed(params))
    .filter((name) => capabilities[name] === undefined)
    .map((name) => ({
      path: '/capabilities',
      message: `capabilities lacks ${name}, which a plug-in needs`,
      hint: `add \`${name}: true\`, or leave capabilities out`,
    }))
}

/** Takes a delegate and returns whether its configuration has a template of Go, such as `{{.Gres.Device}}`. */
const hasTemplate = ({ conf }: DelegateSpec): boolean => JSON.stringify(conf).includes('{{')

/** Takes the parameters and returns whether the file needs a build of G3: one of its templates is rendered. */
export const needsTemplates = (params: MetaCni): boolean =>
  placedDelegates(params).some(({ delegate }) => hasTemplate(delegate))

/** How a device's name reaches a plug-in differs between G2 and G3. */
function deviceMistakes(
  { path, delegate, forDevices }: PlacedDelegate,
  { generation = 'G3' }: MetaCni,
): MetaCniMistake[] {
  if (generation !== 'G2' && delegate.confFromArgs)
    return [
      {
        path: `${path}/confFromArgs`,
        message: `generation ${generation} does not know confFromArgs`,
        hint: 'write `{{.Gres.Device}}` in conf instead',
      },
    ]
  if (!hasTemplate(delegate)) return []
  const wrong = (message: string, hint: string): MetaCniMistake[] => [{ path: `${path}/conf`, message, hint }]
  if (generation !== 'G3')
    return wrong(
      `generation ${generation} does not render templates`,
      "use confFromArgs, such as `deviceID: '$gres.device'`",
    )
  if (!forDevices) return wrong('templates are rendered only in a pipeline with ifNamePrefix', 'write the value itself')
  const broken = brokenTemplate(delegate.conf)
  return broken === undefined
    ? []
    : wrong(`Meta CNI cannot render '${broken}'`, 'use {{.Gres.Device}}, {{.Gres.Index}} or {{.Args.NAME}}')
}

function generationMistakes({ generation = 'G3', delegates, pipelines, resultMode }: MetaCni): MetaCniMistake[] {
  const mistakes: MetaCniMistake[] = []
  if ((delegates === undefined) === (pipelines === undefined))
    mistakes.push({ path: '', message: 'needs one of delegates and pipelines, and only one' })
  if (generation === 'G1' && pipelines)
    mistakes.push({ path: '/pipelines', message: 'generation G1 knows no pipelines', hint: 'use delegates' })
  if (generation !== 'G1' && resultMode)
    mistakes.push({
      path: '/resultMode',
      message: `generation ${generation} knows no resultMode`,
      hint: 'delete it: results are always chained',
    })
  return mistakes
}

/** Meta CNI's lexer splits a bare value such as `svc.local` in two and then refuses the file. */
function manipulatorMistake(edit: string): { readonly message: string; readonly hint: string } | undefined {
  if (/^-[A-Za-z_]\w*$/.test(edit)) return undefined
  const [, key, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(edit) ?? []
  if (key === undefined || value === undefined) {
    return {
      message: `'${edit}' is not an edit that Meta CNI knows`,
      hint: 'write KEY=value to set a key, -KEY to remove it',
    }
  }
  if (/^('[^']*'|"[^"]*"|[A-Za-z_]\w*|\d[\w.:/-]*)$/.test(value)) return undefined
  return {
    message: `the value of '${edit}' must be quoted`,
    hint: value.includes("'") ? `write ${key}="${value}"` : `write ${key}='${value}'`,
  }
}
