// containerd as it runs: what `containerd config dump` prints for its file and all that it imports.
import { CRANE_CONFIG, craneConfigFile, defineChecks, isOlder, mapAt } from 'crane-play/container'
import { inode, parseToml, reading, textFile, unit } from 'crane-play/task'

const PATH = '/etc/containerd/config.toml'
const GRPC = 'io.containerd.grpc.v1.cri'
const RUNTIME = 'io.containerd.cri.v1.runtime'
const IMAGES = 'io.containerd.cri.v1.images'

const DUMP = `if command -v containerd >/dev/null; then containerd --version; echo ==; containerd config dump; fi`

// Where the key and the certificate are is in the dump; what they are like comes with it.
const STREAM_FILES = `command -v containerd >/dev/null && containerd config dump | sed -n "s/^ *tls_\\(cert\\|key\\)_file = *['\\"]\\(.*\\)['\\"]/\\1 \\2/p" | sort -u | while read -r what path; do
  [ "$path" ] || continue
  [ -r "$path" ] || { echo "$what missing $path"; continue; }
  echo "$what mode $(stat -L -c %a -- "$path") $path"
  if [ "$what" = cert ]; then
    openssl x509 -in "$path" -noout -checkend 1209600 >/dev/null || echo "cert expires $(openssl x509 -in "$path" -noout -enddate) $path"
    echo "cert public $(openssl x509 -in "$path" -noout -pubkey | openssl sha256)"
    echo "cert names $(openssl x509 -in "$path" -noout -ext subjectAltName | tail -n +2 | tr -d ' \\n')"
  else echo "key public $(openssl pkey -in "$path" -pubout | openssl sha256)"; fi
done`

const LOADED = `command -v ctr >/dev/null && ctr plugins ls 2>/dev/null | awk '$1 ~ /cri/ || $2 ~ /cri/ { print $1, $2, $NF }'`

