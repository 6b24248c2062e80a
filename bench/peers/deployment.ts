// The work that every tool does: one small deployment as data, from which the native form for each tool is written.

export interface Owned {
  readonly path: string
  readonly owner: string
  readonly group: string
  readonly mode: string
}

export type Step =
  | { readonly kind: 'packages'; readonly names: readonly string[] }
  | ({ readonly kind: 'directory' } & Owned)
  | ({ readonly kind: 'file'; readonly content: string } & Owned)
  /** One key of a TOML file that is there already: `table` and `key` for tools that know TOML, `line` for the others. */
  | {
      readonly kind: 'setting'
      readonly path: string
      readonly table: readonly string[]
      readonly key: string
      readonly value: string
      /** What the line begins with, spaces included, so that a pattern finds it. */
      readonly indent: string
    }
  | { readonly kind: 'service'; readonly name: string }

const ROOT = { owner: 'root', group: 'root' }

const AGENT_UNIT = `[Unit]
Description=Cluster agent
After=network.target

[Service]
ExecStart=/bin/sleep infinity
Restart=on-failure

[Install]
WantedBy=multi-user.target
`

const AGENT_SETTINGS = `# Which parts of the node the agent looks after.
[agent]
interval = 30
sockets = /run/cluster/agent.sock
report_to = crane01

[limits]
jobs = 128
open_files = 65536
`

const LIMITS = `# <domain> <type> <item> <value>
*    soft  nofile   65536
*    hard  nofile   1048576
*    soft  memlock  unlimited
*    hard  memlock  unlimited
root soft  nproc    unlimited
`

const KERNEL = `# Containers and many short connections.
net.core.somaxconn = 4096
net.ipv4.ip_local_port_range = 15000 65000
fs.inotify.max_user_watches = 1048576
vm.swappiness = 10
`

/** The file that differs on all hosts in the case `one file changed`. */
export const DRIFTING_FILE = '/etc/cluster/limits.conf'

const CONTAINER_NODE: readonly Step[] = [
  { kind: 'packages', names: ['jq', 'tree'] },
  {
    kind: 'setting',
    path: '/etc/containerd/config.toml',
    table: ['plugins', 'io.containerd.grpc.v1.cri', 'cni'],
    key: 'bin_dir',
    value: '/usr/lib/cni',
    indent: '    ',
  },
  { kind: 'packages', names: ['containerd'] },
  { kind: 'directory', path: '/etc/cluster', mode: '0755', ...ROOT },
  { kind: 'directory', path: '/var/lib/cluster', mode: '0750', owner: 'ops', group: 'ops' },
  { kind: 'file', path: '/etc/cluster/agent.conf', mode: '0644', content: AGENT_SETTINGS, ...ROOT },
  { kind: 'file', path: DRIFTING_FILE, mode: '0640', owner: 'root', group: 'ops', content: LIMITS },
  { kind: 'file', path: '/etc/sysctl.d/60-cluster.conf', mode: '0644', content: KERNEL, ...ROOT },
  { kind: 'file', path: '/etc/systemd/system/cluster-agent.service', mode: '0644', content: AGENT_UNIT, ...ROOT },
  { kind: 'service', name: 'containerd' },
  { kind: 'service', name: 'cluster-agent' },
]

/** The deployment in 11 tasks or, with directories and a file in each, in 100. */
export const deployment = (tasks: 11 | 100): readonly Step[] =>
  tasks === 11 ? CONTAINER_NODE : [...CONTAINER_NODE, ...partitions(tasks - CONTAINER_NODE.length)]

/** `count` steps: a directory and then a file in it, for one partition after another. */
function partitions(count: number): Step[] {
  return Array.from({ length: count }, (_, index): Step => {
    const name = `part${String(Math.floor(index / 2) + 1).padStart(2, '0')}`
    const path = `/srv/cluster/${name}`
    if (index % 2 === 0) return { kind: 'directory', path, mode: '0755', ...ROOT }
    const content = `# Settings of ${name}.\nname = ${name}\nweight = ${index}\nstate = up\n`
    return { kind: 'file', path: `${path}/settings.conf`, mode: '0644', content, ...ROOT }
  })
}

/** What a person calls the step; the same words in every tool's form. */
export function titleOf(step: Step): string {
  switch (step.kind) {
    case 'packages':
      return `Packages ${step.names.join(' and ')}`
    case 'service':
      return `Service ${step.name}`
    case 'setting':
      return `Setting ${step.key} in ${step.path}`
    case 'directory':
    case 'file':
      return `${step.kind === 'file' ? 'File' : 'Directory'} ${step.path}`
  }
}
