// Lays what the command line says about connecting over what the inventory says.
import type { Connection, Host, Inventory } from '../model/inventory.ts'
import type { CommandLine } from './commandLine.ts'

export interface AskedPasswords {
  readonly login?: string
  readonly become?: string
}

type Said = Pick<CommandLine, 'user' | 'privateKey' | 'transport' | 'become' | 'becomeUser'>

/**
 * What is said on the command line holds for every host. A password that was asked for is the exception: it is for the
 * hosts whose inventory gives none.
 */
export function overrideConnections(inventory: Inventory, said: Said, passwords: AskedPasswords): Inventory {
  const untouched = said.user === undefined && said.privateKey === undefined && said.transport === undefined
  const nothing = untouched && !said.become && said.becomeUser === undefined
  if (nothing && passwords.login === undefined && passwords.become === undefined) return inventory
  const hosts = new Map<string, Host>()
  for (const [name, host] of inventory.hosts) {
    hosts.set(name, { ...host, connection: override(host.connection, said, passwords) })
  }
  return { ...inventory, hosts }
}

function override(given: Connection, said: Said, passwords: AskedPasswords): Connection {
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
