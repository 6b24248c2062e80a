// Whether a certificate is for a node: one of its names or addresses is one of the node's.

/** What a node is called and where it is reached. */
export interface NodeNames {
  /** `crane02`, `crane02.cluster`. */
  readonly names: readonly string[]
  readonly addresses: readonly string[]
}

/**
 * Takes the holders of a certificate as openssl prints them, `DNS:crane02` or `IPAddress:192.0.2.2`, and returns whether one
 * of them is the node. Of a name in a domain the first label counts: a host need not know its domain. Which nodes a
 * wildcard is for is not known either, so it counts.
 */
export const heldByNode = (holders: readonly string[], { names, addresses }: NodeNames): boolean =>
  holders.some((holder) => {
    const [kind, ...rest] = holder.split(':')
    const value = rest.join(':').toLowerCase()
    if (kind === 'IPAddress') return addresses.some((address) => plainAddress(address) === plainAddress(value))
    if (kind !== 'DNS') return false
    return value.startsWith('*.') || names.some((name) => isSameHost(name.toLowerCase(), value))
  })

/** `crane02` and `crane02.cluster` may be one host, `crane02.a` and `crane02.b` are two. */
function isSameHost(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short === long || (!short.includes('.') && long.startsWith(`${short}.`))
}

/** IPv6 in one of its many forms, without a zone. */
function plainAddress(address: string): string {
  const [plain = ''] = address.split('%')
  return plain.includes(':') && URL.canParse(`http://[${plain}]`) ? new URL(`http://[${plain}]`).hostname : plain
}
