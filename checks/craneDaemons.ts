// cranectld and craned: whether they run, with their configuration, after the runtime, and on a host that they can use.
import { CRANE_CONFIG, craneConfigFile, type CraneMap, defineChecks, expandCraneHosts, mapAt } from 'crane-play/container'
import { inode, reading, textFile, unit, type UnitFact } from 'crane-play/task'

const DATABASE = '/etc/crane/database.yaml'
const EBPF = '/usr/local/lib64/bpf/cgroup_dev_bpf.o'

const LAST_WORDS = `for unit in cranectld craned; do
  systemctl -q is-active $unit || journalctl -u $unit -n 20 --no-pager -o cat 2>/dev/null | grep -iE 'error|fatal|cannot|unsupported|terminate' | tail -n 2 | sed "s/^/$unit /"
done`

// The log's own path is in the configuration; the default base is asked for, since one exchange must do. A node that
// registers again without the message has read its configuration since.
const DRIFT = `base=$(sed -n 's/^CraneBaseDir: *//p' ${CRANE_CONFIG} | tr -d '"'); log=\${base:-/var/crane/}cranectld/cranectld.log
[ -r "$log" ] && tail -n 5000 "$log" | awk '{ node = $0; sub(/.*CranedNode #/, "", node); sub(/ .*/, "", node) }
/CranedNode #.* appears to have a diffrent config.yaml/ { now[node] = 1; last[node] = $0 }
/CranedNode #.* is up/ { if (now[node]) now[node] = 0; else delete last[node] }
END { for (node in last) print last[node] }'`

const CGROUPS = `if [ -f /sys/fs/cgroup/cgroup.controllers ]; then read -r have </sys/fs/cgroup/cgroup.subtree_control; echo "2 $have"
elif [ -d /sys/fs/cgroup/unified ]; then echo hybrid
else echo 1; for c in cpu memory devices blkio; do [ -d /sys/fs/cgroup/$c ] && echo $c; done; fi | tr '\\n' ' '`

const SETTINGS = `for unit in cranectld craned; do systemctl show -p After -p Environment $unit | sed "s/^/$unit /"; done`

const LISTENING = 'ss -Hltn 2>/dev/null | awk \'{ print $4 }\''

