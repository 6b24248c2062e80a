/** The nouns that the stand-ins for cranectld, craned and ccon exchange, with CraneSched's numbers. */

export const statusNumber = {
  PENDING: 0,
  RUNNING: 1,
  COMPLETED: 2,
  FAILED: 3,
  EXCEEDTIMELIMIT: 4,
  CANCELLED: 5,
  CONFIGURING: 7,
  STARTING: 8,
} as const
export type Status = keyof typeof statusNumber

export const isTerminal = (status: Status): boolean =>
  ['COMPLETED', 'FAILED', 'EXCEEDTIMELIMIT', 'CANCELLED'].includes(status)

/** CraneSched's own exit codes, above those of processes and signals. */
export const exitCode = {
  terminated: 320,
  prepareFailed: 323,
  spawnFailed: 324,
  timeLimit: 325,
  rpcError: 328,
} as const

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never'

/** What `ccon run` asks for. */
export interface ContainerSpec {
  name: string
  /** Fully qualified, as the front end normalises it. */
  image: string
  entrypoint: string[]
  command: string[]
  env: Record<string, string>
  ports: { host: number; container: number; protocol: 'tcp' | 'udp' }[]
  volumes: { host: string; container: string }[]
  workdir: string
  userns: boolean
  network: 'default' | 'host'
  dns: string[]
  user: { uid: number; gid: number } | undefined
  pullPolicy: PullPolicy
  detached: boolean
}

export interface JobRequest {
  partition: string
  nodelist: string[]
  exclude: string[]
  nodes: number
  ntasks: number
  cpus: number
  /** As `--gres` has it; empty for none. */
  gres: string
  /** Seconds, or 0 for none. */
  timeLimit: number
  comment: string
  hold: boolean
  cwd: string
  /** The whole command line that submitted it. */
  cmdLine: string
  username: string
  uid: number
  gid: number
  container: ContainerSpec
}

export interface Job {
  id: number
  request: JobRequest
  nodes: string[]
  /** The devices that each node gave it. */
  devices: Record<string, string[]>
  status: Status
  exitCode: number
  reason: string
  /** Seconds since the epoch; 0 while it has not happened. */
  submitted: number
  started: number
  ended: number
  /** Answers of the nodes that have ended. */
  results: Record<string, NodeResult>
}

export interface NodeResult {
  status: Status
  exitCode: number
  reason: string
}
