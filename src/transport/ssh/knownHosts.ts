// The known_hosts files, read once per run: which keys a host may present, and storing a new one.
import { createHash, createHmac } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { makeOwnDirectory, openOwnFile } from '../../model/ownFile.ts'
import { matchesPatterns } from './hostPatterns.ts'

interface Entry {
  readonly marker?: 'cert-authority' | 'revoked'
  readonly type: string
  readonly key: Buffer
  /** `file:line`, as a person would open it. */
  readonly where: string
  readonly names: (name: string) => boolean
  readonly hashed?: true
}

export type Verdict =
  | { readonly state: 'known' }
  | { readonly state: 'unknown' }
  /** Another key is on record, or this key is marked as revoked: `where` is the line. */
  | { readonly state: 'changed' | 'revoked'; readonly where: string }

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** The type a key blob says of itself, such as `ssh-ed25519`. */
export function keyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0
  return key.toString('latin1', 4, 4 + Math.min(length, 64))
}

/** The name known_hosts has for a host: with its port only where that is not 22. */
export const knownHostsName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

export class KnownHosts {
  readonly #plain = new Map<string, Entry[]>()
  #others: Entry[] = []
  readonly #found = new Map<string, readonly Entry[]>()
  #appending: Promise<unknown> = Promise.resolve()

  /** Files that do not exist are empty. Rejects when a file cannot be read. */
  static async load(files: readonly string[]): Promise<KnownHosts> {
    const known = new KnownHosts()
    for (const file of files) {
      let text = ''
      try {
        text = await readFile(file, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
      for (const [index, line] of text.split('\n').entries()) known.#read(line, `${file}:${index + 1}`)
    }
    return known
  }

  /** Types of the keys on record for a host: the handshake is pinned to these, so that none looks like a change. */
  types(name: string): string[] {
    return [...new Set(this.#keysOf(name).map(({ type }) => type))]
  }

  /** The lines with these keys, each as `file:line`. */
  lines(name: string): string[] {
    return this.#keysOf(name).map(({ where }) => where)
  }

  /** The line that trusts a certificate authority for this host, which only the OpenSSH client can check. */
  authority(name: string): string | undefined {
    return this.#entries(name).find(({ marker }) => marker === 'cert-authority')?.where
  }

  /** `bare` is the name without its port, which OpenSSH accepts too where nothing is on record for the port. */
  check(name: string, key: Buffer, bare = name): Verdict {
    const revoked = this.#entries(name).find((entry) => entry.marker === 'revoked' && entry.key.equals(key))
    if (revoked) return { state: 'revoked', where: revoked.where }
    const keys = this.#keysOf(name)
    if (keys.some((entry) => entry.key.equals(key))) return { state: 'known' }
    const type = keyType(key)
    const other = keys.find((entry) => entry.type === type) ?? keys[0]
    if (other) return { state: 'changed', where: other.where }
    return bare !== name && this.check(bare, key).state === 'known' ? { state: 'known' } : { state: 'unknown' }
  }

  /** Remembers a key: in memory at once, and as one line appended to `file`, where there is one. */
  add(name: string, key: Buffer, file?: string): Promise<void> {
    const line = `${name} ${keyType(key)} ${key.toString('base64')}`
    this.#read(line, `${file ?? 'known_hosts'}:new`)
    this.#found.delete(name)
    if (file === undefined) return Promise.resolve()
    const written = this.#appending.then(() => append(file, line))
    this.#appending = written.catch(() => {})
    return written
  }

  #keysOf(name: string): Entry[] {
    return this.#entries(name).filter(({ marker }) => marker === undefined)
  }

  #entries(name: string): readonly Entry[] {
    let found = this.#found.get(name)
    if (!found) {
      // A hashed name is one host's alone: once it is found, no other host has to try these lines.
      const hashed = this.#others.filter((entry) => entry.hashed && entry.names(name))
      if (hashed.length > 0) {
        this.#others = this.#others.filter((entry) => !hashed.includes(entry))
        this.#plain.set(name, [...(this.#plain.get(name) ?? []), ...hashed])
      }
      const patterns = this.#others.filter((entry) => !entry.hashed && entry.names(name))
      found = [...(this.#plain.get(name) ?? []), ...patterns]
      this.#found.set(name, found)
    }
    return found
  }

  /** Lines that are not entries are passed over, as OpenSSH does. Format: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
  #read(line: string, where: string): void {
    const words = line.trim().split(/[ \t]+/)
    if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) return
    const mark = words[0].startsWith('@') ? words.shift()?.slice(1) : undefined
    const marker = mark === 'cert-authority' || mark === 'revoked' ? mark : undefined
    if (mark !== marker) return
    const [hosts, type, base64] = words
    if (!hosts || !type || !base64) return
    const key = Buffer.from(base64, 'base64')
    if (keyType(key) !== type) return
    const entry: Omit<Entry, 'names'> = {
      ...(marker && { marker: marker as NonNullable<Entry['marker']> }),
      type,
      key,
      where,
    }
    const names = hosts.toLowerCase().split(',')
    const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts)
    if (hashed) this.#others.push({ ...entry, hashed: true, names: hashedName(hashed[1] ?? '', hashed[2] ?? '') })
    else if (/[*?!]/.test(hosts)) this.#others.push({ ...entry, names: (name) => matchesPatterns(names, name) })
    else
      for (const name of names)
        this.#plain.set(name, [...(this.#plain.get(name) ?? []), { ...entry, names: () => true }])
  }
}

function hashedName(salt: string, hash: string): (name: string) => boolean {
  const key = Buffer.from(salt, 'base64')
  return (name) => createHmac('sha1', key).update(name).digest('base64') === hash
}

/** One write to a file opened for appending: another process's line is never cut in two. */
function append(file: string, line: string): void {
  makeOwnDirectory(file)
  const handle = openOwnFile(file, { how: 'append' })
  try {
    writeSync(handle, `${endsInLine(file) ? '' : '\n'}${line}\n`)
  } finally {
    closeSync(handle)
  }
}

function endsInLine(file: string): boolean {
  const handle = openSync(file, 'r')
  try {
    const { size } = fstatSync(handle)
    const last = Buffer.alloc(1)
    return size === 0 || (readSync(handle, last, 0, 1, size - 1) === 1 && last[0] === 10)
  } finally {
    closeSync(handle)
  }
}
