// The network of containers: the file of /etc/cni/net.d that counts, and the plug-ins that it names.
import { defineChecks, dnsRegisterMistakes, mapAt, neededCapabilities, nodeRuntime, runtimeProbes } from 'crane-play/container'
import { reading } from 'crane-play/task'

// The runtime takes the first file by name; the others are listed. A file's text follows its name and length.
const FILES = `cd /etc/cni/net.d 2>/dev/null && for f in *.conf *.conflist *.json; do
  [ -f "$f" ] && [ -r "$f" ] || continue; size=$(wc -c <"$f"); [ "$size" -le 65536 ] || size=0
  printf '%s\\t%s\\n' "$f" "$size"; head -c "$size" -- "$f"; echo
done`

// Where packages put plug-ins, and where the runtime looks for them.
const PLUGINS = `for d in /opt/cni/bin /usr/lib/cni /usr/libexec/cni $({ containerd config dump; crio status config || crio config; } 2>/dev/null | sed -n 's/^ *\\(bin_dirs*\\|plugin_dirs*\\) = //p' | grep -o "/[^]'\\", ]*"); do
  for p in "\${d%/}"/*; do [ -x "$p" ] && [ -f "$p" ] && echo "$p"; done
done`

// Whether each etcd can be reached: bash connects by itself, and curl is not on every host.
const ETCD = `cat /etc/cni/net.d/*.conf /etc/cni/net.d/*.conflist 2>/dev/null | tr -d ' \\n' | grep -o '"etcd_endpoints":\\("[^"]*"\\|\\[[^]]*\\]\\)' | grep -o 'https*://[^",]*' | sort -u | head -n 5 | while read -r url; do
  at=\${url#*://} at=\${at%%/*} host=\${at%:*} host=\${host#[} host=\${host%]}
  case $at in *:*[0-9]) timeout 2 bash -c ': </dev/tcp/$0/$1' "$host" "\${at##*:}" || echo "unreachable $url" ;; esac
done`

const BUILD = `for p in /opt/cni/bin/crane-meta /opt/cni/bin/meta-cni; do
  [ -f "$p" ] || continue
  if grep -qsF 'at least one pipeline is required' -- "$p"; then echo "\${p##*/} pipelines"
  elif grep -qsF resultMode -- "$p"; then echo "\${p##*/} delegates"; fi
done`