export default defineChecks({
  title: 'containerd',
  on: ['compute'],
  observe: () => ({
    unit: unit('containerd'),
    crio: unit('crio'),
    file: textFile(PATH),
    crane: textFile(CRANE_CONFIG),
    socket: inode('/run/containerd/containerd.sock'),
    dump: reading('doctor containerd', DUMP),
    files: reading('doctor containerd streams', STREAM_FILES),
    plugins: reading('doctor containerd plugins', LOADED),
    addresses: reading('doctor addresses', "ip -o addr show 2>/dev/null | awk '{ print $4 }'"),
  }),
  read: ({ dump, files, plugins, addresses, ...facts }) => {
    const endpoint = String(craneConfigFile(facts.crane)?.container['RuntimeEndpoint'] ?? '')
    // A node whose CraneSched uses CRI-O has nothing to do with a containerd beside it.
    if (/crio/.test(endpoint) || (dump.trim() === '' && facts.crio.load !== 'not-found')) return undefined
    const [head = '', text = ''] = dump.split(/^==\n/m)
    const values = parseToml(text) ?? {}
    const version = /\bv?(\d+\.\d+\.\d+\S*)/.exec(head)?.[1]
    const tables = mapAt(values, 'plugins')
    const streams = mapAt(tables, GRPC)
    const modern = Number(values['version'] ?? 2) > 2
    const runtime = mapAt(tables, modern ? RUNTIME : GRPC)
    return { ...facts, version, values, streams, runtime, tables, modern, endpoint, files, plugins, addresses: addresses.split('\n').map((one) => one.replace(/\/\d+$/, '')).filter(Boolean), written: facts.file.type === 'file' && facts.file.text !== null ? facts.file.text : '' }
  },
  checks: [
    {
      name: 'runtimeMissing',
      symptom: 'container jobs fail at once; the log of the pod has [gRPC:14]',
      cause: 'there is no container runtime on the node',
      fix: 'install one',
      playbook: 'runtime.yml',
      find: ({ version }) => (version === undefined ? 'neither containerd nor CRI-O is installed' : undefined),
    },
    {
      name: 'containerdDown',
      symptom: 'container jobs fail at once; the log of the pod has [gRPC:14]',
      cause: 'containerd does not run',
      fix: 'start it, and enable it',
      playbook: 'runtime.yml',
      find: ({ version, unit: { active } }) => (version !== undefined && active !== 'active' ? `containerd.service is ${active}` : undefined),
    },
    {
      name: 'socketMissing',
      symptom: 'container jobs fail at once; the log of the pod has [gRPC:14]',
      cause: "the configuration of CraneSched names another socket than containerd's",
      fix: 'correct RuntimeEndpoint and ImageEndpoint',
      playbook: 'configuration.yml',
      find: ({ endpoint, unit: { active } }) => (active === 'active' && endpoint !== '' && !/^(unix:\/\/)?(\/var)?\/run\/containerd\/containerd\.sock$/.test(endpoint) ? `RuntimeEndpoint: ${endpoint}` : undefined),
    },
    {
      name: 'containerdTooOld',
      symptom: 'a step stays running after its container ended, until its time limit',
      cause: 'containerd before 1.7 sends no events when a container ends',
      fix: 'install containerd 1.7 or newer: containerd_version, or containerd.io of the vendor',
      playbook: 'runtime.yml',
      find: ({ version }) => (version !== undefined && isOlder(version, '1.7') ? `containerd ${version}` : undefined),
    },
    {
      name: 'containerdVersionRefused',
      symptom: 'newer builds of craned end when they start: Container runtime version is unsupported',
      cause: 'they cannot read a version with a ~, as Debian writes it',
      fix: 'install containerd.io from its vendor',
      find: ({ version }) => (version?.includes('~') ? `containerd ${version}` : undefined),
    },
    {
      name: 'criDisabled',
      symptom: 'container jobs fail: unknown service runtime.v1.RuntimeService',
      cause: 'the CRI plug-in of containerd is disabled, as in the file of the vendor\'s package',
      fix: 'remove it from disabled_plugins',
      playbook: 'runtime.yml',
      find: ({ values }) => {
        const disabled = Array.isArray(values['disabled_plugins']) ? values['disabled_plugins'].map(String) : []
        const cri = disabled.filter((name) => ['cri', GRPC, RUNTIME, IMAGES].includes(name))
        return cri.length > 0 ? `disabled_plugins: ${cri.join(', ')}` : undefined
      },
    },
    {
      name: 'criNotLoaded',
      symptom: 'containerd runs, but has no CRI: unknown service runtime.v1.RuntimeService',
      cause: 'the CRI plug-in could not be loaded, for instance with both bin_dir and bin_dirs set',
      fix: "read journalctl -u containerd for 'failed to load plugin', and correct that key",
      find: ({ plugins, unit: { active } }) => (active === 'active' && /\berror$/m.test(plugins) ? plugins.split('\n').find((line) => line.endsWith('error')) : undefined),
    },
    {
      name: 'cniDirectoriesTwice',
      symptom: 'containerd runs, but has no CRI',
      cause: 'bin_dir and bin_dirs are both set, which containerd refuses without ending',
      fix: 'leave one of them',
      playbook: 'runtime.yml',
      find: ({ runtime }) => {
        const cni = mapAt(runtime, 'cni')
        return cni['bin_dir'] && Array.isArray(cni['bin_dirs']) && cni['bin_dirs'].length > 0 ? `bin_dir: ${JSON.stringify(cni['bin_dir'])}, bin_dirs: ${JSON.stringify(cni['bin_dirs'])}` : undefined
      },
    },
    {
      name: 'systemdCgroup',
      symptom: 'container jobs fail: expected cgroupsPath to be of format "slice:prefix:name"',
      cause: "the default runtime uses systemd's cgroup driver, and CraneSched names a cgroup by its path",
      fix: 'set SystemdCgroup to false',
      playbook: 'runtime.yml',
      find: ({ runtime }) => {
        const containerd = mapAt(runtime, 'containerd')
        const name = String(containerd['default_runtime_name'] ?? 'runc')
        return mapAt(containerd, 'runtimes', name, 'options')['SystemdCgroup'] === true ? `SystemdCgroup of ${name} is true` : undefined
      },
    },
    {
      name: 'configurationNotInForce',
      symptom: 'a setting of containerd has no effect',
      cause: 'containerd was started before its configuration was changed',
      fix: 'restart containerd',
      playbook: 'runtime.yml',
      find: ({ file, unit: { startedAt } }) => ('changedAt' in file && startedAt !== null && startedAt < file.changedAt ? `${PATH} is newer than containerd` : undefined),
    },
    {
      name: 'containerdFileInvalid',
      symptom: 'containerd does not start any more',
      cause: `${PATH} is not valid TOML`,
      fix: 'correct it by hand',
      find: ({ written }) => (written !== '' && parseToml(written) === undefined ? `${PATH} cannot be read as TOML` : undefined),
    },
    {
      name: 'importUndoes',
      symptom: 'a setting of containerd has no effect',
      cause: 'a file that is imported sets the key too, and has the last word; nvidia-ctk writes such files',
      fix: 'remove the key from the imported file',
      find: ({ written, streams }) => {
        const own = mapAt(parseToml(written), 'plugins', GRPC)
        const undone = ['stream_server_address', 'stream_server_port', 'enable_tls_streaming'].filter((key) => own[key] !== undefined && streams[key] !== undefined && own[key] !== streams[key])
        return undone.length > 0 ? undone.map((key) => `${key} is ${JSON.stringify(streams[key])}, the file says ${JSON.stringify(own[key])}`).join('; ') : undefined
      },
    },
    {
      name: 'streamsLocal',
      symptom: 'ccon attach and exec fail from other hosts: connection refused',
      cause: 'containerd offers the streams of containers on the loopback interface',
      fix: "set stream_server_address to the node's own address",
      playbook: 'streaming.yml',
      find: ({ version, streams }) => (version !== undefined && /^(127\.|::1$|localhost$|$)/.test(String(streams['stream_server_address'] ?? '')) ? `stream_server_address: ${JSON.stringify(streams['stream_server_address'] ?? '')}` : undefined),
    },
    {
      name: 'streamsAnywhere',
      symptom: 'ccon attach and exec reach the host that they run on instead of the node',
      cause: 'the address of the streams is 0.0.0.0, which each client takes for itself',
      fix: "set stream_server_address to the node's own address",
      playbook: 'streaming.yml',
      find: ({ streams }) => (/^(0\.0\.0\.0|::)$/.test(String(streams['stream_server_address'])) ? `stream_server_address: ${String(streams['stream_server_address'])}` : undefined),
    },
    {
      name: 'streamAddressForeign',
      symptom: 'containerd does not start, or its streams are not reached',
      cause: 'the address of the streams is not an address of the node',
      fix: 'set node_address of the host in the inventory',
      playbook: 'streaming.yml',
      find: ({ streams, addresses }) => {
        const address = String(streams['stream_server_address'] ?? '')
        return /^[0-9.]+$/.test(address) && !/^(127\.|0\.)/.test(address) && addresses.length > 0 && !addresses.includes(address) ? `stream_server_address: ${address}` : undefined
      },
    },
    {
      name: 'streamPortRandom',
      symptom: 'ccon attach and exec fail where a firewall is active',
      cause: 'the port of the streams is another after each restart, so no firewall can open it',
      fix: 'set stream_server_port',
      playbook: 'streaming.yml',
      find: ({ version, streams }) => (version !== undefined && String(streams['stream_server_port'] ?? '0') === '0' ? 'stream_server_port: 0' : undefined),
    },
    {
      name: 'criOverTcp',
      symptom: 'whoever reaches the node can become root on it',
      cause: "containerd's own interface is offered over TCP, without any authentication",
      fix: 'remove tcp_address of [grpc], and set disable_tcp_service to true',
      find: ({ values, streams }) => (mapAt(values, 'grpc')['tcp_address'] && streams['disable_tcp_service'] === false ? `tcp_address: ${String(mapAt(values, 'grpc')['tcp_address'])}` : undefined),
    },
    {
      name: 'streamCertificateHalf',
      symptom: 'containerd has no CRI, or its streams fail',
      cause: 'of the certificate of the streams and its key only one is set, or a file is missing',
      fix: 'set both or neither',
      playbook: 'streaming.yml',
      find: ({ streams, files }) => {
        if (streams['enable_tls_streaming'] !== true) return undefined
        const { tls_cert_file: certificate = '', tls_key_file: key = '' } = mapAt(streams, 'x509_key_pair_streaming') as Record<string, string>
        if ((certificate === '') !== (key === '')) return `tls_cert_file: ${JSON.stringify(certificate)}, tls_key_file: ${JSON.stringify(key)}`
        return /^\w+ missing (.*)$/m.exec(files)?.[1]?.concat(' is missing')
      },
    },
    {
      name: 'streamCertificateExpires',
      symptom: 'ccon attach and exec will fail',
      cause: 'the certificate of the streams is past its end, or will be within 14 days',
      fix: 'make a new one',
      playbook: 'streaming.yml',
      find: ({ files }) => /^cert expires (?:notAfter=)?(.*)$/m.exec(files)?.[1],
    },
    {
      name: 'streamKeyForeign',
      symptom: 'containerd has no CRI, or its streams fail',
      cause: 'the key of the streams does not belong to the certificate',
      fix: 'put the key and the certificate in place together',
      playbook: 'streaming.yml',
      find: ({ files }) => {
        const [certificate, key] = ['cert', 'key'].map((what) => new RegExp(`^${what} public .*?([0-9a-f]{64})$`, 'm').exec(files)?.[1])
        return certificate && key && certificate !== key ? 'the public keys differ' : undefined
      },
    },
    {
      name: 'streamKeyReadable',
      symptom: 'every user of the node can read what others type into their containers',
      cause: 'the key of the streams is readable by others',
      fix: 'chmod 600 it',
      find: ({ files }) => {
        const [, mode, path] = /^key mode (\d+) (.*)$/m.exec(files) ?? []
        return mode && /[4-7]$|[4-7].$/.test(mode.padStart(3, '0')) ? `${path} has mode ${mode}` : undefined
      },
    },
    {
      name: 'registryMirrorsIgnored',
      symptom: 'images are not pulled from the mirror, or containerd has no CRI',
      cause: 'registries are set both in the file and by config_path, which exclude each other',
      fix: 'put mirrors into hosts.toml below config_path, and remove registry.mirrors and registry.configs',
      find: ({ tables, modern }) => {
        const registry = mapAt(tables, modern ? IMAGES : GRPC, 'registry')
        const inline = ['mirrors', 'configs'].filter((key) => Object.keys(mapAt(registry, key)).length > 0)
        return registry['config_path'] && inline.length > 0 ? `config_path and registry.${inline.join(', registry.')}` : undefined
      },
    },
    {
      name: 'tablesMisplaced',
      symptom: 'a setting of containerd has no effect',
      cause: 'a table of version 2 of the file stands in a later one, where containerd ignores it',
      fix: `move it to [plugins.'${RUNTIME}']`,
      find: ({ written }) => {
        const own = parseToml(written)
        if (Number(own?.['version'] ?? 0) < 3) return undefined
        const lost = ['containerd', 'cni', 'registry', 'enable_cdi'].filter((key) => key in mapAt(own, 'plugins', GRPC))
        return lost.length > 0 ? `in [plugins.'${GRPC}']: ${lost.join(', ')}` : undefined
      },
    },
    {
      name: 'cdiOff',
      symptom: 'a container does not see the device that its job was given',
      cause: 'containerd 1.7 asks for CDI to be turned on, and CraneSched hands out CDI names',
      fix: 'set enable_cdi',
      playbook: 'runtime.yml',
      find: ({ version, runtime, crane }) =>
        version !== undefined && isOlder(version, '2.0') && runtime['enable_cdi'] !== true && crane.type === 'file' && /DeviceCDI(Regex|List)/.test(crane.text ?? '') ? `enable_cdi: ${JSON.stringify(runtime['enable_cdi'] ?? false)}` : undefined,
    },
  ],
})
