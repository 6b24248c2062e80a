// The firewall: whether the ports of CraneSched and of the streams are open where one is active.
import { defineChecks, firewall, nodeRuntime, runtimeProbes } from 'crane-play/container'
import { reading } from 'crane-play/task'

const RULES = `if command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1; then
  echo firewalld; firewall-cmd --list-ports; firewall-cmd --list-rich-rules; firewall-cmd --get-active-zones | grep -o trusted
elif command -v ufw >/dev/null && ufw status 2>/dev/null | grep -q '^Status: active'; then echo ufw; ufw status
fi`

export default defineChecks({
  title: 'the firewall',
  on: ['control', 'compute', 'login'],
  observe: () => ({ ...runtimeProbes, rules: reading('doctor firewall', RULES), inForce: firewall() }),
  read: ({ rules, inForce, ...answers }) => {
    const [name = '', ...lines] = rules.trim().split('\n')
    return { name, rules: lines.join('\n'), isOpen: inForce.tool === 'none', streams: nodeRuntime(answers).streams }
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
        return name !== '' && closed.length > 0 ? `${name} does not open ${closed.join(', ')}` : undefined
      },
    },
    {
      name: 'streamPortClosed',
      symptom: 'ccon attach and exec fail from other hosts',
      cause: 'a firewall is active and does not let the port of the streams through',
      fix: 'open it for the hosts of the cluster',
      playbook: 'streaming.yml',
      find: ({ name, rules, streams }, { roles }) => (name !== '' && roles.has('compute') && streams && streams.port !== '0' && !lets(rules, streams.port) ? `${name} does not open ${streams.port}` : undefined),
    },
    {
      name: 'streamsUnprotected',
      symptom: 'whoever reaches the node reads what users type into their containers',
      cause: 'the streams of containers are not encrypted, and no firewall keeps others away from them',
      fix: 'leave stream_tls at true, or put a firewall in force',
      playbook: 'streaming.yml',
      find: ({ isOpen, streams }, { roles }) => (roles.has('compute') && isOpen && streams && !streams.encrypted && !/^(127\.|::1$|localhost$|$)/.test(streams.address) ? `${streams.address}:${streams.port}, without TLS` : undefined),
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
