// A session over the OpenSSH client, for what only it can do: one connection kept open, each shell a channel of it.
import type { Host } from '../model/inventory.ts'
import type { Route } from './route.ts'
import type { Connected, ConnectOptions } from './session.ts'

export async function opensshSession(
  _h: Host,
  _r: Route,
  _o: unknown,
  _c: ConnectOptions,
  why?: string,
): Promise<Connected> {
  return { ok: false, failure: { kind: 'refused', cause: `needs OpenSSH: ${why}` } }
}
