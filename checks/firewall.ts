// The firewall: whether the ports of CraneSched and of the streams are open where one is active.
import { defineChecks, firewallRules, nodeRuntime, portFilter, runtimeProbes } from 'crane-play/container'

export default defineChecks({
  title: 'the firewall',
  on: ['control', 'compute', 'login'],
  observe: () => ({ ...runtimeProbes, rules: firewallRules }),
  read: ({ rules, ...answers }) => ({ filter: portFilter(rules), streams: nodeRuntime(answers).streams }),
  checks: [
    {
      name: 'portsClosed',
      symptom: 'nodes are down in cinfo, or commands cannot reach cranectld',
      cause: 'a firewall is active and does not let the ports of CraneSched through',
      fix: 'open 10011 and 10013 on the control node, 10010 on compute nodes, 10012 on login hosts, for the hosts of the cluster',
      playbook: 'streaming.yml',
      find: ({ filter }, { roles }) => {
        const wanted = [...(roles.has('control') ? ['10011', '10013'] : []), ...(roles.has('compute') ? ['10010'] : []), ...(roles.has('login') ? ['10012'] : [])]
        const closed = filter ? wanted.filter((port) => !filter.lets(port)) : []
        return closed.length > 0 ? `${filter?.tool} does not open ${closed.join(', ')}` : undefined
      },
    },
    {
      name: 'streamPortClosed',
      symptom: 'ccon attach and exec fail from other hosts',
      cause: 'a firewall is active and does not let the port of the streams through',
      fix: 'open it for the hosts of the cluster',
      playbook: 'streaming.yml',
      find: ({ filter, streams }, { roles }) => (filter && roles.has('compute') && streams && streams.port !== '0' && !filter.lets(streams.port) ? `${filter.tool} does not open ${streams.port}` : undefined),
    },
    {
      name: 'streamsUnprotected',
      symptom: 'whoever reaches the node reads what users type into their containers',
      cause: 'the streams of containers are not encrypted, and no firewall keeps others away from them',
      fix: 'leave stream_tls at true, or put a firewall in force',
      playbook: 'streaming.yml',
      find: ({ filter, streams }, { roles }) => (roles.has('compute') && !filter && streams && !streams.encrypted && !/^(127\.|::1$|localhost$|$)/.test(streams.address) ? `${streams.address}:${streams.port}, without TLS` : undefined),
    },
  ],
})
