// Sessions with real hosts: who one becomes there, and what is left when a step is ended or a host goes away.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, labHost, labState, labUp } from '../../lab/index.ts'
import type { Connection } from '../../src/model/inventory.ts'
import { autoTransport } from '../../src/transport/autoTransport.ts'
import type { Identity, Session } from '../../src/transport/session.ts'
import { testHost } from '../transport/shells.ts'

const folder = mkdtempSync(join(tmpdir(), 'crane-test-e2e-'))
let lab: Lab
beforeAll(async () => {
  // Whatever lab is up will do: these tests look at two hosts and change nothing on them.
  const { size = 2, containerd = '1.7', bareConfig = false } = labState() ?? {}
  lab = await labUp({ hosts: Math.max(2, size), containerd, bareConfig })
})
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(() => rmSync(folder, { recursive: true }))

async function reach(name: string, connection: Partial<Connection>, config = ''): Promise<Session> {
  const file = join(folder, 'config')
  writeFileSync(file, config, { mode: 0o600 })
  const transport = autoTransport({
    home: folder,
    username: 'root',
    sshConfigFile: file,
    knownHostsFiles: [lab.knownHosts],
  })
  closing.push(() => transport.close())
  const host = testHost({ address: labHost(name).address, privateKeyFile: lab.privateKey, ...connection }, name)
  const connected = await transport.connect(host, { acceptNewHostKeys: false, deadlineMs: 20_000 })
  if (!connected.ok) throw new Error(`${connected.failure.cause}: ${connected.failure.lastLines ?? ''}`)
  closing.push(() => connected.session.close())
  return connected.session
}

const rootBy = (password?: string): Identity => ({
  become: { user: 'root', ...(password !== undefined && { password }) },
})
const probe = (script: string) => ({ parts: [{ as: 'probe', script }], deadlineMs: 30_000 }) as const

const said = async (session: Session, identity: Identity, script: string): Promise<string> => {
  const reply = await session.run(identity, probe(script))
  if (!reply.ok) throw new Error(reply.failure.cause)
  return reply.parts[0]?.stdout.toString() ?? ''
}

/** Processes of the host whose command line has the text. */
async function running(name: string, text: string): Promise<string[]> {
  const { stdout } = await labHost(name).exec(`ps -eo pid=,args= | grep -F -e '${text}' | grep -v grep`)
  return stdout.split('\n').filter((line) => line.trim() !== '')
}

