// The ssh configuration of the caller: what it says for one host, and whether only OpenSSH can do it.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { type Line, LineType, parse } from 'ssh-config'
import { matchesPatterns } from './hostPatterns.ts'

export interface SshSettings {
  readonly hostName?: string
  readonly user?: string
  readonly port?: number
  /** With `~` and `%` tokens still in. */
  readonly identityFiles: readonly string[]
  readonly options: ReadonlyMap<string, readonly string[]>
  /** Why the OpenSSH client has to make this connection. */
  readonly needsOpenssh?: string
}

/** Includes may nest this deep, as in OpenSSH. */
const DEEPEST = 16

/** Reads the files once; each host is then looked up in memory. */
export class SshConfig {
  readonly #files: readonly (readonly Line[])[]
  readonly #home: string
  readonly #parsed: Map<string, readonly Line[]>

  private constructor(files: readonly (readonly Line[])[], home: string, parsed: Map<string, readonly Line[]>) {
    this.#files = files
    this.#home = home
    this.#parsed = parsed
  }

  /** `files` in order of precedence; those that do not exist are empty. Throws an Error that names the file. */
  static load(files: readonly string[], home: string): SshConfig {
    const parsed = new Map<string, readonly Line[]>()
    return new SshConfig(
      files.map((file) => readLines(file, parsed)),
      home,
      parsed,
    )
  }

