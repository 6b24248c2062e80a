// Nodes and partitions of CraneSched's configuration: host lists, memory, devices, and whether the hosts are in them.
import { CRANE_CONFIG, craneConfigFile, type CraneMap, defineChecks, expandCraneHosts } from 'crane-play/container'
import { quoteShell, reading, textFile } from 'crane-play/task'

const FIX = `correct it in ${CRANE_CONFIG}, on all hosts, and restart cranectld, then craned`

export default defineChecks({
  title: 'nodes and partitions',
  on: ['control', 'compute'],
  observe: ({ computeNodes }) => ({
    file: textFile(CRANE_CONFIG),
    hostname: reading('doctor hostname', 'read -r name </proc/sys/kernel/hostname; echo "$name"'),
    devices: reading('doctor devices', 'for d in /dev/nvidia[0-9]* /dev/davinci[0-9]* /dev/iluvatar[0-9]* /dev/dri/renderD*; do [ -e "$d" ] && echo "$d"; done'),
    names: reading('doctor names', unresolved(computeNodes.slice(0, MOST_NAMES))),
  }),
  read: ({ file, hostname, devices, names }) => {
    const config = craneConfigFile(file)
    if (!config?.values) return undefined
    const expanded = config.nodes.flatMap(({ hosts }) => hosts?.names ?? [])
    const inPartitions = config.partitions.flatMap(({ entry, hosts }) =>
      String(entry['nodes']).toUpperCase() === 'ALL' ? expanded : (hosts?.names ?? []),
    )
    return {
      ...config,
      values: config.values,
      names: new Set(expanded),
      inPartitions: new Set(inPartitions),
      hostname: hostname.trim(),
      devices: new Set(devices.split('\n').filter(Boolean)),
      unresolved: [...names.matchAll(/^unresolved (\S+)$/gm)].map(([, name = '']) => name),
    }
  },
  checks: [
    {
      name: 'hostListRefused',
      symptom: 'daemons end when they start: Illegal node name string format',
      cause: 'a host list cannot be read: brackets that are open or nested, or more than ranges of digits in them',
      fix: FIX,
      find: ({ nodes, partitions }) => {
        const bad = [...nodes.map(({ entry, hosts }) => [entry['name'], hosts]), ...partitions.map(({ entry, hosts }) => [entry['nodes'], hosts])].flatMap(([text, hosts]) => (hosts ? [] : [`'${String(text)}'`]))
        return bad.length > 0 ? bad.join(', ') : undefined
      },
    },
    {
      name: 'hostListSurprises',
      symptom: 'nodes are missing from cinfo, or a job cannot be sent to them',
      cause: 'a host list means something else to CraneSched, or to its commands, than it looks',
      fix: FIX,
      find: ({ nodes, partitions }) => [...nodes, ...partitions].flatMap(({ hosts }) => hosts?.traps ?? []).join('; ') || undefined,
    },
    {
      name: 'hostnameNotANode',
      symptom: 'craned ends when it starts, or jobs cannot be sent to the node: REQUESTED_NODES_NOT_IN_PARTITION',
      cause: "the host's name is not one of `Nodes`: it must be the same, letter by letter",
      fix: 'set the hostname to the name in `Nodes`, or the name to the hostname',
      find: ({ hostname, names }, { roles }) => (roles.has('compute') && !names.has(hostname) ? `hostname: ${hostname}` : undefined),
    },
    {
      name: 'nodeInNoPartition',
      symptom: 'cranectld and craned end when they start',
      cause: 'a node is in no partition',
      fix: FIX,
      find: ({ names, inPartitions }) => {
        const left = [...names].filter((name) => !inPartitions.has(name))
        return left.length > 0 ? `in no partition: ${some(left)}` : undefined
      },
    },
    {
      name: 'partitionOfUnknownNode',
      symptom: 'cranectld ends when it starts',
      cause: 'a partition names a node that `Nodes` does not have',
      fix: FIX,
      find: ({ names, inPartitions }) => {
        const unknown = [...inPartitions].filter((name) => !names.has(name))
        return unknown.length > 0 ? `not in Nodes: ${some(unknown)}` : undefined
      },
    },
    {
      name: 'defaultPartitionUnknown',
      symptom: 'cranectld ends when it starts',
      cause: '`DefaultPartition` is not the name of a partition',
      fix: FIX,
      find: ({ values, partitions }) => {
        const wanted = values['DefaultPartition']
        return wanted !== undefined && !partitions.some(({ entry }) => entry['name'] === wanted) ? `DefaultPartition: ${String(wanted)}` : undefined
      },
    },
    {
      name: 'partitionMemoryTwice',
      symptom: 'cranectld ends when it starts',
      cause: 'a partition sets both DefaultMemPerCpu and DefaultMemPerNode',
      fix: FIX,
      find: ({ partitions }) => partitions.filter(({ entry }) => entry['DefaultMemPerCpu'] && entry['DefaultMemPerNode']).map(({ entry }) => String(entry['name'])).join(', ') || undefined,
    },
    {
      name: 'memoryMisread',
      symptom: 'daemons end when they start, or a node has less memory than it should',
      cause: 'CraneSched reads whole numbers with K, M, B or G only: 2T and 128g are refused, and 1.5G is 5G',
      fix: FIX,
      find: ({ nodes }) => nodes.filter(({ entry }) => !/^\d+\s*[KMBG]/.test(String(entry['memory'] ?? ''))).map(({ entry }) => `${String(entry['name'])}: memory ${JSON.stringify(entry['memory'])}`).join(', ') || undefined,
    },
    {
      name: 'cpuQuoted',
      symptom: 'every command leaves with 2: Config syntax error',
      cause: '`cpu` is not a bare whole number: the daemons take it, the commands do not',
      fix: 'write it without quotes',
      find: ({ nodes }) => nodes.filter(({ entry }) => !Number.isInteger(entry['cpu'])).map(({ entry }) => `${String(entry['name'])}: cpu ${JSON.stringify(entry['cpu'])}`).join(', ') || undefined,
    },
    {
      name: 'namesUnresolved',
      symptom: 'craned ends when it starts: Cannot resolve hostname',
      cause: 'a host does not resolve the name of a node',
      fix: 'put all nodes into /etc/hosts or the DNS of all hosts',
      find: ({ unresolved }) => (unresolved.length > 0 ? `not resolved: ${some(unresolved)}` : undefined),
    },
    {
      name: 'nodeTwice',
      symptom: 'a node has other resources in cinfo than it should, or devices twice',
      cause: '`Nodes` has a name twice: cranectld keeps the last entry, and craned joins their devices',
      fix: FIX,
      find: ({ nodes }) => {
        const all = nodes.flatMap(({ hosts }) => hosts?.names ?? [])
        const once = new Set<string>()
        const twice = new Set(all.filter((name) => once.has(name) || !once.add(name)))
        return twice.size > 0 ? `twice: ${some([...twice])}` : undefined
      },
    },
    {
      name: 'gresIncomplete',
      symptom: 'craned ends when it starts',
      cause: 'a `gres` has no name, no type or no device file, or the same name and type as another of its nodes',
      fix: 'give each a name, a type of its own, and DeviceFileRegex or DeviceFileList',
      find: ({ nodes }) => {
        const bad = nodes.flatMap((node) => {
          const kinds = gresOf([node]).map((gres) => `${String(gres['name'] ?? 'no name')} ${String(gres['type'] ?? 'no type')}`)
          return gresOf([node]).flatMap((gres, i) => {
            const kind = kinds[i] ?? ''
            if (gres['name'] === undefined || gres['type'] === undefined) return [kind]
            return [...(filesOf(gres).length === 0 ? [`${kind}: no device files`] : []), ...(kinds.indexOf(kind) < i ? [`${kind}: twice`] : [])]
          })
        })
        return bad.join(', ') || undefined
      },
    },
    {
      name: 'deviceMissing',
      symptom: 'craned ends when it starts on a node with devices',
      cause: 'a device file of `gres` is not on the node',
      fix: 'load the driver, or correct DeviceFileRegex',
      find: ({ nodes, hostname, devices }) => {
        const missing = gresOf(nodes, hostname).flatMap((gres) => filesOf(gres).filter((file) => /^\/dev\/(nvidia|davinci|iluvatar|dri\/renderD)\d/.test(file) && !devices.has(file)))
        return missing.length > 0 ? `missing: ${some(missing)}` : undefined
      },
    },
    {
      name: 'cdiNamesDoNotMatch',
      symptom: 'craned ends when it starts',
      cause: 'a `gres` has not as many CDI names as devices, or both forms of them',
      fix: 'name one CDI device for each device file',
      find: ({ nodes }) => {
        const bad = gresOf(nodes).filter((gres) => {
          const names = cdiOf(gres)
          return (gres['DeviceCDIRegex'] !== undefined && gres['DeviceCDIList'] !== undefined) || (names.length > 0 && names.length !== filesOf(gres).length)
        })
        return bad.length > 0 ? bad.map((gres) => `${String(gres['name'])} ${String(gres['type'])}: ${filesOf(gres).length} devices, ${cdiOf(gres).length} CDI names`).join('; ') : undefined
      },
    },
    {
      name: 'pipelineNeedsCdi',
      symptom: 'craned ends when it starts',
      cause: 'a `gres` has DeviceCniPipeline without CDI names of the form KIND=DEVICE',
      fix: 'add DeviceCDIRegex or DeviceCDIList',
      find: ({ nodes }) => gresOf(nodes).filter((gres) => gres['DeviceCniPipeline'] !== undefined && !cdiOf(gres).every((name) => /^[^=]+=[^=]+$/.test(name)) || (gres['DeviceCniPipeline'] !== undefined && cdiOf(gres).length === 0)).map((gres) => `${String(gres['name'])} ${String(gres['type'])}`).join(', ') || undefined,
    },
    {
      name: 'injectorUnknown',
      symptom: 'craned ends when it starts',
      cause: 'EnvInjector is not one that CraneSched knows',
      fix: 'use common, nvidia, hip or ascend',
      find: ({ nodes }) => gresOf(nodes).filter((gres) => gres['EnvInjector'] !== undefined && !/^(common|nvidia|hip|ascend)$/.test(String(gres['EnvInjector']))).map((gres) => `EnvInjector: ${String(gres['EnvInjector'])}`).join(', ') || undefined,
    },
    {
      name: 'devicesWithoutCdi',
      symptom: 'all container jobs of a node use its first device',
      cause: 'without CDI, devices are chosen by an environment variable that always counts from 0',
      fix: 'add DeviceCDIRegex or DeviceCDIList to the `gres`',
      find: ({ nodes, hostname }) => gresOf(nodes, hostname).filter((gres) => filesOf(gres).length > 1 && cdiOf(gres).length === 0 && /^(nvidia|ascend|hip)$/.test(String(gres['EnvInjector'] ?? ''))).map((gres) => `${String(gres['name'])} ${String(gres['type'])}`).join(', ') || undefined,
    },
  ],
})

