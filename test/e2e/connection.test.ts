// Hosts that cannot be reached or do not let one in: one clear cause each, the right status, and the others go on.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Lab, labHost, labUp } from '../../lab/index.ts'
import { encryptedKey, keyPair, knownHostsLine, testServer } from '../transport/sshServer.ts'
import { eventsOf } from './support/command.ts'
import { labSite, onHost, recapOf } from './support/labSite.ts'
import type { Site } from './support/site.ts'

let lab: Lab
let mute: Server
let mutePort: number
beforeAll(async () => {
  lab = await labUp()
  mute = createServer(() => {})
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  mutePort = (mute.address() as { port: number }).port
})
afterAll(() => void mute.close())
const sites: Site[] = []
afterEach(() => sites.splice(0).forEach((site) => site.remove()))

const FOLDER = '/srv/e2e/connection'
const TASKS = `- ensureDirectory: ${FOLDER}
- writeFile: { path: ${FOLDER}/mark, content: 'here' }
- run: { command: 'true', always: true }
`
const WELL = 'ok=0 changed=3 unreachable=0 failed=0 skipped=0'

interface Case {
  readonly what: string
  /** Of crane04, which does not come to anything. */
  readonly vars?: () => string
  readonly argv?: readonly string[]
  /** Changes what is known of host keys. */
  readonly known?: (file: string, address: string) => void
  readonly files?: () => Readonly<Record<string, string>>
  readonly outcome: 'unreachable' | 'failed'
  readonly cause: string | RegExp
  readonly hint: string
}

const withoutHost = (file: string, address: string) =>
  writeFileSync(file, readFileSync(file, 'utf8').replace(new RegExp(`^.*${address}.*\n`, 'gm'), ''))

const CASES: readonly Case[] = [
  {
    what: 'a key that is not there',
    vars: () => 'ansible_ssh_private_key_file=/nowhere/id',
    outcome: 'unreachable',
    cause: /^the key file \/nowhere\/id does not exist$/,
    hint: 'check ansible_ssh_private_key_file',
  },
  {
    what: 'a key that is a directory',
    vars: () => 'ansible_ssh_private_key_file=/etc',
    outcome: 'unreachable',
    cause: /^the key file \/etc cannot be read: it is a directory$/,
    hint: 'check ansible_ssh_private_key_file',
  },
  {
    what: 'a key with a passphrase',
    vars: () => 'ansible_ssh_private_key_file=locked',
    files: () => ({ locked: encryptedKey().private }),
    outcome: 'unreachable',
    cause: /passphrase|encrypted/,
    hint: 'ssh-add',
  },
  {
    what: 'a key that the host does not take',
    vars: () => 'ansible_ssh_private_key_file=stranger',
    files: () => ({ stranger: keyPair().private }),
    outcome: 'unreachable',
    cause: /^10\.77\.\d+\.14:22 refused the login of root with a key$/,
    hint: "root's authorized_keys",
  },
  {
    what: 'a host key nobody knows',
    known: withoutHost,
    outcome: 'unreachable',
    cause: /^the host key of 10\.77\.\d+\.14 is not known: ssh-ed25519 SHA256:/,
    hint: '--accept-new-host-keys',
  },
  {
    what: 'a host key that changed',
    known(file, address) {
      withoutHost(file, address)
      appendFileSync(file, `${address} ${keyPair().public.split(' ').slice(0, 2).join(' ')}\n`)
    },
    outcome: 'unreachable',
    cause:
      /^the host key of 10\.77\.\d+\.14 has changed: it shows ssh-ed25519 SHA256:\S+, but \S*known_hosts:\d+ has another key$/,
    hint: 'someone may be intercepting the connection; if the host was reinstalled, run `ssh-keygen -R',
  },
  {
    what: 'a host key that changed, though new ones are accepted',
    argv: ['--accept-new-host-keys'],
    known(file, address) {
      withoutHost(file, address)
      appendFileSync(file, `${address} ${keyPair().public.split(' ').slice(0, 2).join(' ')}\n`)
    },
    outcome: 'unreachable',
    cause: /has changed/,
    hint: '',
  },
  {
    what: 'a port where nobody listens',
    vars: () => 'ansible_port=1',
    outcome: 'unreachable',
    cause: /^10\.77\.\d+\.14:1 refused the connection$/,
    hint: 'check that sshd is running and that this is its port (ansible_port)',
  },
  {
    what: 'a port that never says a word',
    vars: () => `ansible_host=127.0.0.1 ansible_port=${mutePort}`,
    argv: ['--timeout', '1'],
    outcome: 'unreachable',
    cause: /^127\.0\.0\.1:\d+ accepted the connection but said nothing within 1 s$/,
    hint: 'check that an SSH server listens on this port',
  },
  {
    what: 'an address that nobody has',
    vars: () => `ansible_host=${lab.unusedAddress}`,
    argv: ['--timeout', '1'],
    outcome: 'unreachable',
    cause: /^10\.77\.\d+\.200:22 (did not answer within 1 s|cannot be reached: no route to the host)$/,
    hint: 'check that the host is up',
  },
  {
    what: 'a name without an address',
    vars: () => 'ansible_host=crane04.invalid',
    outcome: 'unreachable',
    cause: /^the name crane04\.invalid has no address/,
    hint: 'set ansible_host',
  },
  {
    what: 'a wrong password for sudo',
    vars: () => 'ansible_user=admin ansible_become=true ansible_become_password=open-sesame',
    outcome: 'failed',
    cause: /^sudo refused the password for becoming root$/,
    hint: 'check the password given with -K or ansible_become_password',
  },
  {
    what: 'no password for sudo',
    vars: () => 'ansible_user=admin ansible_become=true',
    outcome: 'failed',
    cause: /^sudo asks for a password, and none was given$/,
    hint: 'ansible_become_password',
  },
]

