// Signs X.509 certificates (RFC 5280) with Node's own crypto; the library only lays out the fields. Load it when one is due.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  AttributeTypeAndValue,
  AttributeValue,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'

/** A certificate and its private key, both PEM. */
export interface PemPair {
  readonly certificate: string
  readonly key: string
}

/** Whose certificate it is, and from when to when (milliseconds since the epoch). */
export interface Subject {
  readonly names: readonly string[]
  readonly addresses: readonly string[]
  readonly from: number
  readonly to: number
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/**
 * Makes a key and a certificate for it that a server and a client can use.
 *
 * @param subject - The names and addresses become its subject alternative names.
 * @param authority - Its key may be EC, RSA or Ed25519.
 */
export function issueCertificate(subject: Subject, authority: { certificate: Uint8Array; key: KeyObject }): PemPair {
  const { publicKey, privateKey } = newKey()
  const issuer = AsnConvert.parse(authority.certificate, Certificate).tbsCertificate
  const names = [
    ...subject.names.map((dNSName) => new GeneralName({ dNSName })),
    ...subject.addresses.map((iPAddress) => new GeneralName({ iPAddress })),
  ]
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints(), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth, id_kp_clientAuth])),
    extension(id_ce_subjectAltName, new SubjectAlternativeName(names)),
    extension(id_ce_authorityKeyIdentifier, new AuthorityKeyIdentifier({ keyIdentifier: identifierOf(issuer) })),
  ]
  const [first = ''] = [...subject.names, ...subject.addresses]
  const certificate = sealed(
    { subject: nameOf(first), issuer: issuer.subject, publicKey, extensions, ...subject },
    authority.key,
  )
  return { certificate, key: pemOf(privateKey) }
}

/** Makes a certificate authority: its certificate, signed by itself, and its key. */
export function createAuthority(name: string, from: number, to: number): PemPair {
  const { publicKey, privateKey } = newKey()
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
  ]
  const subject = nameOf(name)
  return {
    certificate: sealed({ subject, issuer: subject, publicKey, extensions, from, to }, privateKey),
    key: pemOf(privateKey),
  }
}

interface Fields {
  readonly subject: Name
  readonly issuer: Name
  readonly publicKey: KeyObject
  readonly extensions: readonly Extension[]
  readonly from: number
  readonly to: number
}

function sealed({ subject, issuer, publicKey, extensions, from, to }: Fields, key: KeyObject): string {
  const { algorithm, digest } = signatureOf(key)
  const publicInfo = publicInfoOf(publicKey)
  const fields = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer,
    validity: new Validity({ notBefore: new Date(from), notAfter: new Date(to) }),
    subject,
    subjectPublicKeyInfo: publicInfo,
    extensions: new Extensions([
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyDigest(publicInfo))),
      ...extensions,
    ]),
  })
  const signature = sign(digest, Buffer.from(AsnConvert.serialize(fields)), key)
  const whole = new Certificate({
    tbsCertificate: fields,
    signatureAlgorithm: algorithm,
    signatureValue: bytesOf(signature),
  })
  const text = Buffer.from(AsnConvert.serialize(whole)).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${text.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`
}

/** RFC 5280 wants a positive number of up to 20 bytes; 16 random ones never meet. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytesOf(bytes)
}

/** RFC 5758, RFC 4055 and RFC 8410; the digest is as strong as the key. */
function signatureOf(key: KeyObject): { readonly algorithm: AlgorithmIdentifier; readonly digest: string | null } {
  const plain = (oid: string) => new AlgorithmIdentifier({ algorithm: oid })
  if (key.asymmetricKeyType === 'ed25519') return { algorithm: plain('1.3.101.112'), digest: null }
  if (key.asymmetricKeyType === 'rsa')
    return {
      algorithm: new AlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.11', parameters: bytesOf(Buffer.of(5, 0)) }),
      digest: 'sha256',
    }
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (curve === 'secp521r1') return { algorithm: plain('1.2.840.10045.4.3.4'), digest: 'sha512' }
  if (curve === 'secp384r1') return { algorithm: plain('1.2.840.10045.4.3.3'), digest: 'sha384' }
  return { algorithm: plain('1.2.840.10045.4.3.2'), digest: 'sha256' }
}

const extension = (extnID: string, value: object, critical = false) =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })

/** A common name has 64 characters at most. */
const nameOf = (commonName: string) =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({
        type: '2.5.4.3',
        value: new AttributeValue({ utf8String: commonName.slice(0, 64) }),
      }),
    ]),
  ])

const publicInfoOf = (key: KeyObject) =>
  AsnConvert.parse(
    createPublicKey(key.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' }),
    SubjectPublicKeyInfo,
  )

const keyDigest = ({ subjectPublicKey }: SubjectPublicKeyInfo): ArrayBuffer =>
  bytesOf(createHash('sha1').update(Buffer.from(subjectPublicKey)).digest())

/** The issuer's own identifier of its key, else the digest that RFC 5280 suggests. */
function identifierOf({ extensions, subjectPublicKeyInfo }: TBSCertificate): KeyIdentifier {
  const own = extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier)
  return own
    ? new KeyIdentifier(AsnConvert.parse(own.extnValue.buffer, SubjectKeyIdentifier).buffer)
    : new KeyIdentifier(keyDigest(subjectPublicKeyInfo))
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string

const bytesOf = (buffer: Uint8Array): ArrayBuffer => Uint8Array.from(buffer).buffer
