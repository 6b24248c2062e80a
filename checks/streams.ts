// The streams of containers, which ccon attach and ccon exec use: where the runtime offers them, and their certificate.
import { defineChecks, heldByNode, nodeRuntime, runtimeProbes } from 'crane-play/container'
import { reading } from 'crane-play/task'

// Where the key and the certificate are is in the runtime's own configuration; what they are like comes with it.
const FILES = `{
  command -v containerd >/dev/null && containerd config dump 2>/dev/null | sed -n "s/^ *tls_\\(cert\\|key\\)_file = *['\\"]\\(.*\\)['\\"]/\\1 \\2/p"
  command -v crio >/dev/null && { crio status config 2>/dev/null || crio config 2>/dev/null; } | sed -n 's/^ *stream_tls_\\(cert\\|key\\) = *"\\(.*\\)"/\\1 \\2/p'
} | sort -u | while read -r what path; do
  [ "$path" ] || continue
  [ -r "$path" ] || { echo "$what missing . $path"; continue; }
  echo "$what mode $(stat -L -c %a -- "$path") $path"
  command -v openssl >/dev/null || continue
  if [ "$what" = cert ]; then
    openssl x509 -in "$path" -noout -checkend 1209600 >/dev/null || echo "cert expires $(openssl x509 -in "$path" -noout -enddate | sed 's/.*=//; s/ /_/g') $path"
    echo "cert public $(openssl x509 -in "$path" -noout -pubkey | openssl sha256 | sed 's/.* //') $path"
    echo "cert names ,$(openssl x509 -in "$path" -noout -ext subjectAltName 2>/dev/null | tail -n +2 | tr -d ' \\n'), $path"
  else echo "key public $(openssl pkey -in "$path" -pubout | openssl sha256 | sed 's/.* //') $path"; fi
done`

export default defineChecks({
  title: 'the streams of containers',
  on: ['compute'],
  observe: () => ({
    ...runtimeProbes,
    files: reading('doctor streams', FILES),
    hostname: reading('doctor hostname', 'read -r name </proc/sys/kernel/hostname; echo "$name"'),
    addresses: reading('doctor addresses', "ip -o addr show 2>/dev/null | awk '{ print $4 }'"),
  }),
  read: ({ files, addresses, hostname, ...answers }, { name }) => {
    const { streams, used } = nodeRuntime(answers)
    if (streams === undefined) return undefined
    const keys = used === 'CRI-O' ? { address: 'stream_address', port: 'stream_port' } : { address: 'stream_server_address', port: 'stream_server_port' }
    const about = (path: string, what: string) => new RegExp(`^\\w+ ${what} (\\S+) ${path.replaceAll(/[^\w/-]/g, '\\$&')}$`, 'm').exec(files)?.[1]
    return { ...streams, keys, about, names: [name, hostname.trim()], addresses: addresses.split('\n').map((one) => one.replace(/\/\d+$/, '')).filter(Boolean) }
  },
  checks: [
    {
      name: 'streamsLocal',
      symptom: 'ccon attach and exec fail from other hosts: connection refused',
      cause: 'the runtime offers the streams of containers on the loopback interface',
      fix: "set their address to the node's own",
      playbook: 'streaming.yml',
      find: ({ address, keys }) => (/^(127\.|::1$|localhost$|$)/.test(address) ? `${keys.address}: ${JSON.stringify(address)}` : undefined),
    },
    {
      name: 'streamsAnywhere',
      symptom: 'ccon attach and exec reach the host that they run on instead of the node',
      cause: 'the address of the streams is 0.0.0.0, which each client takes for itself',
      fix: "set their address to the node's own",
      playbook: 'streaming.yml',
      find: ({ address, keys }) => (/^(0\.0\.0\.0|::)$/.test(address) ? `${keys.address}: ${address}` : undefined),
    },
    {
      name: 'streamAddressForeign',
      symptom: 'the runtime does not start, or its streams are not reached',
      cause: 'the address of the streams is not an address of the node',
      fix: 'set node_address of the host in the inventory',
      playbook: 'streaming.yml',
      find: ({ address, addresses, keys }) => (/^[0-9.]+$/.test(address) && !/^(127\.|0\.)/.test(address) && addresses.length > 0 && !addresses.includes(address) ? `${keys.address}: ${address}` : undefined),
    },
    {
      name: 'streamPortRandom',
      symptom: 'ccon attach and exec fail where a firewall is active',
      cause: 'the port of the streams is another after each restart, so no firewall can open it',
      fix: 'set stream_port',
      playbook: 'streaming.yml',
      find: ({ port, keys }) => (port === '0' ? `${keys.port}: 0` : undefined),
    },
    {
      name: 'streamsAskForCertificate',
      symptom: 'ccon attach and exec fail',
      cause: 'CRI-O asks clients for a certificate, and ccon has none',
      fix: 'leave stream_tls_ca empty',
      playbook: 'streaming.yml',
      find: ({ clientAuthority }) => (clientAuthority ? `stream_tls_ca: ${clientAuthority}` : undefined),
    },
    {
      name: 'streamCertificateHalf',
      symptom: 'the runtime has no CRI, or its streams fail',
      cause: 'only one of the certificate of the streams and its key is set, or a file is missing',
      fix: 'set both or neither',
      playbook: 'streaming.yml',
      find: ({ encrypted, certificate, key, about }) => {
        if (!encrypted) return undefined
        if ((certificate === '') !== (key === '')) return `certificate: ${JSON.stringify(certificate)}, key: ${JSON.stringify(key)}`
        return [certificate, key].filter((path) => about(path, 'missing')).map((path) => `${path} is missing`).join(', ') || undefined
      },
    },
    {
      name: 'streamCertificateExpires',
      symptom: 'a client that checks certificates refuses ccon attach and exec, or soon will',
      cause: 'the certificate of the streams is past its end, or will be within 14 days',
      fix: 'make a new one',
      playbook: 'streaming.yml',
      find: ({ encrypted, certificate, about }) => (encrypted ? about(certificate, 'expires')?.replaceAll('_', ' ') : undefined),
    },
    {
      name: 'streamCertificateForeign',
      symptom: 'a client that checks certificates refuses ccon attach and exec',
      cause: 'the certificate of the streams has neither a name nor an address of the node',
      fix: 'make one for the node',
      playbook: 'streaming.yml',
      find: ({ encrypted, certificate, address, names, addresses, about }) => {
        const listed = encrypted ? about(certificate, 'names') : undefined
        if (listed === undefined) return undefined
        const holders = listed.split(',').filter(Boolean)
        return heldByNode(holders, { names, addresses: [address, ...addresses] }) ? undefined : `it is for ${holders.join(', ') || 'nobody'}`
      },
    },
    {
      name: 'streamKeyForeign',
      symptom: 'the runtime has no CRI, or its streams fail',
      cause: 'the key of the streams does not belong to the certificate',
      fix: 'put the key and the certificate in place together',
      playbook: 'streaming.yml',
      find: ({ encrypted, certificate, key, about }) => {
        const [one, other] = [about(certificate, 'public'), about(key, 'public')]
        return encrypted && one && other && one !== other ? 'the public keys differ' : undefined
      },
    },
    {
      name: 'streamKeyReadable',
      symptom: 'every user of the node can read what others type into their containers',
      cause: 'the key of the streams is readable by others',
      fix: 'chmod 600 it',
      find: ({ key, about }) => {
        const mode = about(key, 'mode')
        return mode && /[4-7]$|[4-7].$/.test(mode.padStart(3, '0')) ? `${key} has mode ${mode}` : undefined
      },
    },
  ],
})
