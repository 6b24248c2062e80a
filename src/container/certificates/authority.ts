// The certificate authority on the controller: the site's own, or one that is made where there is none.
import { closeSync, fchmodSync, fsyncSync, linkSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs'
import type { KeyObject, X509Certificate } from 'node:crypto'
import { makeOwnDirectory, openOwnFile } from '../../model/ownFile.ts'
import { StepFailed } from '../../task/index.ts'
import { dayOf, readCertificate, readKey } from './judgeCertificate.ts'

/** Where the authority's certificate and its key are: absolute paths on the controller. */
export interface AuthorityFiles {
  readonly certificate: string
  readonly key: string
}

export interface Authority {
  readonly certificate: X509Certificate
  readonly key: KeyObject
}

/** Why an authority cannot be used, and what to do about it. */
export interface AuthorityFault {
  readonly cause: string
  readonly hint: string
}

/**
 * Takes the contents of the two files, null where one is absent, and returns what is wrong with them; undefined when they
 * can sign, or when both are absent. `now` is in milliseconds since the epoch.
 */
export function authorityFault(
  files: AuthorityFiles,
  certificate: Uint8Array | null,
  key: Uint8Array | null,
  now: number,
): AuthorityFault | undefined {
  if (certificate === null && key === null) return undefined
  if (certificate === null || key === null) {
    const [missing, other] = certificate === null ? [files.certificate, files.key] : [files.key, files.certificate]
    return {
      cause: `${missing} does not exist, but ${other} does`,
      hint: 'bring back the missing file, or move the other away to get a new authority',
    }
  }
  const parsed = readCertificate(certificate)
  if (!parsed?.ca)
    return { cause: `${files.certificate} is not the certificate of an authority`, hint: 'name the authority, in PEM' }
  const own = readKey(key)
  if (!own) return { cause: `${files.key} is not a private key`, hint: 'name its key, in PEM and without a passphrase' }
  if (!parsed.checkPrivateKey(own))
    return { cause: `${files.key} is not the key of ${files.certificate}`, hint: 'name the two that belong together' }
  if (Date.parse(parsed.validTo) <= now)
    return {
      cause: `${files.certificate} expired on ${dayOf(Date.parse(parsed.validTo))}`,
      hint: 'move it and its key away to get a new authority; all nodes then get new certificates',
    }
  return undefined
}

/**
 * Reads the authority, or makes it: valid for ten years, its key readable by nobody else. Of several programs that make it
 * at the same time one wins, and all use its. Throws `StepFailed`.
 */
export function openAuthority(files: AuthorityFiles, make: () => { certificate: string; key: string }): Authority {
  try {
    if (!exists(files.key)) {
      const pair = make()
      makeOwnDirectory(files.key)
      makeOwnDirectory(files.certificate)
      if (createOnce(files.key, pair.key, 0o600)) createOnce(files.certificate, pair.certificate, 0o644)
    }
    const { mode } = statSync(files.key)
    if ((mode & 0o077) !== 0)
      throw new StepFailed(`others can read ${files.key}`, `run on this machine: chmod 0600 '${files.key}'`)
    const certificate = readCertificate(readFileSync(files.certificate))
    const key = readKey(readFileSync(files.key))
    if (certificate && key) return { certificate, key }
    throw new StepFailed(`${files.certificate} and ${files.key} are not a certificate and its key`)
  } catch (error) {
    if (error instanceof StepFailed) throw error
    throw new StepFailed(
      `the certificate authority cannot be used: ${(error as Error).message}`,
      'check the directory and its owner on this machine',
    )
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

/** False when it is there already. It has its content from the first instant: a link is made to a finished file. */
function createOnce(path: string, content: string, mode: number): boolean {
  const draft = `${path}.${crypto.randomUUID()}`
  const file = openOwnFile(draft, { how: 'new' })
  try {
    writeSync(file, content)
    fchmodSync(file, mode)
    fsyncSync(file)
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    closeSync(file)
    unlinkSync(draft)
  }
}
