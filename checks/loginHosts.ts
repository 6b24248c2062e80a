// Hosts on which users submit: the commands, and what their environment does to them.
import { defineChecks, mapAt } from 'crane-play/container'
import { parseYaml, reading, textFile, unit } from 'crane-play/task'

export default defineChecks({
  title: 'commands',
  on: ['control', 'login', 'compute'],
  observe: () => ({
    ccon: reading('doctor ccon', 'command -v ccon'),
    cfored: unit('cfored'),
    crictl: textFile('/etc/crictl.yaml'),
    environment: reading('doctor environment', "grep -hiE '^(export +)?(https?_proxy|no_proxy)=' /etc/environment /etc/profile.d/*.sh 2>/dev/null"),
  }),
  read: ({ ccon, cfored, crictl, environment }) => ({ cfored, ccon: ccon.trim(), crictl: crictl.type === 'file' ? parseYaml(crictl.text ?? '') : undefined, environment: environment.trim() }),
  checks: [
    {
      name: 'cconMissing',
      symptom: 'ccon: command not found',
      cause: "the package of CraneSched's commands is not installed",
      fix: 'install cranesched-frontend',
      find: ({ ccon }, { roles }) => (ccon === '' && (roles.has('login') || roles.has('control')) ? 'there is no ccon' : undefined),
    },
    {
      name: 'cforedDown',
      symptom: 'crun and calloc cannot connect',
      cause: 'cfored does not run on a host where users submit',
      fix: 'start it, and enable it',
      find: ({ cfored }, { roles }) => (roles.has('login') && cfored.load === 'loaded' && cfored.active !== 'active' ? `cfored.service is ${cfored.active}` : undefined),
    },
    {
      name: 'crictlEndpoint',
      symptom: 'crictl cannot connect, though the runtime runs',
      cause: '/etc/crictl.yaml needs unix:// before the path, unlike the configuration of CraneSched',
      fix: 'write unix:// before the path',
      find: ({ crictl }) => {
        const endpoint = mapAt({ crictl }, 'crictl')['runtime-endpoint']
        return typeof endpoint === 'string' && endpoint.startsWith('/') ? `runtime-endpoint: ${endpoint}` : undefined
      },
    },
    {
      name: 'proxyForEveryone',
      symptom: 'commands of CraneSched warn of a proxy, or cannot connect',
      cause: 'the environment of all users names a proxy, which the connections of CraneSched obey',
      fix: 'add the addresses of the cluster to no_proxy',
      find: ({ environment }) => (/https?_proxy=/i.test(environment) && !/no_proxy=/i.test(environment) ? environment.split('\n')[0]?.replace(/\/\/[^@/]*@/, '//…@') : undefined),
    },
  ],
})
