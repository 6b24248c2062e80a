/** The /etc/crane/config.yaml a lab host starts with: a working cluster whose container feature was never turned on. */
import { cpus } from 'node:os'
import { computeNodeSet, hostName } from './names.ts'

/** Text of the file for a lab of `size` hosts; the same on every host, as CraneSched wants it. */
export function craneConfig(size: number): string {
  const nodes = computeNodeSet(size)
  return `# CraneSched configuration of the lab cluster. Keep it identical on all nodes.
ControlMachine: ${hostName(0)}
ClusterName: crane_lab
DbConfigPath: /etc/crane/database.yaml
CraneBaseDir: /var/crane/

# Debug levels: trace, debug, info, warn, error, off
CraneCtldDebugLevel: info
CranedDebugLevel: info

# The control daemon
CraneCtldListenAddr: 0.0.0.0
CraneCtldListenPort: "10011"          # users' commands
CraneCtldForInternalListenPort: "10013" # craned
CraneCtldLogFile: cranectld/cranectld.log
CraneCtldMutexFilePath: cranectld/cranectld.lock
CraneCtldForeground: true

# The node daemon
CranedListenPort: "10010"
CranedLogFile: craned/craned.log
CranedMutexFilePath: craned/craned.lock
CranedForeground: true
CranedCforedSockPath: craned/cfored.sock

Supervisor:
  Path: /usr/libexec/csupervisor
  DebugLevel: trace
  LogDir: supervisor

Craned:
  PingInterval: 15

CraneCtld:
  CranedTimeout: 30

PriorityType: priority/multifactor
PriorityFavorSmall: true

# Nodes and partitions. Ask the administrator before changing these.
Nodes:
  - name: "${nodes}"
    cpu: ${cpus().length}
    memory: 2G

Partitions:
  - name: CPU
    nodes: "${nodes}"
    priority: 5
  - name: DEBUG # short test jobs
    nodes: ALL
    priority: 10

DefaultPartition: CPU
`
}