describe.each(['ssh2', 'openssh'] as const)('over %s', (transport) => {
  it.each([
    ['root itself', 'root', {}, 'root /root 0022'],
    ['a login user', 'ops', {}, 'ops /home/ops 0022'],
    ['root through sudo without a password', 'ops', rootBy(), 'root /root 0022'],
    ['root through sudo with a password', 'admin', rootBy('lab-secret'), 'root /root 0022'],
    ['root through sudo where the password is not asked for', 'ops', rootBy('unused'), 'root /root 0022'],
    ['another user through sudo', 'ops', { become: { user: 'admin' } }, 'admin /home/admin 0022'],
  ] as const)('becomes %s', async (_what, user, identity, expected) => {
    const session = await reach('crane02', { transport, user })
    expect(await said(session, identity, 'echo "$(id -un) $HOME $(umask)"')).toBe(`${expected}\n`)
    expect(session.roundTrips).toBe(1)
  })

  it('says why sudo refuses', async () => {
    const session = await reach('crane02', { transport, user: 'admin' })
    expect(await session.run(rootBy(), probe(':'))).toMatchObject({
      ok: false,
      failure: { kind: 'become', cause: 'sudo asks for a password, and none was given' },
    })
    expect(await session.run({ become: { user: 'nobody-here', password: 'lab-secret' } }, probe(':'))).toMatchObject({
      ok: false,
      failure: { kind: 'become', cause: expect.stringMatching(/no user nobody-here|does not let/) },
    })
  })

  it('asks sudo once with a wrong password, and never shows it on the host', async () => {
    const session = await reach('crane02', { transport, user: 'admin' })
    const reply = session.run(rootBy('wrong-passphrase'), probe(':'))
    await expect
      .poll(async () => (await running('crane02', 'sudo -H -S')).length, { timeout: 10_000, interval: 100 })
      .not.toBe(0)
    expect(await running('crane02', 'wrong-passphrase')).toEqual([])
    expect(await reply).toMatchObject({
      ok: false,
      failure: { kind: 'become', cause: 'sudo refused the password for becoming root' },
    })
    await expect.poll(() => running('crane02', 'sudo -H -S'), { timeout: 10_000, interval: 100 }).toEqual([])
  })

  it.each([
    ['as root', 'root', {}],
    ['under sudo', 'ops', rootBy()],
    ['under sudo with a password', 'admin', rootBy('lab-secret')],
  ] as const)('a cancelled step leaves nothing, %s', async (_what, user, identity) => {
    const session = await reach('crane02', { transport, user })
    const script = 'setsid sleep 98761 & sleep 98761; sleep 98762'
    const reply = session.run(identity, { parts: [{ as: 'step', script }], deadlineMs: 60_000 })
    await expect
      .poll(() => running('crane02', 'sleep 9876').then((lines) => lines.length), { timeout: 10_000 })
      .toBeGreaterThan(1)
    expect(await session.cancel(2000)).toEqual({ state: 'stopped' })
    expect(await reply).toMatchObject({ ok: false, failure: { kind: 'cancelled', tried: script } })
    expect(await running('crane02', 'sleep 9876')).toEqual([])
    expect(await said(session, identity, 'echo again')).toBe('again\n')
  })

  it('ends a probe that hangs past its deadline, and the host goes on', async () => {
    const session = await reach('crane02', { transport, user: 'ops' })
    const reply = await session.run(rootBy(), { parts: [{ as: 'probe', script: 'sleep 98763' }], deadlineMs: 1000 })
    expect(reply).toMatchObject({
      ok: false,
      failure: { kind: 'hung', cause: 'no answer within 1 s', tried: 'sleep 98763' },
    })
    expect(await running('crane02', 'sleep 98763')).toEqual([])
    expect(await said(session, rootBy(), 'echo on')).toBe('on\n')
  })

  it('is unreachable when the sshd of the session is killed', async () => {
    const session = await reach('crane02', { transport, user: 'ops' })
    const reply = session.run({}, { parts: [{ as: 'step', script: 'sleep 98764' }], deadlineMs: 60_000 })
    await expect
      .poll(() => running('crane02', 'sleep 98764').then((lines) => lines.length), { timeout: 10_000 })
      .toBeGreaterThan(0)
    await labHost('crane02').exec(
      "ps -eo pid=,args= | grep 'sshd: ops' | grep -v grep | while read -r pid rest; do kill -9 $pid; done",
    )
    expect(await reply).toMatchObject({
      ok: false,
      failure: { kind: 'unreachable', cause: expect.stringContaining('lost') },
    })
    await labHost('crane02').exec("ps -eo pid=,args= | grep 'sleep 98764' | while read -r pid rest; do kill $pid; done")
  })

  it('dials a unix socket of the host', async () => {
    const session = await reach('crane02', { transport, user: 'root' })
    const socket = await session.dialUnix('/run/dbus/system_bus_socket')
    const answer = new Promise<string>((resolve) => socket.once('data', (chunk: Buffer) => resolve(chunk.toString())))
    socket.write('\0AUTH\r\n')
    expect(await answer).toMatch(/^REJECTED .*EXTERNAL/)
    socket.destroy()
  })
})

it('says that a socket is not there', async () => {
  const session = await reach('crane02', { transport: 'ssh2', user: 'root' })
  await expect(session.dialUnix('/run/nobody.sock')).rejects.toThrow('/run/nobody.sock on the host')
})

it('goes through a jump host', async () => {
  const { address } = labHost('crane02')
  const config = `Host ${address}\n  ProxyJump ops@${labHost('crane01').address}\nHost *\n  IdentityFile ${lab.privateKey}\n`
  const session = await reach('crane02', { user: 'root' }, config)
  expect(session.how).toBe('ssh2')
  expect(await said(session, {}, 'hostname; echo "$SSH_CLIENT"')).toMatch(
    new RegExp(`^crane02\\n${labHost('crane01').address} `),
  )
})

it('uses the connection that the caller keeps open', async () => {
  const { address } = labHost('crane02')
  const config = `Host *\n  ControlMaster auto\n  ControlPersist 20\n  ControlPath ${folder}/%r@%h:%p\n`
  const first = await reach('crane02', { user: 'root' }, config)
  expect(first.how).toBe('ssh2')
  const { $ } = await import('zx')
  const options = ['-F', join(folder, 'config'), '-i', lab.privateKey, '-o', `UserKnownHostsFile=${lab.knownHosts}`]
  await $({ quiet: true })`ssh ${options} root@${address} true`
  const session = await reach('crane02', { user: 'root' }, config)
  expect(session).toMatchObject({ how: 'openssh', why: `ssh keeps a connection open at ${folder}/root@${address}:22` })
  expect(await said(session, {}, 'echo shared')).toBe('shared\n')
  await $({ quiet: true, nothrow: true })`ssh ${options} -O exit root@${address}`
})