export default defineChecks({
  title: "CraneSched's daemons",
  on: ['control', 'compute'],
  observe: () => ({
    cranectld: unit('cranectld'),
    craned: unit('craned'),
    containerd: unit('containerd'),
    crio: unit('crio'),
    config: textFile(CRANE_CONFIG),
    database: inode(DATABASE),
    ebpf: inode(EBPF),
    hostname: reading('doctor hostname', 'read -r name </proc/sys/kernel/hostname; echo "$name"'),
    supervisor: inode('/usr/libexec/csupervisor'),
    words: reading('doctor last words', LAST_WORDS),
    drift: reading('doctor drift', DRIFT),
    cgroups: reading('doctor cgroups', CGROUPS),
    settings: reading('doctor unit settings', SETTINGS),
    listening: reading('doctor listening', LISTENING),
  }),
  read: ({ cgroups, hostname, settings, listening, ...facts }) => ({
    ...facts,
    values: craneConfigFile(facts.config)?.values ?? {},
    cgroups: cgroups.trim(),
    hostname: hostname.trim(),
    settings,
    ports: new Set(listening.split('\n').flatMap((line) => /:(\d+)$/.exec(line.trim())?.[1] ?? [])),
    runtime: [facts.containerd, facts.crio].findIndex(({ active }) => active === 'active'),
  }),
  checks: [
    {
      name: 'cranectldDown',
      symptom: 'every command fails: Connection to CraneCtld is broken',
      cause: 'cranectld does not run',
      fix: 'correct what its last words name, then start it',
      playbook: 'configuration.yml',
      find: ({ cranectld, words }, { roles }) => (roles.has('control') ? down('cranectld', cranectld, words) : undefined),
    },
    {
      name: 'cranedDown',
      symptom: 'the node is down in cinfo, and jobs wait or fail with 326',
      cause: 'craned does not run; nothing starts it again',
      fix: 'correct what its last words name, then start it',
      playbook: 'configuration.yml',
      find: ({ craned, words }, { roles }) => (roles.has('compute') ? down('craned', craned, words) : undefined),
    },
    {
      name: 'daemonNotAtBoot',
      symptom: 'a host does not come back after a reboot',
      cause: 'a daemon of CraneSched, or the runtime, is not enabled',
      fix: 'enable it: systemctl enable UNIT',
      find: ({ cranectld, craned, containerd, crio }, { roles }) => {
        const wanted: [string, UnitFact][] = [
          ...(roles.has('control') ? [['cranectld', cranectld] as [string, UnitFact]] : []),
          ...(roles.has('compute') ? ([['craned', craned], ['containerd', containerd], ['crio', crio]] as [string, UnitFact][]) : []),
        ]
        const off = wanted.filter(([, fact]) => fact.active === 'active' && fact.file === 'disabled').map(([name]) => name)
        return off.length > 0 ? `runs, but is not enabled: ${off.join(', ')}` : undefined
      },
    },
    {
      name: 'configurationNotRead',
      symptom: 'a change of the configuration has no effect',
      cause: 'a daemon was started before its configuration was changed; neither reads it again by itself',
      fix: 'restart cranectld, then craned',
      playbook: 'configuration.yml',
      find: ({ cranectld, craned, config }, { roles }) => {
        if (!('changedAt' in config)) return undefined
        const old = [...(roles.has('control') ? [['cranectld', cranectld] as const] : []), ...(roles.has('compute') ? [['craned', craned] as const] : [])].filter(
          ([, { startedAt }]) => startedAt !== null && startedAt < config.changedAt,
        )
        return old.length > 0 ? `older than ${CRANE_CONFIG}: ${old.map(([name]) => name).join(', ')}` : undefined
      },
    },
    {
      name: 'driftLogged',
      symptom: 'cranectld logs an error for a node that registers',
      cause: "the node's craned was started with another config.yaml than cranectld",
      fix: 'give all hosts the same file, and restart craned on that node',
      playbook: 'configuration.yml',
      find: ({ drift }, { roles }) => (roles.has('control') && drift.trim() !== '' ? drift.trim() : undefined),
    },
    {
      name: 'databaseConfigurationExposed',
      symptom: 'the password of the database can be read by every user',
      cause: '/etc/crane/database.yaml is readable by others, or is on a host that does not need it',
      fix: 'chmod 600 it on the control node, and remove it elsewhere',
      find: ({ database }, { roles }) => {
        if (!('mode' in database)) return undefined
        if (/[4-7]$/.test(database.mode)) return `/etc/crane/database.yaml has mode ${database.mode}`
        return roles.has('control') ? undefined : '/etc/crane/database.yaml is on a compute node'
      },
    },
    {
      name: 'databaseConfigurationMissing',
      symptom: 'cranectld ends when it starts',
      cause: '/etc/crane/database.yaml is missing on the control node',
      fix: 'write it from database.yaml.sample, with the password of the database and mode 600',
      find: ({ database, cranectld, values }, { roles }) => (roles.has('control') && cranectld.load === 'loaded' && (values['DbConfigPath'] ?? DATABASE) === DATABASE && database.type === 'absent' ? `${DATABASE} is missing` : undefined),
    },
    {
      name: 'deviceProgramMissing',
      symptom: 'a job uses devices that it was not given',
      cause: "with control groups of version 2 CraneSched limits devices by an eBPF program, which is not on the node",
      fix: 'install a build of CraneSched with CRANE_ENABLE_BPF',
      find: ({ cgroups, ebpf, values, hostname, craned }, { roles }) => {
        const entries = Array.isArray(values['Nodes']) ? (values['Nodes'] as CraneMap[]) : []
        const hasDevices = entries.some((entry) => Array.isArray(entry['gres']) && entry['gres'].length > 0 && expandCraneHosts(String(entry['name'] ?? ''))?.names.includes(hostname))
        return roles.has('compute') && craned.load === 'loaded' && cgroups.split(' ')[0] === '2' && hasDevices && ebpf.type === 'absent' ? `${EBPF} is missing` : undefined
      },
    },
    {
      name: 'supervisorMissing',
      symptom: 'craned ends when it starts',
      cause: 'the program csupervisor is not where the configuration says',
      fix: 'install the package of craned, or correct Supervisor.Path',
      find: ({ supervisor, values, craned }, { roles }) =>
        roles.has('compute') && craned.load === 'loaded' && (mapAt(values, 'Supervisor')['Path'] ?? SUPERVISOR) === SUPERVISOR && supervisor.type === 'absent' ? `${SUPERVISOR} is missing` : undefined,
    },
    {
      name: 'portNotOpen',
      symptom: 'commands or nodes cannot connect though the daemon runs',
      cause: 'the daemon does not listen on the port of its configuration',
      fix: 'look for a second program on the port, and at the last lines of the log of the daemon',
      find: ({ cranectld, craned, values, ports }, { roles }) => {
        if (ports.size === 0) return undefined
        const port = (key: string, usual: string) => String(values[key] ?? usual)
        const wanted = [
          ...(roles.has('control') && cranectld.active === 'active' ? [port('CraneCtldListenPort', '10011'), port('CraneCtldForInternalListenPort', '10013')] : []),
          ...(roles.has('compute') && craned.active === 'active' ? [port('CranedListenPort', '10010')] : []),
        ]
        const closed = wanted.filter((one) => !ports.has(one))
        return closed.length > 0 ? `nothing listens on ${closed.join(', ')}` : undefined
      },
    },
    {
      name: 'cranedBeforeRuntime',
      symptom: 'after a reboot the node stays down: the compatibility check of the runtime failed',
      cause: 'craned may start before the runtime, newer builds end without it, and nothing starts them again',
      fix: "add a drop-in to craned's unit with After= and Wants= of the runtime's",
      playbook: 'configuration.yml',
      find: ({ craned, runtime, settings }, { roles }) => {
        const after = /^craned After=(.*)$/m.exec(settings)?.[1] ?? ''
        const name = ['containerd.service', 'crio.service'][runtime]
        return roles.has('compute') && craned.load === 'loaded' && name !== undefined && !after.split(' ').includes(name) ? `craned.service is not ordered after ${name}` : undefined
      },
    },
    {
      name: 'proxyInUnit',
      symptom: 'daemons cannot reach each other',
      cause: 'a daemon of CraneSched runs with proxy variables, which its connections obey',
      fix: 'remove them from its unit',
      find: ({ settings }) => /^(\S+) Environment=.*\b(https?_proxy)=/im.exec(settings)?.slice(1).join(' has '),
    },
    {
      name: 'cgroupsUnusable',
      symptom: 'craned ends when it starts: Failed to initialize cpu,memory,IO cgroups controller',
      cause: 'control groups are mounted in both versions, or a controller is not handed down',
      fix: "write '+cpuset +cpu +io +memory +pids' to /sys/fs/cgroup/cgroup.subtree_control at each boot",
      find: ({ cgroups }, { roles }) => {
        if (!roles.has('compute')) return undefined
        if (cgroups === 'hybrid') return 'control groups: hybrid'
        const [version, ...have] = cgroups.split(' ')
        const needed = version === '2' ? ['cpuset', 'cpu', 'io', 'memory'] : ['cpu', 'memory', 'devices', 'blkio']
        const missing = needed.filter((name) => !have.includes(name))
        return missing.length > 0 ? `${version === '2' ? 'not in subtree_control' : 'not mounted'}: ${missing.join(', ')}` : undefined
      },
    },
  ],
})

const SUPERVISOR = '/usr/libexec/csupervisor'

const down = (name: string, fact: UnitFact, words: string): string | undefined => {
  if (fact.active === 'active' || fact.active === 'reloading') return undefined
  const said = words.split('\n').filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1).trim())
  return [fact.load === 'not-found' ? 'there is no such unit' : fact.active, ...said].join(': ')
}