/** More are not asked for in one batch. */
const MOST_NAMES = 256

/** Shell: a line for each of the first names that are not known; one process where all are. A resolver may take long. */
const unresolved = (names: readonly string[]): string =>
  names.length === 0
    ? ':'
    : `set -- ${names.map(quoteShell).join(' ')}; getent hosts "$@" >/dev/null || for name; do
  getent hosts "$name" >/dev/null || { echo "unresolved $name"; n=$((\${n:-0} + 1)); [ "$n" -lt 3 ] || break; }
done`

const some = (names: readonly string[]): string => (names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', '))

/** Of all nodes, or of the one with this name. */
function gresOf(nodes: readonly { readonly entry: CraneMap; readonly hosts: { readonly names: readonly string[] } | undefined }[], host?: string): readonly CraneMap[] {
  return nodes
    .filter(({ hosts }) => host === undefined || hosts?.names.includes(host))
    .flatMap(({ entry }) => (Array.isArray(entry['gres']) ? (entry['gres'] as CraneMap[]) : []))
    .filter((gres) => typeof gres === 'object' && gres !== null)
}

const listOf = (gres: CraneMap, pattern: string, list: string): readonly string[] => [
  ...(typeof gres[pattern] === 'string' ? (expandCraneHosts(gres[pattern])?.names ?? []) : []),
  ...(Array.isArray(gres[list]) ? (gres[list] as unknown[]).map(String) : []),
]

/** One for each device; the first file of those with several. */
const filesOf = (gres: CraneMap) => listOf(gres, 'DeviceFileRegex', 'DeviceFileList').map((files) => files.split(',')[0] ?? '')
const cdiOf = (gres: CraneMap) => listOf(gres, 'DeviceCDIRegex', 'DeviceCDIList')
