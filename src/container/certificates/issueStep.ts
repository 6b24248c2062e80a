// The step that signs a certificate on the controller, with an authority that is made where there is none.
import type { ControllerStep, StepOutput } from '../../task/index.ts'
import { type AuthorityFiles, openAuthority } from './authority.ts'
import type { PemPair } from './signCertificate.ts'

/** What to sign. `now` is in milliseconds since the epoch. */
export interface CertificateOrder {
  readonly authority: AuthorityFiles
  readonly names: readonly string[]
  readonly addresses: readonly string[]
  readonly days: number
  readonly now: number
}

const DAY = 86_400_000
const AUTHORITY_DAYS = 3650
/** A host whose clock is behind takes a new certificate too. */
const CLOCK_SKEW = 3_600_000

const LABEL = 'sign the certificate on the controller'

/** Takes the order and returns the step. Its output is for `issuedPair`. */
export const issueCertificateStep = (order: CertificateOrder): ControllerStep => ({
  kind: 'controller',
  label: LABEL,
  async work() {
    const { createAuthority, issueCertificate } = await import('./signCertificate.ts')
    const { names, addresses, days, now } = order
    const from = now - CLOCK_SKEW
    const authority = openAuthority(order.authority, () =>
      createAuthority('CraneSched cluster CA', from, now + AUTHORITY_DAYS * DAY),
    )
    // A certificate that outlives its authority is of no use to anybody.
    const to = Math.min(now + days * DAY, Date.parse(authority.certificate.validTo))
    const subject = { names, addresses, from, to }
    const pair = issueCertificate(subject, { certificate: authority.certificate.raw, key: authority.key })
    return JSON.stringify({ ...pair, expires: new Date(to).toISOString() })
  },
})

/** Takes the outputs of the steps so far and returns the pair that was signed, and when it expires. */
export const issuedPair = (outputs: readonly StepOutput[]): PemPair & { readonly expires: string } =>
  JSON.parse(outputs.find(({ label }) => label === LABEL)?.stdout ?? '')
