// Your credentials: keys read once per run, the agent, a password; each is offered to a host once.
import { readFile } from 'node:fs/promises'
import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2'
import type { Hop } from './route.ts'
import type { TransportFailure } from '../session.ts'
import { signingKey } from './signingKey.ts'

type LoadedKey =
  | { readonly ok: true; readonly key: ParsedKey }
  /** `encrypted`: an agent may hold it. `unsupported`: OpenSSH may know it (a security key). */
  | {
      readonly ok: false
      readonly why: 'missing' | 'unreadable' | 'encrypted' | 'unsupported'
      readonly problem: string
    }

export interface Credentials {
  readonly methods: readonly AnyAuthMethod[]
  /** Keys that could not be used, in a sentence each: shown when no other credential is accepted. */
  readonly notes: readonly string[]
  /** Why only the OpenSSH client can use them. */
  readonly needsOpenssh?: string
}

/** Keys by path, parsed once however many hosts use them. */
export class KeyRing {
  readonly #keys = new Map<string, Promise<LoadedKey>>()

  async credentials(hop: Hop): Promise<Credentials | TransportFailure> {
    const methods: AnyAuthMethod[] = []
    const notes: string[] = []
    let needsOpenssh: string | undefined
    for (const { path, from } of hop.keyFiles) {
      const loaded = await this.#load(path)
      if (loaded.ok) {
        methods.push({ type: 'publickey', username: hop.user, key: loaded.key as never })
        continue
      }
      if (loaded.why === 'unsupported') needsOpenssh ??= loaded.problem
      const agentMayHold = loaded.why === 'encrypted' && hop.agentSocket !== undefined
      if (from === 'named' && !agentMayHold && loaded.why !== 'unsupported') {
        return {
          kind: 'refused',
          cause: loaded.problem,
          tried: `log in as ${hop.user} with ${path}`,
          hint: HINTS[loaded.why],
        }
      }
      if (loaded.why !== 'missing') notes.push(loaded.problem)
    }
    const agent = await this.#agent(hop)
    if (agent) methods.push(agent)
    const { password } = hop
    if (password !== undefined) methods.push(...passwordMethods(hop.user, password))
    if (methods.length === 0 && needsOpenssh === undefined) {
      return {
        kind: 'refused',
        cause: [`there is no key, agent or password to log in with as ${hop.user}`, ...notes].join('; '),
        hint: 'set ansible_ssh_private_key_file, start an ssh-agent, or set ansible_password',
      }
    }
    return { methods, notes, ...(methods.length === 0 && needsOpenssh !== undefined && { needsOpenssh }) }
  }

  async #agent({ agentSocket, identitiesOnly, keyFiles, user }: Hop): Promise<AnyAuthMethod | undefined> {
    if (agentSocket === undefined) return undefined
    if (!identitiesOnly) return { type: 'agent', username: user, agent: agentSocket }
    const publicKeys = await Promise.all(keyFiles.map(({ path }) => this.#load(`${path}.pub`)))
    const allowed = publicKeys.flatMap((loaded) => (loaded.ok ? [loaded.key.getPublicSSH()] : []))
    if (allowed.length === 0) return undefined
    return { type: 'agent', username: user, agent: agentOfOnly(agentSocket, allowed) }
  }

  #load(path: string): Promise<LoadedKey> {
    let loaded = this.#keys.get(path)
    if (!loaded) {
      loaded = loadKey(path)
      this.#keys.set(path, loaded)
    }
    return loaded
  }
}

const HINTS = {
  missing: 'check ansible_ssh_private_key_file',
  unreadable: 'check ansible_ssh_private_key_file and the permissions of the file',
  encrypted: 'add it to an ssh-agent (`ssh-add`), or use a key without a passphrase',
} as const

async function loadKey(path: string): Promise<LoadedKey> {
  let text: Buffer
  try {
    text = await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { ok: false, why: 'missing', problem: `the key file ${path} does not exist` }
    const why = code === 'EACCES' ? 'permission denied' : code === 'EISDIR' ? 'it is a directory' : String(code)
    return { ok: false, why: 'unreadable', problem: `the key file ${path} cannot be read: ${why}` }
  }
  if (/sk-(?:ssh-ed25519|ecdsa-sha2)/.test(decoded(text))) {
    return { ok: false, why: 'unsupported', problem: `the key ${path} needs a security key` }
  }
  const parsed = ssh2.utils.parseKey(text)
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key && !(key instanceof Error)) return { ok: true, key: signingKey(key) }
  if (/encrypted|passphrase/i.test(key?.message ?? '')) {
    return { ok: false, why: 'encrypted', problem: `the key file ${path} is encrypted with a passphrase` }
  }
  return { ok: false, why: 'unreadable', problem: `the key file ${path} is not a private key of a known format` }
}

/** The key's own bytes, where it is in OpenSSH's format: its type is in the clear even if the rest is encrypted. */
const decoded = (text: Buffer): string =>
  Buffer.from(text.toString('latin1').replace(/-----[^-]*-----/g, ''), 'base64').toString('latin1')

/** Servers that know only keyboard-interactive are given the password there, to one hidden question. */
const passwordMethods = (username: string, password: string): AnyAuthMethod[] => [
  { type: 'password', username, password },
  {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.length === 1 && prompts[0]?.echo === false ? [password] : []),
  },
]

function agentOfOnly(socket: string, allowed: readonly Buffer[]) {
  const agent = ssh2.createAgent(socket)
  const identities = agent.getIdentities.bind(agent)
  agent.getIdentities = (callback) =>
    identities((error, keys) => {
      const kept = keys?.filter((key) => {
        const parsed = ssh2.utils.parseKey(key as never)
        const [first] = Array.isArray(parsed) ? parsed : [parsed]
        const own = first instanceof Error || !first ? undefined : first.getPublicSSH()
        return own !== undefined && allowed.some((other) => other.equals(own))
      })
      callback(error, kept)
    })
  return agent
}

/**
 * Offers each method once, in order, and only those the server still takes. `tried` gets a word for each that was
 * offered. The first request is a real one: asking with `none` what is allowed would cost a round trip.
 */
export function offering(methods: readonly AnyAuthMethod[], tried: string[]) {
  let at = 0
  let passwordTried = false
  return (left: readonly string[] | null, partial: boolean | null, next: (method: AnyAuthMethod | false) => void) => {
    // The password was offered before the server said that it does not take one this way: it has not seen it yet.
    if (tried.at(-1) === 'password' && left && !left.includes('password') && !partial) passwordTried = false
    for (;;) {
      const method = methods[at++]
      if (!method) return next(false)
      const asked = method.type === 'agent' ? 'publickey' : method.type
      if (left && !left.includes(asked)) continue
      if (asked === 'keyboard-interactive' && passwordTried) continue
      if (asked === 'password') passwordTried = true
      tried.push(method.type)
      return next(method)
    }
  }
}
