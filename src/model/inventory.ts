// Who can be reached and what is known of them before anyone connects: hosts, groups, variables.
import type { SourceSpan } from './diagnostic.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type Variables = Readonly<Record<string, Json>>

/** How a host is reached and who one becomes there. Every field comes from variables with Ansible's names. */
export interface Connection {
  /** `ansible_connection`: `auto` lets the transport choose; `ssh` means `auto`. */
  readonly transport: 'auto' | 'ssh2' | 'openssh' | 'local'
  /** `ansible_host`, else the host's name. */
  readonly address: string
  /** `ansible_port`; absent: what the ssh configuration says, else 22. */
  readonly port?: number
  /** `ansible_user`; absent: what the ssh configuration says, else the caller's own name. */
  readonly user?: string
  /** `ansible_ssh_private_key_file`, with `~` expanded and relative to the inventory file's directory. */
  readonly privateKeyFile?: string
  /** `ansible_password` / `ansible_ssh_pass`. Sensitive. */
  readonly password?: string
  readonly become: Become
  /** `ansible_become_password` / `ansible_become_pass` / `ansible_sudo_pass`. Sensitive. */
  readonly becomePassword?: string
}

/** `ansible_become`, `ansible_become_user`, `ansible_become_method` (sudo is the one method so far). */
export interface Become {
  readonly enabled: boolean
  readonly user: string
}

export interface Host {
  readonly name: string
  /** All groups the host is in, nearest first, without `all`; `ungrouped` when it is in none. */
  readonly groups: readonly string[]
  /** Merged: all < parent groups < child groups < host, inventory < group_vars/host_vars files. */
  readonly vars: Variables
  readonly connection: Connection
}

export interface Group {
  readonly name: string
  /** The group's own hosts in the order in which it lists them, then those of its children, level by level. */
  readonly hosts: readonly string[]
  readonly children: readonly string[]
}

/** A value that an inventory gives to a variable. */
export interface Candidate {
  readonly value: Json
  readonly at: SourceSpan
  /** The group whose value it is; absent: the host's own. */
  readonly group?: string
}

export interface Inventory {
  /** In the order in which the inventory names them. */
  readonly hosts: ReadonlyMap<string, Host>
  /** Includes `all` and `ungrouped`. */
  readonly groups: ReadonlyMap<string, Group>
  /** Where the variable was set, for messages: keys are `host/variable`. Only what files set. */
  readonly origin: (host: string, variable: string) => SourceSpan | undefined
  /** All that sets the variable for the host, the one in force first. */
  readonly candidates?: (host: string, variable: string) => readonly Candidate[]
}
