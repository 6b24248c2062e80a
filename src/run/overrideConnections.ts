// Applies the connection settings of a request over those of the inventory.
import type { Connection, Host, Inventory } from '../model/inventory.ts'
import type { ConnectionRequest } from './runRequest.ts'

type Overrides = Omit<ConnectionRequest, 'acceptNewHostKeys' | 'sshConfig' | 'knownHosts'>

export interface Passwords {
  readonly login?: string
  readonly become?: string
}

/**
 * What is requested holds for every host, except that a password is for the hosts whose inventory gives none.
 */
export function overrideConnections<I extends Inventory>(inventory: I, said: Overrides, passwords: Passwords): I {
  const untouched = said.user === undefined && said.privateKey === undefined && said.transport === undefined
  const nothing = untouched && !said.become && said.becomeUser === undefined
  if (nothing && passwords.login === undefined && passwords.become === undefined) return inventory
  const hosts = new Map<string, Host>()
  for (const [name, host] of inventory.hosts) {
    hosts.set(name, { ...host, connection: override(host.connection, said, passwords) })
  }
  return { ...inventory, hosts }
}

function override(given: Connection, said: Overrides, passwords: Passwords): Connection {
  const password = given.password ?? passwords.login
  const becomePassword = given.becomePassword ?? passwords.become
  return {
    ...given,
    ...(said.user !== undefined && { user: said.user }),
    ...(said.privateKey !== undefined && { privateKeyFile: said.privateKey }),
    ...(said.transport !== undefined && { transport: said.transport }),
    ...(password !== undefined && { password }),
    ...(becomePassword !== undefined && { becomePassword }),
    become: { enabled: given.become.enabled || said.become, user: said.becomeUser ?? given.become.user },
  }
}
