// A host's variables → how it is reached and which user the tasks run as.
import { join } from 'node:path'
import type { Connection, Json } from '../../model/inventory.ts'
import type { SetValue } from './setValue.ts'
import { asTruth, type Meaning, NAMES_OF, TRANSPORTS, withoutCollection } from './knownVariables.ts'

/** The values were checked where they are set; `home` is what `~` stands for. */
export function readConnection(
  host: string,
  find: (variable: string) => SetValue | undefined,
  home: string,
): Connection {
  const get = (meaning: Meaning): SetValue | undefined => {
    let last: SetValue | undefined
    for (const name of NAMES_OF[meaning]) last = find(name) ?? last
    return last
  }
  const text = (meaning: Meaning): string | undefined => textOf(get(meaning)?.value)
  const transport = TRANSPORTS.get(withoutCollection(text('transport') ?? 'auto') as 'auto') ?? 'auto'
  const port = get('port')?.value
  const user = text('user')
  const key = get('privateKeyFile')
  const password = text('password')
  const becomePassword = text('becomePassword')
  return {
    transport,
    address: text('address') ?? host,
    ...(port !== undefined && { port: Number(port) }),
    ...(user !== undefined && { user }),
    ...(key && { privateKeyFile: keyPath(String(key.value), key.directory, home) }),
    ...(password !== undefined && { password }),
    become: { enabled: asTruth(get('become')?.value ?? false) ?? false, user: text('becomeUser') ?? 'root' },
    ...(becomePassword !== undefined && { becomePassword }),
  }
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

function keyPath(path: string, directory: string, home: string): string {
  if (path === '~' || path.startsWith('~/')) return home + path.slice(1)
  return path.startsWith('/') ? path : join(directory, path)
}
