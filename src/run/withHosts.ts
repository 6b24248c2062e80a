// Connects to hosts for questions outside of a run, as the request says, and ends the connections afterwards.
import { type Checked, checked } from '../model/diagnostic.ts'
import type { Host } from '../model/inventory.ts'
import type { HostQuestions } from './askHosts.ts'
import { forksWithin } from './forksWithin.ts'
import { type LoginContext, makeTransport } from './makeTransport.ts'
import { connectDeadlineMs } from './runOptions.ts'
import type { RunRequest } from './runRequest.ts'

export type Connections = Pick<HostQuestions, 'hosts' | 'transport' | 'connect' | 'forks'>

/** A mistake when this process may not have enough open files for the hosts. */
export async function withHosts<T>(
  hosts: readonly Host[],
  request: RunRequest,
  login: LoginContext,
  ask: (connections: Connections) => Promise<T>,
): Promise<Checked<T>> {
  const forks = forksWithin(request.forks, hosts.length)
  if (!forks.ok) return forks
  const transport = await makeTransport(request, login)
  const connect = {
    acceptNewHostKeys: request.connections.acceptNewHostKeys,
    deadlineMs: connectDeadlineMs(request),
  }
  try {
    return checked(await ask({ hosts, transport, connect, forks: forks.value }))
  } finally {
    await transport.close()
  }
}
