// Expands a path of the ssh configuration: tokens, environment variables and `~`.
import { isAbsolute, join } from 'node:path'

/** What the tokens of ssh_config(5) stand for. */
export interface Tokens {
  readonly home: string
  /** The name as given to ssh, and the address it stands for. */
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
  readonly local: string
  readonly hostKeyAlias?: string
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/**
 * See TOKENS and ENVIRONMENT VARIABLES in ssh_config(5). Undefined for what only the OpenSSH client expands: `~user`,
 * a variable that is not set, `%C` and other tokens that need more than the connection.
 */
export function expandPath(text: string, tokens: Tokens): string | undefined {
  const { home, name, address, port, user, local, hostKeyAlias, environment } = tokens
  const values: Readonly<Record<string, string>> = {
    '%%': '%',
    '%d': home,
    '%h': address,
    '%k': hostKeyAlias ?? name,
    '%n': name,
    '%p': String(port),
    '%r': user,
    '%u': local,
  }
  let open = false
  const path = text.replace(/%.?|\$\{([^}]*)\}?/g, (token, variable?: string) => {
    const value = variable === undefined ? values[token] : token.endsWith('}') ? environment?.[variable] : undefined
    open ||= value === undefined
    return value ?? ''
  })
  if (open) return undefined
  if (path === '~') return home
  if (path.startsWith('~/')) return join(home, path.slice(2))
  if (path.startsWith('~')) return undefined
  return isAbsolute(path) ? path : join(home, '.ssh', path)
}
