// A request for a run as plain data: it can be stored, or sent to another process.
export interface RunRequest {
  /** Paths, or names of the product's own playbooks. */
  readonly playbooks: readonly string[]
  /** Empty: what is found in `directory`. */
  readonly inventory: readonly string[]
  /** Where relative paths and an unnamed inventory are looked for. */
  readonly directory: string
  /** Directories with task types of the site. */
  readonly taskDirectories: readonly string[]
  readonly extraVars: readonly string[]
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly limit?: string
  readonly check: boolean
  /** As if every play said `force_handlers`. */
  readonly forceHandlers?: boolean
  readonly connections: ConnectionRequest
  /** Hosts connected at once. Absent: as many as open files allow. */
  readonly forks?: number
  /** For the connection, the handshake and the login of a host together. Default 15. */
  readonly connectSeconds?: number
  /** Also emit what is sent to hosts and comes back. */
  readonly trace: boolean
}

/** What holds for every host, whatever the inventory says. */
export interface ConnectionRequest {
  readonly transport?: 'auto' | 'ssh2' | 'openssh' | 'local'
  readonly user?: string
  readonly privateKey?: string
  readonly become: boolean
  readonly becomeUser?: string
  readonly acceptNewHostKeys: boolean
  readonly sshConfig?: string
  readonly knownHosts?: string
}

/** A request for playbooks and an inventory, with nothing else asked for. */
export const requestFor = (
  playbooks: readonly string[],
  inventory: readonly string[],
  directory: string,
  more: Partial<RunRequest> = {},
): RunRequest => ({
  playbooks,
  inventory,
  directory,
  taskDirectories: [],
  extraVars: [],
  tags: [],
  skipTags: [],
  check: false,
  connections: { become: false, acceptNewHostKeys: false },
  trace: false,
  ...more,
})
