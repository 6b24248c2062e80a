// tlsCertificate: a host has a certificate for its names and addresses, signed by the cluster's own authority.
import { isIP } from 'node:net'
import {
  authorityFault,
  dayOf,
  issueCertificateStep,
  issuedPair,
  pemFile,
  readCertificate,
  whyRenew,
} from 'crane-play/container'
import {
  AbsolutePath,
  change,
  type DecideContext,
  defineTask,
  differs,
  explainWriteFailure,
  factDiff,
  inode,
  IpAddress,
  ok,
  parentDirectory,
  predictFile,
  refuse,
  refuseType,
  replaceFile,
  Type,
  UNKNOWN,
} from 'crane-play/task'

const DAYS = 365
const RENEW_BEFORE = 30
const DAY_MS = 86_400_000
const OWNER = { owner: 'root', group: 'root' }
const CERTIFICATE = { ...OWNER, mode: '0644' }
const KEY = { ...OWNER, mode: '0600' }

const ControllerFile = (description: string) =>
  Type.String({
    description: `${description} On the controller: absolute, relative to the file that contains this task, or below \`~/\`.`,
    minLength: 1,
    examples: ['~/.config/crane-play/ca.crt'],
  })

export default defineTask({
  name: 'tlsCertificate',
  summary:
    "Gives a host a certificate and key for its names and addresses, signed by the cluster's authority, and renews them in time.",
  params: Type.Object({
    certificate: AbsolutePath('The certificate on the host.'),
    key: AbsolutePath('Its private key on the host, readable by root alone.'),
    caCertificate: ControllerFile("The authority's certificate. Where it and caKey are absent, an authority is made."),
    caKey: ControllerFile("The authority's private key, mode 0600. Hosts never get it."),
    names: Type.Optional(
      Type.Array(
        Type.String({ pattern: '^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$', errorMessage: 'must be a host name' }),
        { description: 'Host names that the certificate is for.', uniqueItems: true },
      ),
    ),
    addresses: Type.Optional(
      Type.Array(IpAddress('An address at which clients reach the host, such as its node_address.'), {
        description: 'IP addresses that the certificate is for.',
        uniqueItems: true,
      }),
    ),
    days: Type.Optional(
      Type.Integer({ description: 'Days for which it is valid.', minimum: 1, maximum: 3650, default: DAYS }),
    ),
    renewBefore: Type.Optional(
      Type.Integer({
        description: 'A certificate that expires within so many days is renewed.',
        minimum: 0,
        maximum: 3650,
        default: RENEW_BEFORE,
      }),
    ),
  }),
  result: Type.Object({
    expires: Type.String({ description: 'When the certificate expires, such as 2027-08-01T12:34:56.000Z.' }),
  }),
  check: ({ names = [], addresses = [], days = DAYS, renewBefore = RENEW_BEFORE, certificate, key }) => [
    ...(names.length + addresses.length > 0 ? [] : [{ path: '', message: 'needs names or addresses' }]),
    ...(renewBefore < days ? [] : [{ path: '/renewBefore', message: `must be less than days (${days})` }]),
    ...addresses.flatMap((address, i) =>
      isIP(address) ? [] : [{ path: `/addresses/${i}`, message: `'${address}' is not an IP address` }],
    ),
    ...(certificate === key ? [{ path: '/key', message: 'must be another file than certificate' }] : []),
  ],
  controllerKeeps: ['caCertificate', 'caKey'],
  writes: ({ certificate, key }) => [certificate, key],
  observe: ({ certificate, key }) => ({
    certificate: inode(certificate),
    key: inode(key),
    certificateText: pemFile(certificate),
    keyText: pemFile(key),
    certificateParent: inode(parentDirectory(certificate)),
    keyParent: inode(parentDirectory(key)),
  }),
  decide({ params, observed, context }) {
    const { certificate, key, certificateText, keyText } = observed
    const { names = [], addresses = [], days = DAYS, renewBefore = RENEW_BEFORE } = params
    const wrong = refuseType(params.certificate, certificate, 'file') ?? refuseType(params.key, key, 'file')
    if (wrong) return wrong
    const now = context.now / 1000
    const { files, authority, fault } = authorityOf(params, context, now)
    if (fault) return refuse(fault.cause, fault.hint)
    const demands = { certificate: certificateText, key: keyText, names, addresses, now }
    const because =
      authority === undefined
        ? 'there is no authority yet'
        : (whyRenew({ ...demands, authority, renewBefore: renewBefore * DAY_MS }) ??
          (key.type === 'file' && (Number.parseInt(key.mode, 8) & 0o077) !== 0
            ? `others could read the key (mode ${key.mode})`
            : undefined))
    const attributes =
      (certificate.type === 'file' ? differs(certificate, CERTIFICATE) : undefined) ??
      (key.type === 'file' ? differs(key, KEY) : undefined)
    const parsed = readCertificate(certificateText ?? '')
    const expiry = Date.parse(parsed?.validTo ?? '')
    const warnings =
      authority && Date.parse(authority.validTo) - now < days * DAY_MS
        ? [`the authority ${files.certificate} expires on ${dayOf(Date.parse(authority.validTo))}: replace it before`]
        : []
    if (because === undefined && attributes === undefined)
      return ok({ note: `valid until ${dayOf(expiry)}`, data: { expires: new Date(expiry).toISOString() }, warnings })
    for (const [path, parent] of [
      [params.certificate, observed.certificateParent],
      [params.key, observed.keyParent],
    ] as const)
      if (parent.type === 'absent')
        return refuse(`the directory ${parentDirectory(path)} does not exist`, 'create it first with ensureDirectory')
    const holders = [...names, ...addresses].join(', ')
    return change({
      note: `issue a certificate for ${holders}: ${because ?? attributes}`,
      ...(authority === undefined && { why: `make the authority ${files.certificate}` }),
      diffs: [
        factDiff(
          params.certificate,
          parsed
            ? `${(parsed.subjectAltName ?? '').replace(/DNS:|IP Address:/g, '')} until ${dayOf(expiry)}`
            : 'absent',
          `${holders} until ${dayOf(now + days * DAY_MS)}`,
        ),
      ],
      after: {
        certificate: predictFile(certificate, UNKNOWN, context.predictedTime, CERTIFICATE),
        key: predictFile(key, UNKNOWN, context.predictedTime, KEY),
        certificateText: UNKNOWN,
        keyText: UNKNOWN,
      },
      plan: { authority: files, names, addresses, days, now },
      warnings,
    })
  },
  // The key first: a certificate without its key is noticed, and the pair made again, by the next run.
  apply: ({ params, plan }) => [
    issueCertificateStep(plan),
    replaceFile({ path: params.key, content: (outputs) => issuedPair(outputs).key, ...KEY }),
    replaceFile({ path: params.certificate, content: (outputs) => issuedPair(outputs).certificate, ...CERTIFICATE }),
  ],
  collect: (outputs) => ({ expires: issuedPair(outputs).expires }),
  explain: (failed, { certificate, key }) =>
    explainWriteFailure(failed, failed.label.endsWith(key) ? key : certificate),
})

/** What the controller has: `authority` is undefined where there is none yet. */
function authorityOf(
  { caCertificate, caKey }: { readonly caCertificate: string; readonly caKey: string },
  { kept }: DecideContext,
  now: number,
) {
  const certificate = kept.get(caCertificate)
  const key = kept.get(caKey)
  const files = { certificate: certificate?.path ?? caCertificate, key: key?.path ?? caKey }
  const text = certificate?.content ?? null
  return {
    files,
    fault: authorityFault(files, text, key?.content ?? null, now),
    authority: text === null ? undefined : readCertificate(text),
  }
}
