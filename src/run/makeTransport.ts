// The transport of a run: loaded only when hosts are to be connected.
import type { Transport } from '../transport/session.ts'
import type { RunRequest } from './runRequest.ts'

/** Who connects, and from where. */
export interface LoginContext {
  readonly home: string
  readonly username: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

export async function makeTransport({ connections }: RunRequest, login: LoginContext): Promise<Transport> {
  const { autoTransport } = await import('../transport/autoTransport.ts')
  const { sshConfig, knownHosts } = connections
  const agentSocket = login.environment['SSH_AUTH_SOCK']
  return autoTransport({
    ...login,
    ...(agentSocket && { agentSocket }),
    ...(sshConfig !== undefined && { sshConfigFile: sshConfig }),
    ...(knownHosts !== undefined && { knownHostsFiles: [knownHosts] }),
  })
}
