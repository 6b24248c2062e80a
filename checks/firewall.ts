// The firewall: whether the ports of CraneSched and of the streams are open where one is active.
import { defineChecks, mapAt } from 'crane-play/container'
import { parseToml, reading } from 'crane-play/task'

const RULES = `if command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1; then
  echo firewalld; firewall-cmd --list-ports; firewall-cmd --list-rich-rules; firewall-cmd --get-active-zones | grep -o trusted
elif command -v ufw >/dev/null && ufw status 2>/dev/null | grep -q '^Status: active'; then echo ufw; ufw status
fi`

const DUMP = `if command -v containerd >/dev/null; then containerd --version; echo ==; containerd config dump; fi`

export default defineChecks({
  title: 'the firewall',
  on: ['control', 'compute', 'login'],
  observe: () => ({ rules: reading('doctor firewall', RULES), dump: reading('doctor containerd', DUMP) }),
  read: ({ rules, dump }) => {
    const [name = '', ...lines] = rules.trim().split('\n')
    if (name === '') return undefined
    const streams = mapAt(parseToml(dump.split(/^==\n/m)[1] ?? ''), 'plugins', 'io.containerd.grpc.v1.cri')
    return { name, rules: lines.join('\n'), streamPort: String(streams['stream_server_port'] ?? '0'), tls: streams['enable_tls_streaming'] === true }
  },
  checks: [
    {
      name: 'portsClosed',
      symptom: 'nodes are down in cinfo, or commands cannot reach cranectld',
      cause: 'a firewall is active and does not let the ports of CraneSched through',
      fix: 'open 10011 and 10013 on the control node, 10010 on compute nodes, 10012 on login hosts, for the hosts of the cluster',
      playbook: 'streaming.yml',
      find: ({ name, rules }, { roles }) => {
        const wanted = [...(roles.has('control') ? ['10011', '10013'] : []), ...(roles.has('compute') ? ['10010'] : []), ...(roles.has('login') ? ['10012'] : [])]
        const closed = wanted.filter((port) => !lets(rules, port))
        return closed.length > 0 ? `${name} does not open ${closed.join(', ')}` : undefined
      },
    },
    {
      name: 'streamPortClosed',
      symptom: 'ccon attach and exec fail from other hosts',
      cause: 'a firewall is active and does not let the port of the streams through',
      fix: 'open it for the hosts of the cluster',
      playbook: 'streaming.yml',
      find: ({ name, rules, streamPort }, { roles }) => (roles.has('compute') && streamPort !== '0' && !lets(rules, streamPort) ? `${name} does not open ${streamPort}` : undefined),
    },
  ],
})

/** A single port, a range around it, or a zone that lets everything through. */
function lets(rules: string, port: string): boolean {
  if (/^trusted$/m.test(rules)) return true
  for (const [, from = '', to = from] of rules.matchAll(/(?<![\d.])(\d{1,5})(?:[-:](\d{1,5}))?(?=\/tcp|\s+ALLOW|"|$)/gm))
    if (Number(port) >= Number(from) && Number(port) <= Number(to)) return true
  return new RegExp(`port="${port}"`).test(rules)
}
