// CraneSched's configuration file, and its section `Container:`: what its daemons refuse, ignore or take for something else.
import { CRANE_CONFIG, craneConfigFile, defineChecks, mapAt, refusedByCraned, warnOfCraneContainer } from 'crane-play/container'
import { textFile } from 'crane-play/task'

const FIX = 'correct it on the control node, give all hosts the same file, and restart cranectld, then craned'

export default defineChecks({
  title: "CraneSched's configuration",
  on: ['control', 'compute', 'login'],
  observe: () => ({ file: textFile(CRANE_CONFIG) }),
  read: ({ file }) => {
    const config = craneConfigFile(file)
    return { file, config, values: config?.values ?? {}, container: config?.container ?? {} }
  },
  checks: [
    {
      name: 'configurationMissing',
      symptom: 'daemons do not start, and ccon leaves with 2',
      cause: `${CRANE_CONFIG} is missing or cannot be read`,
      fix: 'install CraneSched and give the host the file of the control node',
      find: ({ file, config }) => (config ? undefined : `${CRANE_CONFIG}: ${file.type}`),
    },
    {
      name: 'configurationInvalid',
      symptom: 'cranectld or craned aborts when it starts, without a message of its own',
      cause: `${CRANE_CONFIG} is not valid YAML, or has a key twice`,
      fix: FIX,
      find: ({ config }) => (config && !config.values ? 'it cannot be read as YAML' : undefined),
    },
    {
      name: 'containerDisabled',
      symptom: 'ccon run is refused: CRI support is disabled in the cluster',
      cause: '`Container.Enabled` is not true on the control node',
      fix: 'turn the feature on',
      playbook: 'configuration.yml',
      find: ({ config, container }, { roles }) =>
        roles.has('control') && config?.values && !isOn(container['Enabled'])
          ? `Container.Enabled: ${shown(container['Enabled'])}`
          : undefined,
    },
    {
      name: 'containerDisabledOnNode',
      symptom: 'container jobs fail on some nodes with 324: Container is not enabled in this craned',
      cause: '`Container.Enabled` is not true on the node, though it is on the control node',
      fix: 'give the node the configuration of the control node',
      playbook: 'configuration.yml',
      compare: (hosts) => {
        const on = hosts.some(({ host, facts }) => host.roles.has('control') && isOn(facts.container['Enabled']))
        return hosts.flatMap(({ host, facts }) =>
          on && host.roles.has('compute') && facts.config?.values && !isOn(facts.container['Enabled'])
            ? [[host.name, `Container.Enabled: ${shown(facts.container['Enabled'])}`] as const]
            : [],
        )
      },
    },
    {
      name: 'configurationDiffers',
      symptom: 'cranectld logs that a node appears to have a different config.yaml',
      cause: `${CRANE_CONFIG} is not the same on all hosts: a checksum is compared that sees the order of keys too`,
      fix: "give all hosts the control node's file: configuration.yml with distribute=true",
      playbook: 'configuration.yml',
      inputs: ['distribute=true'],
      compare: (hosts) => {
        const control = hosts.find(({ host }) => host.roles.has('control'))
        const wanted = control && digestOf(control.facts.file)
        return hosts.flatMap(({ host, facts }) => {
          const digest = digestOf(facts.file)
          return wanted !== undefined && digest !== undefined && digest !== wanted
            ? [[host.name, `it differs from that of ${control?.host.name}`] as const]
            : []
        })
      },
    },
    {
      name: 'endpointScheme',
      symptom: 'container jobs fail at once; the log of the pod has [gRPC:14]',
      cause: 'an endpoint is written with unix://, which CraneSched puts in front itself',
      fix: 'write the plain path of the socket',
      playbook: 'configuration.yml',
      find: ({ container }) => {
        const bad = ['RuntimeEndpoint', 'ImageEndpoint'].filter((key) => /^\w+:/.test(String(container[key] ?? '')))
        return bad.length > 0 ? bad.map((key) => `Container.${key}: ${shown(container[key])}`).join(', ') : undefined
      },
    },
    {
      name: 'containerRefused',
      symptom: 'craned ends when it starts',
      cause: 'a key of `Container:` has a value that craned refuses',
      fix: FIX,
      find: ({ container }) =>
        refusedByCraned(container)
          .filter(({ ends }) => ends)
          .map(({ path, message }) => `Container${path.replaceAll('/', '.')} ${message}`)
          .join('; ') || undefined,
    },
    {
      name: 'containerIgnored',
      symptom: 'a setting of containers has no effect',
      cause: 'CraneSched does not know the key, and says nothing',
      fix: 'correct the spelling, or remove the key',
      find: ({ container }) => warnOfCraneContainer(container).find((one) => one.startsWith('CraneSched ignores')),
    },
    {
      name: 'podsCannotResolve',
      symptom: 'names do not resolve in containers',
      cause: '`Container.Dns.Servers` is 127.0.0.1, which is the pod itself',
      fix: 'set container_settings.Dns.Servers to a resolver that nodes reach, and run configuration.yml',
      find: ({ container }) => warnOfCraneContainer(container).find((one) => one.startsWith('names do not')) && `Container.Dns.Servers: ${shown(mapAt(container, 'Dns')['Servers'])}`,
    },
    {
      name: 'requiredKeyMissing',
      symptom: 'a daemon or a command ends with an error about its configuration',
      cause: 'a key is missing that CraneSched has no default for',
      fix: FIX,
      find: ({ config, values }) => {
        const required = ['ControlMachine', 'ClusterName', 'CraneCtldListenPort', 'CraneCtldForInternalListenPort', 'Nodes', 'Partitions', 'Supervisor']
        const missing = config?.values ? required.filter((key) => (values[key] ?? '') === '') : []
        return missing.length > 0 ? `missing: ${missing.join(', ')}` : undefined
      },
    },
  ],
})

const isOn = (value: unknown): boolean => value === true || (typeof value === 'string' && /^(y|yes|true|on)$/i.test(value))

const shown = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value))

const digestOf = (file: { readonly type: string; readonly sha256?: string | null }): string | undefined => file.sha256 ?? undefined
