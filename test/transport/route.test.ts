// What the ssh configuration makes of a host, and when only OpenSSH can follow it.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Connection } from '../../src/model/inventory.ts'
import { routeTo } from '../../src/transport/ssh/route.ts'
import { SshConfig } from '../../src/transport/ssh/sshConfig.ts'
import { testHost } from './shells.ts'

const home = mkdtempSync(join(tmpdir(), 'crane-play-config-'))
afterAll(() => rmSync(home, { recursive: true }))
mkdirSync(join(home, '.ssh/conf.d'), { recursive: true })
writeFileSync(join(home, '.ssh/conf.d/10-one'), 'Port 2210\nHost inside\n  User included\n', { mode: 0o600 })
writeFileSync(join(home, '.ssh/conf.d/20-two'), 'Port 2220\n', { mode: 0o600 })
writeFileSync(join(home, '.ssh/master'), '')

function route(text: string, address: string, connection: Partial<Connection> = {}) {
  const file = join(home, 'config')
  writeFileSync(file, text, { mode: 0o600 })
  const config = SshConfig.load([file], home)
  return routeTo(testHost({ address, ...connection }), config, {
    home,
    username: 'me',
    agentSocket: '/agent',
    environment: { KEYS: '/keys', MY_AGENT: '/my/agent' },
  })
}

interface Case {
  readonly what: string
  readonly text: string
  readonly address?: string
  readonly connection?: Partial<Connection>
  /** user@address:port for each hop. */
  readonly hops?: readonly string[]
  readonly last?: object
  readonly openssh?: string
}

