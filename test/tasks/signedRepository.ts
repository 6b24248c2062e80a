// A small signed repository for apt and dnf, as a shell script that puts it on a host.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const at = new URL('../fixtures/repositories/', import.meta.url)

/** The path of the public key on this machine. */
export const KEY = new URL('key.asc', at).pathname
/** A key that signed nothing. */
export const OTHER_KEY = new URL('other.asc', at).pathname

/** The content of a file of the repository. */
export const contentOf = (name: string): Uint8Array => readFileSync(new URL(name, at))

/** Puts the repositories in /srv/signed on the host. */
export const putRepositories = (): string => {
  const archive = execFileSync('tar', ['-cz', '-C', at.pathname, '.']).toString('base64')
  return `mkdir -p /srv/signed && echo ${archive} | base64 -d | tar -xz --no-same-owner -C /srv/signed`
}
