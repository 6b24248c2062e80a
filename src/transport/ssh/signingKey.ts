// A private key that is read once and signs for every host.
import { createPrivateKey, sign } from 'node:crypto'
import type { ParsedKey } from 'ssh2'

/** ssh2 1.17 reads the key's PEM anew for each signature, which takes ten times as long as an ed25519 signature. */
export function signingKey(key: ParsedKey): ParsedKey {
  if (!key.isPrivateKey()) return key
  const privateKey = createPrivateKey(key.getPrivatePEM())
  const signAsBefore = key.sign.bind(key)
  key.sign = (data, algorithm) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    if (key.type === 'ssh-ed25519') return sign(null, bytes, privateKey)
    return algorithm === undefined ? signAsBefore(data) : sign(algorithm, bytes, privateKey)
  }
  return key
}
