// A host line or key → its names (a node set, optionally with a port), and which names are valid.
import { expandNodeSet, type NodeSetProblem } from '../model/nodeSet.ts'
import { isAddress6 } from './isAddress6.ts'

export type HostNames =
  | { readonly ok: true; readonly names: readonly string[]; readonly port?: number }
  | { readonly ok: false; readonly problem: NodeSetProblem; readonly hint?: string }

/** Reads `crane01`, `crane[02-04]:2222`, `[::1]:22`, `fe80::1`. */
export function readHostNames(text: string): HostNames {
  const fail = (message: string, offset: number, length: number, hint?: string): HostNames => ({
    ok: false,
    problem: { message, offset, length: Math.max(1, length) },
    ...(hint && { hint }),
  })
  // Nearly every line of a long inventory is just a name.
  if (/^[A-Za-z0-9_][\w.-]*$/.test(text) || isAddress6(text)) return { ok: true, names: [text] }
  const bracketed = /^\[([^\]]*)\](?=:|$)/.exec(text)?.[1]
  const inner = bracketed !== undefined && isAddress6(bracketed) ? bracketed : undefined
  // A colon inside brackets belongs to a range, one after them begins the port.
  const unclosed = text.lastIndexOf('[') > text.lastIndexOf(']')
  const colon = unclosed ? -1 : text.indexOf(':', text.lastIndexOf(']') + 1)
  const hosts = inner ?? (colon < 0 ? text : text.slice(0, colon))
  let port: number | undefined
  if (colon >= 0) {
    const portText = text.slice(colon + 1)
    if (portText === '') {
      return fail(
        'the port is missing after the colon',
        colon,
        1,
        'remove the colon, or rename a YAML inventory to NAME.yml',
      )
    }
    port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0
    if (port < 1 || port > 65535) {
      return fail(`'${portText}' is not a port number (1 to 65535)`, colon + 1, portText.length)
    }
  }
  const expanded: HostNames = inner === undefined ? expandNodeSet(hosts) : { ok: true, names: [inner] }
  if (!expanded.ok) return expanded
  for (const name of expanded.names) {
    const wrong = inner === undefined && badHostName(name)
    if (wrong) return fail(wrong[0], 0, hosts.length, wrong[1])
  }
  return { ...expanded, ...(port && { port }) }
}

/** Names go into command lines and file names, so they cannot begin with `-` or hold blanks, slashes or quotes. */
export function badHostName(name: string): readonly [message: string, hint?: string | undefined] | undefined {
  if (isAddress6(name)) return undefined
  if (name.startsWith('-')) return [`a host's name cannot begin with -: '${name}'`]
  if (name === '.' || name === '..') return [`'${name}' cannot be the name of a host`]
  const odd = /[^\p{L}\p{N}._+-]/u.exec(name)?.[0]
  if (!odd) return undefined
  const at = name.indexOf('@')
  const hint =
    at > 0 ? `name the host ${name.slice(at + 1)}, and set its ansible_user to ${name.slice(0, at)}` : undefined
  return [`${JSON.stringify(odd)} cannot be in the name of a host: ${JSON.stringify(name)}`, hint]
}