const CASES: readonly Case[] = [
  { what: 'nothing', text: '', hops: ['me@crane01:22'] },
  {
    what: 'HostName, User, Port',
    text: 'Host crane01\n HostName 10.0.0.1\n User root\n Port 2222\n',
    hops: ['root@10.0.0.1:2222'],
    last: { knownAs: '[10.0.0.1]:2222', knownAsBare: '10.0.0.1' },
  },
  {
    what: 'the first value wins',
    text: 'Host crane*\n User first\nHost *\n User second\n Port 23\n',
    hops: ['first@crane01:23'],
  },
  { what: 'keywords in any case, with =', text: 'hOsT=crane01\nUSER = root\n', hops: ['root@crane01:22'] },
  { what: 'a negated pattern', text: 'Host * !crane01\n User other\n', hops: ['me@crane01:22'] },
  {
    what: 'the inventory before the configuration',
    text: 'Host *\n User other\n Port 23\n',
    connection: { user: 'root', port: 24 },
    hops: ['root@crane01:24'],
  },
  { what: '%h in HostName', text: 'Host crane*\n HostName %h.site\n', hops: ['me@crane01.site:22'] },
  {
    what: 'Match host and user',
    text: 'Match host crane* user root\n Port 23\n',
    connection: { user: 'root' },
    hops: ['root@crane01:23'],
  },
  { what: 'Match another user', text: 'Match host crane* user root\n Port 23\n', hops: ['me@crane01:22'] },
  { what: 'Match all', text: 'Match all\n Port 23\n', hops: ['me@crane01:23'] },
  { what: 'Match !host', text: 'Match !host crane*\n Port 23\n', hops: ['me@crane01:22'] },
  { what: 'Match final is left to a second pass', text: 'Match final all\n Port 23\n', hops: ['me@crane01:22'] },
  { what: 'Include with a glob, relative to ~/.ssh', text: 'Include conf.d/*\n', hops: ['me@crane01:2210'] },
  {
    what: 'Include inside a Host that does not match',
    text: 'Host other\n Include conf.d/*\nHost *\n User after\n',
    hops: ['after@crane01:22'],
  },
  {
    what: 'a Host block of an included file ends with it',
    text: 'Include conf.d/10-one\nUser after\n',
    hops: ['after@crane01:2210'],
  },
  {
    what: 'ProxyJump, each resolved in its turn',
    text: 'Host crane*\n ProxyJump jump,ops@[10.0.0.9]:2022\nHost jump\n HostName gate.site\n User guest\n',
    hops: ['guest@gate.site:22', 'ops@10.0.0.9:2022', 'me@crane01:22'],
  },
  {
    what: "the first jump's own ProxyJump",
    text: 'Host crane*\n ProxyJump near\nHost near\n ProxyJump far\n',
    hops: ['me@far:22', 'me@near:22', 'me@crane01:22'],
  },
  { what: 'ProxyJump none', text: 'Host crane01\n ProxyJump none\nHost *\n ProxyJump jump\n', hops: ['me@crane01:22'] },
  {
    what: 'default keys and the agent',
    text: '',
    last: {
      keyFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((file) => ({
        path: join(home, '.ssh', file),
        from: 'default',
      })),
      agentSocket: '/agent',
      knownHostsFiles: [
        join(home, '.ssh/known_hosts'),
        join(home, '.ssh/known_hosts2'),
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
    },
  },
  {
    what: 'identity files with tokens, the named one first',
    text: 'IdentityFile ~/.ssh/%h-key\nIdentityFile %d/other\nIdentitiesOnly yes\n',
    connection: { privateKeyFile: '/keys/id' },
    last: {
      identitiesOnly: true,
      keyFiles: [
        { path: '/keys/id', from: 'named' },
        { path: join(home, '.ssh/crane01-key'), from: 'default' },
        { path: join(home, 'other'), from: 'default' },
      ],
    },
  },
  {
    what: 'an agent of its own',
    text: 'IdentityAgent ~/agent.sock\n',
    last: { agentSocket: join(home, 'agent.sock') },
  },
  {
    what: 'HostKeyAlias',
    text: 'HostKeyAlias cluster\nPort 23\n',
    last: { knownAs: 'cluster', knownAsBare: 'cluster' },
  },
  {
    what: 'known hosts of its own',
    text: 'UserKnownHostsFile ~/a /b\nGlobalKnownHostsFile /dev/null\nStrictHostKeyChecking accept-new\n',
    last: { knownHostsFiles: [join(home, 'a'), '/b', '/dev/null'], acceptsNew: true },
  },
  {
    what: 'environment variables and %k',
    text: 'HostKeyAlias cluster\nIdentityFile ${KEYS}/id\nIdentityFile ~/id_%k\nUserKnownHostsFile ${KEYS}/known\n',
    last: {
      keyFiles: ['/keys/id', join(home, 'id_cluster')].map((path) => ({ path, from: 'default' })),
      newKeysFile: '/keys/known',
    },
  },
  {
    what: 'quoted words',
    text: 'IdentityFile "~/my keys/id"\nUserKnownHostsFile "~/known hosts" /b\nUser "root"\n',
    hops: ['root@crane01:22'],
    last: {
      keyFiles: [{ path: join(home, 'my keys/id'), from: 'default' }],
      knownHostsFiles: expect.arrayContaining([join(home, 'known hosts'), '/b']),
    },
  },
  { what: 'an agent in a variable', text: 'IdentityAgent $MY_AGENT\n', last: { agentSocket: '/my/agent' } },
  { what: 'no agent', text: 'IdentityAgent none\n', last: { agentSocket: undefined } },
  { what: 'no key', text: 'IdentityFile none\n', last: { keyFiles: [] } },
  {
    what: 'no known_hosts of its own, and none that a new key is added to',
    text: 'UserKnownHostsFile none\nStrictHostKeyChecking accept-new\n',
    last: {
      knownHostsFiles: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
      newKeysFile: undefined,
      acceptsNew: true,
    },
  },
  {
    what: 'no known_hosts at all',
    text: 'UserKnownHostsFile none\nGlobalKnownHostsFile none\n',
    last: { knownHostsFiles: [] },
  },
  ...[
    'IdentityFile ~root/.ssh/key',
    'IdentityFile ${UNSET_VARIABLE}/key',
    'IdentityFile ~/%C',
    'IdentityAgent ~root/agent',
    'UserKnownHostsFile ~/%i',
    'GlobalKnownHostsFile /etc/%L',
  ].map((line) => ({ what: line, text: `${line}\n`, openssh: `the ssh configuration has ${line}` })),
  {
    what: 'a jump host with a path of another user',
    text: 'Host crane*\n ProxyJump jump\nHost jump\n IdentityFile ~root/key\n',
    openssh: 'the ssh configuration has IdentityFile ~root/key',
  },
  { what: 'ProxyCommand', text: 'ProxyCommand nc %h %p\n', openssh: 'the ssh configuration has ProxyCommand' },
  { what: 'ProxyCommand none', text: 'ProxyCommand none\n', hops: ['me@crane01:22'] },
  { what: 'ProxyCommand for others', text: 'Host x\n ProxyCommand nc %h %p\n', hops: ['me@crane01:22'] },
  {
    what: 'CertificateFile',
    text: 'CertificateFile ~/.ssh/id-cert.pub\n',
    openssh: 'the ssh configuration has CertificateFile',
  },
  { what: 'Match exec', text: 'Match exec "true"\n User x\n', openssh: 'the ssh configuration has `Match exec`' },
  { what: 'Match exec for others', text: 'Match host other exec "true"\n User x\n', hops: ['me@crane01:22'] },
  { what: 'GSSAPI beside keys', text: 'GSSAPIAuthentication yes\n', hops: ['me@crane01:22'] },
  {
    what: 'GSSAPI alone',
    text: 'PreferredAuthentications gssapi-with-mic\n',
    openssh: 'the ssh configuration has PreferredAuthentications',
  },
  {
    what: 'a jump host that needs OpenSSH',
    text: 'Host crane*\n ProxyJump jump\nHost jump\n ProxyCommand nc %h %p\n',
    openssh: 'the ssh configuration has ProxyCommand',
  },
  {
    what: 'a connection kept open',
    text: 'ControlPath ~/.ssh/master\n',
    openssh: `ssh keeps a connection open at ${home}/.ssh/master`,
  },
  { what: 'no connection kept open', text: 'ControlPath ~/.ssh/%r@%h:%p\n', hops: ['me@crane01:22'] },
]

/** What the OpenSSH client of this machine reads from the same file. */
const describeWithSsh = spawnSync('ssh', ['-V']).status === 0 ? describe : describe.skip // there is no ssh to compare with

describeWithSsh('ssh -G agrees', () => {
  it.each([
    'HostName %h.site\nUser "root"\nPort 2222\n',
    'hOsT=crane01\nUSER = root\n',
    'IdentityFile "~/my keys/id"\nIdentityFile /b\n',
    'UserKnownHostsFile "/known hosts" /b\n',
    'Match originalhost crane* user me\n Port 23\n',
    'Host * !crane01\n User other\nHost crane0?\n User mine # why\n',
    'ProxyJump none\nPort 24 # a note\n',
  ])('%j', (text) => {
    const { hops } = route(text, 'crane01', { user: 'me' })
    const said = execFileSync('ssh', ['-G', '-F', join(home, 'config'), '-l', 'me', 'crane01'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const all = (keyword: string) =>
      said.split('\n').flatMap((line) => (line.startsWith(`${keyword} `) ? [line.slice(keyword.length + 1)] : []))
    const [host] = hops
    expect([host.address, host.user, String(host.port)]).toEqual([all('hostname')[0], all('user')[0], all('port')[0]])
    if (text.includes('IdentityFile')) {
      expect(host.keyFiles.map(({ path }) => path)).toEqual(all('identityfile').map((path) => path.replace(/^~/, home)))
    }
    if (text.includes('UserKnownHostsFile')) {
      expect(host.knownHostsFiles.slice(0, 2).join(' ')).toBe(all('userknownhostsfile')[0])
    }
  })
})

describe('routeTo', () => {
  it.each(CASES)('$what', ({ text, address = 'crane01', connection, hops, last, openssh }) => {
    const { hops: found, needsOpenssh } = route(text, address, connection)
    if (hops) expect(found.map((hop) => `${hop.user}@${hop.address}:${hop.port}`)).toEqual(hops)
    if (last) expect({ agentSocket: undefined, newKeysFile: undefined, ...found.at(-1) }).toMatchObject(last)
    expect(needsOpenssh).toBe(openssh)
  })

  it.each([
    ['a circle of jumps', 'Host *\n ProxyJump jump\n', /ProxyJump goes round in circles/],
    ['a jump that is no host', 'ProxyJump a:b:c\n', /ProxyJump a:b:c is not/],
  ])('refuses %s', (_what, text, message) => {
    expect(() => route(text, 'crane01')).toThrow(message)
  })

  it('refuses a configuration that others can write: its options are code', () => {
    const file = join(home, 'open-config')
    writeFileSync(file, '', { mode: 0o666 })
    rmSync(file)
    const previous = process.umask(0)
    writeFileSync(file, '', { mode: 0o666 })
    process.umask(previous)
    expect(() => SshConfig.load([file], home)).toThrow(`${file}: others can write this file`)
  })
})