export default defineChecks({
  title: 'the network of containers',
  on: ['compute'],
  observe: () => ({
    files: reading('doctor cni files', FILES),
    plugins: reading('doctor cni plug-ins', PLUGINS),
    build: reading('doctor meta cni', BUILD),
    etcd: reading('doctor etcd', ETCD),
    ...runtimeProbes,
  }),
  read: ({ files, plugins, build, etcd, ...answers }) => {
    const { networkDirectory, pluginDirectories } = nodeRuntime(answers)
    const all = readFiles(files)
    const [first] = all
    const paths = plugins.split('\n').filter(Boolean)
    const values = first && parse(first.text)
    return {
      files: all,
      first,
      values: typeof values === 'object' && values !== null ? (values as Readonly<Record<string, unknown>>) : undefined,
      networkDirectory,
      pluginDirectories,
      installed: new Set(paths.filter((path) => pluginDirectories.includes(path.replace(/\/[^/]*$/, ''))).map(nameOf)),
      elsewhere: new Set(paths.map(nameOf)),
      etcd: [...etcd.matchAll(/^unreachable (\S+)$/gm)].map(([, url = '']) => url),
      build: new Map(build.split('\n').filter(Boolean).map((line) => line.split(' ') as [string, string])),
    }
  },
  checks: [
    {
      name: 'networkMissing',
      symptom: 'container jobs fail at once: cni plugin not initialized',
      cause: 'there is no network configuration in /etc/cni/net.d',
      fix: 'write one',
      playbook: 'cni.yml',
      find: ({ first }) => (first ? undefined : '/etc/cni/net.d has no configuration'),
    },
    {
      name: 'networkDirectoryElsewhere',
      symptom: 'container jobs fail at once: cni plugin not initialized',
      cause: 'the runtime looks for networks in another directory than /etc/cni/net.d, where playbooks and packages put them',
      fix: 'set conf_dir of containerd, or network_dir of CRI-O, to /etc/cni/net.d',
      playbook: 'runtime.yml',
      find: ({ networkDirectory }) => (networkDirectory === '/etc/cni/net.d' ? undefined : networkDirectory),
    },
    {
      name: 'networkInvalid',
      symptom: 'container jobs fail at once: the network is not ready',
      cause: 'the first file of /etc/cni/net.d is not valid JSON, and the runtime looks at no other',
      fix: 'correct or remove it',
      playbook: 'cni.yml',
      find: ({ first, values }) => (first && !values ? `${first.name} is not a JSON object` : undefined),
    },
    {
      name: 'networkHidden',
      symptom: 'containers have another network than the one that was configured',
      cause: 'the runtime takes the first file of /etc/cni/net.d by name, and that is not the one of CraneSched',
      fix: 'remove the other file, or give the own one a name that comes first',
      find: ({ files }) => {
        const own = files.findIndex(({ text }) => isMeta(parse(text)))
        return own > 0 ? `${files[0]?.name} comes before ${files[own]?.name}` : undefined
      },
    },
    {
      name: 'networkFilesInvalid',
      symptom: 'after the first file is removed, container jobs fail',
      cause: 'a further file of /etc/cni/net.d is not valid JSON',
      fix: 'correct or remove it',
      find: ({ files }) => files.slice(1).filter(({ text }) => parse(text) === undefined).map(({ name }) => name).join(', ') || undefined,
    },
    {
      name: 'pluginMissing',
      symptom: 'container jobs fail at once: failed to find plugin',
      cause: 'a plug-in that the network configuration names is not where the runtime looks',
      fix: 'install it, or link it into /opt/cni/bin',
      playbook: 'cni.yml',
      find: ({ values, installed, elsewhere }) => {
        const missing = values ? [...new Set(pluginsOf(values))].filter((name) => !installed.has(name)) : []
        return missing.length > 0 ? missing.map((name) => (elsewhere.has(name) ? `${name} (in the directory of its package only)` : name)).join(', ') : undefined
      },
    },
    {
      name: 'loopbackMissing',
      symptom: 'container jobs fail at once: failed to find plugin "loopback"',
      cause: 'the plug-in loopback is missing, which the runtime itself needs',
      fix: 'install the reference plug-ins',
      playbook: 'cni.yml',
      find: ({ installed, first, pluginDirectories }) => (first && !installed.has('loopback') ? `loopback is not in ${pluginDirectories.join(' or ')}` : undefined),
    },
    {
      name: 'metaGeneration',
      symptom: 'container jobs fail at once: unexpected end of JSON input',
      cause: 'the Meta CNI plug-in is of another build than its configuration, and says nothing',
      fix: 'write the configuration for the build, or install the plug-in that reads it',
      playbook: 'cni.yml',
      find: ({ values, build }) => {
        if (!isMeta(values)) return undefined
        const reads = build.get(String(values?.['type']))
        const has = 'pipelines' in (values ?? {}) ? 'pipelines' : 'delegates'
        return reads !== undefined && reads !== has ? `the file has ${has}, the plug-in reads ${reads}` : undefined
      },
    },
    {
      name: 'networkTooSlow',
      symptom: 'container jobs fail with [gRPC:4], or with an error of the runtime that names no cause',
      cause: 'Meta CNI may take 5 seconds or longer, and CraneSched waits 5 seconds for a pod',
      fix: 'set timeoutSeconds to 4 or less',
      playbook: 'cni.yml',
      find: ({ values }) => (isMeta(values) && (Number(values?.['timeoutSeconds'] ?? 0) >= 5 || !values?.['timeoutSeconds']) ? `timeoutSeconds: ${String(values?.['timeoutSeconds'] ?? 'none')}` : undefined),
    },
    {
      name: 'capabilitiesMisplaced',
      symptom: 'ccon run -p has no effect: ports are not mapped',
      cause: 'capabilities stand in a delegate only; the runtime reads them at the top level',
      fix: 'put capabilities at the top level of the file',
      playbook: 'cni.yml',
      find: ({ values }) => {
        if (!isMeta(values)) return undefined
        const has = mapAt(values, 'capabilities')
        const forDevices = itemsOf('pipelines', values).some((one) => mapAt({ one }, 'one')['ifNamePrefix'] !== undefined)
        const wanted = Object.keys(neededCapabilities(confsOf(values ?? {}), forDevices)).filter((name) => has[name] !== true)
        return wanted.length > 0 ? `not at the top level: ${wanted.join(', ')}` : undefined
      },
    },
    {
      name: 'networkDebugs',
      symptom: "the runtime's journal grows with each pod",
      cause: 'Meta CNI logs at debug or trace',
      fix: 'set logLevel to info',
      playbook: 'cni.yml',
      find: ({ values }) => (isMeta(values) && /^(debug|trace)$/.test(String(values?.['logLevel'])) ? `logLevel: ${String(values?.['logLevel'])}` : undefined),
    },
    {
      name: 'pipelinesRefused',
      symptom: 'container jobs fail at once: unexpected end of JSON input',
      cause: 'Meta CNI refuses its own configuration, and says nothing',
      fix: 'give the file a name and pipelines, each with a name, delegates, and one of ifName and ifNamePrefix, all different',
      playbook: 'cni.yml',
      find: ({ values }) => (isMeta(values) ? pipelineFaults(values ?? {}).join('; ') || undefined : undefined),
    },
    {
      name: 'editsUnquoted',
      symptom: 'container jobs fail at once: unexpected end of JSON input',
      cause: 'Meta CNI cannot parse an edit in args or envs: a value that is not a plain word must be quoted',
      fix: "write KEY='value'",
      playbook: 'cni.yml',
      find: ({ values }) => (isMeta(values) ? editsOf(values).filter((edit) => !/^(-[A-Za-z_]\w*|[A-Za-z_]\w*=('[^']*'|"[^"]*"|[A-Za-z_]\w*|\d[\w.:/-]*|\/.*))$/s.test(edit)).join(', ') || undefined : undefined),
    },
    {
      name: 'logLevelUnknown',
      symptom: "the runtime's journal has a warning for each pod",
      cause: 'Meta CNI knows the log levels trace, debug and info',
      fix: 'set logLevel to info',
      playbook: 'cni.yml',
      find: ({ values }) => (isMeta(values) && values?.['logLevel'] !== undefined && !/^(trace|debug|info)$/.test(String(values['logLevel'])) ? `logLevel: ${JSON.stringify(values['logLevel'])}` : undefined),
    },
    {
      name: 'dnsRegisterRefused',
      symptom: 'container jobs fail at once, or their names do not resolve',
      cause: 'dns-register has no etcd_endpoints, a ttl or lease_ttl out of range, or nothing before it that gives an address',
      fix: 'set etcd_endpoints, and ttl from 1 to 86400, and put it after the plug-in that gives the address',
      playbook: 'cni.yml',
      find: ({ values }) => delegateLists(values).flatMap(dnsRegisterFaults).join('; ') || undefined,
    },
    {
      name: 'etcdUnreachable',
      symptom: 'container jobs fail with [gRPC:4], or with an error of the network plug-in',
      cause: 'the node does not reach the etcd that its network configuration names',
      fix: 'start etcd, or open its port to the node',
      find: ({ etcd }) => etcd.join(', ') || undefined,
    },
    {
      name: 'etcdUnencrypted',
      symptom: 'whoever reaches etcd can change the network of all containers',
      cause: 'the network configuration names etcd with http, without certificates',
      fix: 'use https, with etcd_ca_cert_file, etcd_cert_file and etcd_key_file',
      find: ({ first }) => /"etcd_endpoints"\s*:\s*"?(http:[^"\s]*)/.exec(first?.text ?? '')?.[1],
    },
  ],
})

/** The lists of delegates: one for each pipeline, or one for all. */
function delegateLists(values: unknown): readonly (readonly unknown[])[] {
  const lists = [mapAt({ values }, 'values'), ...itemsOf('pipelines', values)].map((of) => itemsOf('delegates', of))
  return lists.filter((list) => list.length > 0)
}

const confOf = (delegate: unknown) => ({ ...mapAt({ delegate }, 'delegate'), ...mapAt(delegate, 'conf') })

function pipelineFaults(values: Readonly<Record<string, unknown>>): readonly string[] {
  const seen = new Set<string>()
  const pipelines = itemsOf('pipelines', values).map((one) => mapAt({ one }, 'one'))
  return [
    ...(values['name'] ? [] : ['the file has no name']),
    ...('delegates' in values || pipelines.length > 0 ? [] : ['the file has no pipeline']),
    ...pipelines.flatMap((pipeline, i) => {
      const what = `pipeline ${String(pipeline['name'] ?? i + 1)}`
      const labels = ['name', 'ifName', 'ifNamePrefix'].flatMap((key) => (pipeline[key] === undefined ? [] : [`${key} ${String(pipeline[key])}`]))
      const twice = labels.filter((label) => seen.has(label))
      for (const label of labels) seen.add(label)
      return [
        ...(pipeline['name'] ? [] : [`${what} has no name`]),
        ...((pipeline['ifName'] === undefined) === (pipeline['ifNamePrefix'] === undefined) ? [`${what} needs one of ifName and ifNamePrefix`] : []),
        ...(itemsOf('delegates', pipeline).length > 0 ? [] : [`${what} has no delegates`]),
        ...twice.map((label) => `two pipelines have the ${label}`),
      ]
    }),
  ]
}

/** What `args` and `envs` of every runtimeOverride say. */
function editsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = mapAt(value, 'runtimeOverride')
  const lists = ['args', 'envs'].flatMap((key) => (Array.isArray(own[key]) ? (own[key] as unknown[]).map(String) : []))
  return [...lists, ...Object.entries(value).flatMap(([key, below]) => (key === 'runtimeOverride' ? [] : editsOf(below)))]
}

