// Whatever a host prints and whatever the files of ssh hold: a reply or a failure, never an exception.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { BytePipe, PipeEnd } from '../../src/transport/shell/bytePipe.ts'
import { opensshFailure } from '../../src/transport/openssh/opensshFailure.ts'
import { becomeRefusal } from '../../src/transport/shell/becomeSudo.ts'
import { ShellSession } from '../../src/transport/shell/shellSession.ts'
import { stopResult } from '../../src/transport/shell/stopScript.ts'
import { KnownHosts } from '../../src/transport/ssh/knownHosts.ts'
import { type Hop, routeTo } from '../../src/transport/ssh/route.ts'
import { SshConfig } from '../../src/transport/ssh/sshConfig.ts'
import { testHost } from './shells.ts'

const home = mkdtempSync(join(tmpdir(), 'crane-play-hostile-'))
afterAll(() => rmSync(home, { recursive: true }))

/** Words of the protocol beside noise: what is almost right is what goes wrong. */
const answer = fc.array(
  fc.oneof(
    fc.constantFrom(
      '\n',
      ' ',
      'start',
      '0',
      '1',
      '2',
      'feed',
      'feed 0',
      'not-run',
      '-1',
      '999999999999',
      'NaN',
      '\0',
      '\xff',
    ),
    fc.constantFrom('\nBOUNDARY start 7 7\n', '\nBOUNDARY 0 0\n', '\nBOUNDARY 1 not-run\n', '\nBOUNDARY ', 'BOUNDARY'),
    fc.string({ maxLength: 8 }),
  ),
  { maxLength: 12 },
)

/** A host that answers a request with what it is given, and ends. */
function answeringPipe(stdout: readonly string[], stderr: readonly string[], end: PipeEnd): BytePipe {
  const [out, err] = [new PassThrough(), new PassThrough()]
  let close: (end: PipeEnd) => void = () => {}
  const closed = new Promise<PipeEnd>((resolve) => {
    close = resolve
  })
  return {
    stdout: out,
    stderr: err,
    closed,
    write: (bytes) => {
      const boundary = /_end ([0-9a-f]{32}) start/.exec(bytes.toString())?.[1]
      if (boundary === undefined) return
      for (const [stream, words] of [
        [out, stdout],
        [err, stderr],
      ] as const) {
        for (const word of words) stream.write(Buffer.from(word.replaceAll('BOUNDARY', boundary), 'latin1'))
        stream.end()
      }
      out.once('end', () => setImmediate(close, end))
    },
    end: () => close({}),
    destroy: () => close({}),
  }
}

it('a shell whose answer is anything', async () => {
  const ends = fc.constantFrom<PipeEnd>({}, { status: 0 }, { status: 255 }, { signal: 'KILL' }, { lost: 'reset' })
  await fc.assert(
    fc.asyncProperty(answer, answer, ends, async (stdout, stderr, end) => {
      const session = new ShellSession(testHost(), {
        how: 'fuzz',
        open: async () => ({ ok: true, pipe: answeringPipe(stdout, stderr, end) }),
        dialUnix: () => Promise.reject(new Error('no sockets here')),
        close: async () => {},
      })
      const parts = [
        { as: 'probe', script: 'a', stdin: 'x'.repeat(40_000) },
        { as: 'step', script: 'b' },
      ] as const
      const reply = await session.run({}, { parts, deadlineMs: 5000 })
      // An answer that is taken is whole; every other one has a reason.
      if (reply.ok) expect(reply.parts.map(({ ran }) => typeof ran)).toEqual(['boolean', 'boolean'])
      else expect(reply.failure.cause).not.toBe('')
      await session.close()
    }),
    { numRuns: 3000 },
  )
}, 60_000)

const HOP: Hop = {
  label: 'a',
  address: 'a',
  port: 22,
  user: 'root',
  keyFiles: [],
  identitiesOnly: false,
  knownAs: 'a',
  knownAsBare: 'a',
  knownHostsFiles: [],
  acceptsNew: false,
}

it('what programs of the host and the OpenSSH client say', () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.integer()), (said, status) => {
      expect(opensshFailure(HOP, said, status ?? undefined).cause).not.toBe('')
      expect(becomeRefusal('root', said, status === null ? {} : { status }).cause).not.toBe('')
      const stdout = Buffer.from(said)
      expect(stopResult({ ran: true, stdout, stderr: '', status: 0, dropped: 0 }).state).toMatch(/^[a-z-]+$/)
    }),
    { numRuns: 20_000 },
  )
})

const lines = (words: readonly string[]) =>
  fc
    .array(fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 6 })), { maxLength: 6 }), {
      maxLength: 6,
    })
    .map((all) => all.map((line) => line.join(' ')).join('\n'))

it('known_hosts of any content', async () => {
  const file = join(home, 'known_hosts')
  const words = [
    'a',
    '[a]:22',
    '*',
    '!a',
    '?',
    '|1|',
    '|1|x|y',
    '@revoked',
    '@cert-authority',
    '@',
    'ssh-ed25519',
    'AAAA',
    '#',
  ]
  const key = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIIAgx1Xca7Vi6+wDC0xlAqMhs5cUezKenOdQV2yA8kE4', 'base64')
  await fc.assert(
    fc.asyncProperty(lines(words), fc.string(), async (text, name) => {
      writeFileSync(file, text)
      const known = await KnownHosts.load([file])
      for (const each of ['a', name]) {
        expect(known.types(each)).toBeInstanceOf(Array)
        // No line above holds this key.
        expect(known.check(each, key).state).not.toBe('known')
        known.authority(each)
      }
    }),
    { numRuns: 3000 },
  )
}, 60_000)

it('an ssh configuration of any content is followed, or refused in words', () => {
  const file = join(home, 'config')
  const words = [
    'Host',
    'Match',
    'Include',
    'a',
    '*',
    '!*',
    '"',
    "'",
    '=',
    '#',
    'none',
    '%',
    '%h',
    '%%',
    '${',
    '${X}',
    '~',
    '~x',
    'all',
    'host',
    'exec',
  ]
  const keywords = [
    'HostName',
    'User',
    'Port',
    'IdentityFile',
    'IdentityAgent',
    'ProxyJump',
    'UserKnownHostsFile',
    'ControlPath',
  ]
  fc.assert(
    fc.property(lines([...words, ...keywords]), (text) => {
      writeFileSync(file, text, { mode: 0o600 })
      let refused = ''
      try {
        routeTo(testHost({ address: 'a' }), SshConfig.load([file], home), { home, username: 'me' })
      } catch (error) {
        // For a person: the transport makes a failure of this host of it. A bug is another class of error.
        expect((error as Error).constructor).toBe(Error)
        refused = (error as Error).message
        expect(refused).not.toBe('')
      }
    }),
    { numRuns: 5000 },
  )
}, 60_000)
