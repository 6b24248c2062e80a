// Hides the passwords of connections in what hosts answer: a host knows the password that was typed for it.
import { redactor } from '../engine/redact.ts'
import type { Host } from '../model/inventory.ts'

/** Takes the hosts that are asked; what it returns takes a plain value, such as a failure, and returns it without passwords. */
export const passwordHider = (hosts: readonly Host[]): (<T>(value: T) => T) =>
  redactor(hosts.flatMap(({ connection: { password = '', becomePassword = '' } }) => [password, becomePassword]))