function dnsRegisterFaults(delegates: readonly unknown[]): readonly string[] {
  const confs: readonly Readonly<Record<string, unknown>>[] = delegates.map(confOf)
  const first = confs[0]?.['type'] === 'dns-register' ? ['dns-register comes first'] : []
  return [
    ...first,
    ...confs.flatMap((conf) => dnsRegisterMistakes(conf).map(({ key }) => `${key}: ${JSON.stringify(conf[key]) ?? 'not set'}`)),
  ]
}

interface CniFile {
  readonly name: string
  readonly text: string
}

function readFiles(answer: string): readonly CniFile[] {
  const files: CniFile[] = []
  let rest = Buffer.from(answer)
  for (let match = head(rest); match; match = head(rest)) {
    const start = Buffer.byteLength(match[0])
    files.push({ name: match[1] ?? '', text: rest.toString('utf8', start, start + Number(match[2])) })
    rest = rest.subarray(start + Number(match[2]) + 1)
  }
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const head = (rest: Buffer) => /^([^\t\n]+)\t(\d+)\n/.exec(rest.toString('utf8', 0, 512))

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const isMeta = (values: unknown): boolean => /^(crane-meta|meta-cni)$/.test(String(mapAt({ values }, 'values')['type'] ?? '')) || 'pipelines' in mapAt({ values }, 'values')

/** The plug-ins of a file, of Meta CNI's delegates too, and those for addresses. */
const pluginsOf = (values: Readonly<Record<string, unknown>>): readonly string[] =>
  confsOf(values).flatMap((conf) => [conf['type'], mapAt(conf, 'ipam')['type']]).filter((type): type is string => typeof type === 'string')

/** The file itself, its plug-ins, and Meta CNI's delegates. */
function confsOf(values: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  const delegates = [...itemsOf('delegates', values), ...itemsOf('pipelines', values).flatMap((pipeline) => itemsOf('delegates', pipeline))]
  return [values, ...itemsOf('plugins', values).map((conf) => mapAt({ conf }, 'conf')), ...delegates.map(confOf)]
}

function itemsOf(key: string, of: unknown): readonly unknown[] {
  const list = mapAt({ of }, 'of')[key]
  return Array.isArray(list) ? (list as unknown[]) : []
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