it.each(CASES)('$what', async ({ vars = () => '', argv = [], known, files, outcome, cause, hint }) => {
  const site = labSite(lab, { crane03: '', crane04: vars() })
  sites.push(site)
  site.play(TASKS).write({ known_hosts: readFileSync(lab.knownHosts, 'utf8'), ...files?.() })
  known?.(site.path('known_hosts'), labHost('crane04').address)
  for (const name of ['crane03', 'crane04']) await onHost(name, `rm -rf ${FOLDER}`)
  const ended = await site.run(['--known-hosts', site.path('known_hosts'), ...argv, '--output', 'jsonl'])
  const events = eventsOf(ended)
  const results = events.filter((event) => event.type === 'task-result' && event.host === 'crane04')
  expect(results).toMatchObject([
    { result: { outcome, failure: { cause: expect.stringMatching(cause), hint: expect.stringContaining(hint) } } },
  ])
  expect(ended.status).toBe(outcome === 'failed' ? 2 : 4)
  expect(ended.out + ended.err).not.toMatch(/open-sesame|^\s+at /m)
  expect(events.at(-1)).toMatchObject({ recap: { crane03: { changed: 3 }, crane04: { [outcome]: 1, changed: 0 } } })
  expect(await onHost('crane03', `cat ${FOLDER}/mark`)).toBe('here')
  expect(await onHost('crane04', `ls -d ${FOLDER} 2>&1 || true`)).toContain('No such file')
})

it('shows a failure where it happens and once more at the end; unreachable alone is 4, with a failed host 2', async () => {
  const site = labSite(lab, { crane03: '', crane04: 'ansible_port=1' })
  sites.push(site)
  site.play(TASKS)
  await onHost('crane03', `rm -rf ${FOLDER}`)
  const { status, out, err } = await site.run()
  expect(out.match(/10\.77\.\d+\.14:1 refused the connection/g)).toHaveLength(2)
  expect(out).toContain('\nFAILED\n  unreachable: crane04: ensureDirectory  (ensureDirectory, site.yml:4)\n')
  expect(recapOf(out, 'crane03')).toBe(WELL)
  expect(recapOf(out, 'crane04')).toBe('ok=0 changed=0 unreachable=1 failed=0 skipped=0')
  expect([status, err]).toEqual([4, ''])
  const both = await site.play(`- run: { command: 'exit 3', always: true }\n`).run()
  expect(both.out).toContain('2 hosts: 1 unreachable (crane04), 1 failed (crane03)')
  expect(both.status).toBe(2)
})

it('a key that is accepted once is known the next time', async () => {
  const site = labSite(lab, { crane03: '' })
  sites.push(site)
  site.play("- run: { command: 'true', always: true }\n").write({ known_hosts: '' })
  const here = ['--known-hosts', site.path('known_hosts')]
  expect((await site.run(here)).status).toBe(4)
  expect((await site.run([...here, '--accept-new-host-keys'])).status).toBe(0)
  expect((await site.run(here)).status).toBe(0)
  expect(readFileSync(site.path('known_hosts'), 'utf8')).toMatch(/^10\.77\.\d+\.13 ssh-ed25519 \S+\n$/)
})

it('a server that drops connections before its banner is tried again, which is a warning among the events', async () => {
  const server = await testServer({ drops: 2 })
  const key = keyPair()
  const site = labSite(lab, {
    here: `ansible_host=127.0.0.1 ansible_port=${server.port} ansible_ssh_private_key_file=key`,
  })
  sites.push(site)
  site.play("- run: { command: 'true', always: true }\n")
  site.write({ known_hosts: knownHostsLine(server.port, server.hostKey), key: key.private })
  const ended = await site.run(['--known-hosts', site.path('known_hosts'), '--output', 'jsonl'])
  expect(eventsOf(ended).filter((event) => event.type === 'warning')).toMatchObject([
    { host: 'here', message: 'sshd closed 2 connections before its banner (MaxStartups?)' },
  ])
  expect([ended.status, ended.err]).toEqual([0, ''])
  await server.close()
})