  /** `host` is the name as given to `ssh`. */
  lookUp(host: string, localUser: string, user?: string): SshSettings {
    const looking = new Looking(host, localUser, user, (pattern) => this.#include(pattern))
    for (const lines of this.#files) looking.walk(lines, 0)
    return looking.settings()
  }

  #include(pattern: string): readonly (readonly Line[])[] {
    const expanded = pattern.startsWith('~/') ? join(this.#home, pattern.slice(2)) : pattern
    const path = isAbsolute(expanded) ? expanded : join(this.#home, '.ssh', expanded)
    const files = /[*?]/.test(basename(path)) ? listed(dirname(path), basename(path)) : [path]
    return files.map((file) => readLines(file, this.#parsed))
  }
}

function listed(directory: string, pattern: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => !name.startsWith('.') && matchesPatterns([pattern], name))
    return names.sort().map((name) => join(directory, name))
  } catch {
    return []
  }
}

function readLines(file: string, parsed: Map<string, readonly Line[]>): readonly Line[] {
  const known = parsed.get(file)
  if (known) return known
  let lines: readonly Line[] = []
  try {
    const text = readFileSync(file, 'utf8')
    // ssh options are code (ProxyCommand): a file that others can write is not read, as in OpenSSH.
    if ((statSync(file).mode & 0o022) !== 0) throw new Error('others can write this file: chmod go-w it')
    lines = parse(text)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw new Error(`${file}: ${message}`)
  }
  parsed.set(file, lines)
  return lines
}

/** The words of a directive's value. */
function wordsOf(value: string | readonly { readonly val: string }[]): string[] {
  const words = typeof value === 'string' ? value.split(/[ \t]+/) : value.map(({ val }) => val)
  return words.filter((word) => word !== '')
}

/** Keywords that repeat instead of the first one winning. */
const REPEATED = new Set(['identityfile', 'certificatefile'])

/** One host's way through the files: the first value of a keyword wins. */
class Looking {
  readonly #host: string
  readonly #localUser: string
  readonly #options = new Map<string, string[]>()
  readonly #include: (pattern: string) => readonly (readonly Line[])[]
  #needs: string | undefined

  constructor(
    host: string,
    localUser: string,
    user: string | undefined,
    include: (pattern: string) => readonly (readonly Line[])[],
  ) {
    this.#host = host
    this.#localUser = localUser
    this.#include = include
    if (user !== undefined) this.#options.set('user', [user])
  }

  walk(lines: readonly Line[], depth: number): void {
    for (const line of lines) {
      if (line.type !== LineType.DIRECTIVE) continue
      const keyword = line.param.toLowerCase()
      const words = wordsOf(line.value)
      if (keyword === 'host' && 'config' in line) {
        if (matchesPatterns(words, this.#host)) this.walk(line.config, depth)
      } else if (keyword === 'match' && 'config' in line) {
        if (this.#matches(words)) this.walk(line.config, depth)
      } else if (keyword === 'include') {
        if (depth >= DEEPEST) throw new Error(`includes nest deeper than ${DEEPEST} files: ${words.join(' ')}`)
        for (const pattern of words) for (const file of this.#include(pattern)) this.walk(file, depth + 1)
      } else this.#set(keyword, words)
    }
  }

  settings(): SshSettings {
    const first = (keyword: string) => this.#options.get(keyword)?.[0]
    const port = Number(first('port') ?? Number.NaN)
    const hostName = first('hostname')?.replaceAll('%h', this.#host).replaceAll('%%', '%')
    const user = first('user')
    const needs = this.#needs ?? needsOpenssh(this.#options)
    return {
      ...(hostName !== undefined && { hostName }),
      ...(user !== undefined && { user }),
      ...(Number.isInteger(port) && { port }),
      identityFiles: this.#options.get('identityfile') ?? [],
      options: this.#options,
      ...(needs !== undefined && { needsOpenssh: needs }),
    }
  }

  #set(keyword: string, words: string[]): void {
    const value = SPACED.has(keyword) ? words : [words.join(' ')]
    if (REPEATED.has(keyword)) this.#options.set(keyword, [...(this.#options.get(keyword) ?? []), ...value])
    else if (!this.#options.has(keyword)) this.#options.set(keyword, value)
  }

  /**
   * Criteria from left to right, as ssh does. `final` and `canonical` belong to a second pass that brings ciphers and
   * the like on RHEL; leaving it out changes neither who is trusted nor where the connection goes.
   */
  #matches(words: readonly string[]): boolean {
    for (let at = 0; at < words.length; at++) {
      const word = words[at] ?? ''
      const not = word.startsWith('!')
      const criterion = word.slice(not ? 1 : 0).toLowerCase()
      if (criterion === 'all') continue
      if (criterion === 'final' || criterion === 'canonical') {
        if (not) continue
        return false
      }
      const value = words[++at] ?? ''
      const subject = this.#subject(criterion)
      if (subject === undefined) {
        this.#needs = `the ssh configuration has \`Match ${criterion}\``
        return false
      }
      if (matchesPatterns(value.split(','), subject) === not) return false
    }
    return true
  }

  #subject(criterion: string): string | undefined {
    switch (criterion) {
      case 'host':
        return this.#options.get('hostname')?.[0] ?? this.#host
      case 'originalhost':
        return this.#host
      case 'user':
        return this.#options.get('user')?.[0] ?? this.#localUser
      case 'localuser':
        return this.#localUser
      default:
        return undefined
    }
  }
}

/** Keywords whose value is a list of words. */
const SPACED = new Set(['userknownhostsfile', 'globalknownhostsfile'])

const OFF = /^(?:no|none|false|off)$/i

/** Keywords that this process cannot honour as OpenSSH would, unless they are off. */
const OPENSSH_ONLY: readonly (readonly [string, (value: string) => boolean])[] = [
  ...['ProxyCommand', 'CertificateFile', 'KnownHostsCommand', 'PKCS11Provider', 'RevokedHostKeys'].map(
    (keyword) => [keyword, () => true] as const,
  ),
  ...['BindAddress', 'BindInterface', 'CanonicalizeHostname', 'HostbasedAuthentication'].map(
    (keyword) => [keyword, () => true] as const,
  ),
  ['VerifyHostKeyDNS', () => true],
  ['AddressFamily', (value) => value !== 'any'],
  ['PreferredAuthentications', (value) => !/publickey|password|keyboard-interactive/.test(value)],
]

function needsOpenssh(options: ReadonlyMap<string, readonly string[]>): string | undefined {
  for (const [keyword, matters] of OPENSSH_ONLY) {
    const value = options.get(keyword.toLowerCase())?.[0]
    if (value !== undefined && !OFF.test(value) && matters(value)) return `the ssh configuration has ${keyword}`
  }
  return undefined
}
