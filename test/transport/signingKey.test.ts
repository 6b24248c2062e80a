// Signatures of a key that is read once are those of the key, whatever its type.
import ssh2, { type ParsedKey } from 'ssh2'
import { expect, test } from 'vitest'
import { signingKey } from '../../src/transport/ssh/signingKey.ts'
import { type KeyPair, keyPair } from './sshServer.ts'

const parsed = (text: string): ParsedKey => {
  const key = ssh2.utils.parseKey(text)
  if (key instanceof Error) throw key
  return Array.isArray(key) ? (key[0] as ParsedKey) : key
}

const ecdsa = (): KeyPair => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })

test.each<[string, () => KeyPair, (string | undefined)[]]>([
  ['ed25519', () => keyPair(), [undefined]],
  ['rsa', () => keyPair('rsa'), ['sha256', 'sha512', undefined]],
  ['ecdsa', ecdsa, ['sha256', undefined]],
])('%s', (_, generate, algorithms) => {
  const pair = generate()
  const [key, other] = [signingKey(parsed(pair.private)), parsed(generate().public)]
  for (const algorithm of algorithms) {
    const signature = key.sign('what is signed', algorithm as never)
    expect(parsed(pair.public).verify('what is signed', signature, algorithm as never)).toBe(true)
    expect(parsed(pair.public).verify('something else', signature, algorithm as never)).toBe(false)
    expect(other.verify('what is signed', signature, algorithm as never)).toBe(false)
  }
})
