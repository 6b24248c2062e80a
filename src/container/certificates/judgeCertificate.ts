// Why a certificate on a host has to be issued again: expired, for other names, of another authority, not that key's.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'

/** What a host has, and what it should have. Times are in milliseconds since the epoch. */
export interface CertificateDemands {
  readonly certificate: string | null
  readonly key: string | null
  readonly authority: X509Certificate
  readonly names: readonly string[]
  readonly addresses: readonly string[]
  /** A certificate that expires within this is due. */
  readonly renewBefore: number
  readonly now: number
}

const DAY = 86_400_000

/** Takes what is there and what is wanted, and returns why a new one is due; undefined when all is well. */
export function whyRenew(demands: CertificateDemands): string | undefined {
  const { certificate, key, authority, now, renewBefore } = demands
  if (certificate === null) return 'there is no certificate'
  if (key === null) return 'there is no key'
  const parsed = readCertificate(certificate)
  if (!parsed) return 'the file holds no certificate'
  const own = readKey(key)
  if (!own) return 'the key file holds no key'
  if (!parsed.checkPrivateKey(own)) return 'the key is not that of the certificate'
  if (!parsed.checkIssued(authority) || !parsed.verify(authority.publicKey))
    return 'the certificate was issued by another authority'
  const from = Date.parse(parsed.validFrom)
  const to = Date.parse(parsed.validTo)
  if (to <= now) return `the certificate expired on ${dayOf(to)}`
  if (from > now) return `the certificate is valid only from ${dayOf(from)}`
  if (to - now < renewBefore) return `the certificate expires on ${dayOf(to)}, in ${Math.floor((to - now) / DAY)} days`
  return isFor(parsed, demands) ? undefined : `the certificate is for ${holdersOf(parsed)}`
}

/** Takes PEM and returns its first certificate; undefined when it holds none. */
export function readCertificate(pem: string | Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

/** Takes PEM and returns its private key; undefined when it holds none, or one with a passphrase. */
export function readKey(pem: string | Uint8Array): KeyObject | undefined {
  try {
    return createPrivateKey({ key: Buffer.from(pem as string), format: 'pem' })
  } catch {
    return undefined
  }
}

/** `2026-11-27`. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** All that are wanted, and no others. */
function isFor(certificate: X509Certificate, { names, addresses }: CertificateDemands): boolean {
  const strict = { subject: 'never', wildcards: false } as const
  return (
    names.every((name) => certificate.checkHost(name, strict) !== undefined) &&
    addresses.every((address) => certificate.checkIP(address) !== undefined) &&
    entriesOf(certificate).length === names.length + addresses.length
  )
}

/** As Node prints them: `DNS:crane02, IP Address:10.0.0.2`. A name with a comma in it is quoted. */
const entriesOf = ({ subjectAltName = '' }: X509Certificate): readonly string[] =>
  subjectAltName.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? []

const holdersOf = (certificate: X509Certificate): string =>
  entriesOf(certificate)
    .map((entry) => entry.trim().replace(/^(DNS|IP Address):/, ''))
    .join(', ') || 'no name at all'
