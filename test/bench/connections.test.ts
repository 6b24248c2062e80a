// The stand-in for hosts that the connections benchmark measures against: its shell, its servers, and what surrounds them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { checksOf } from '../../bench/connections/checks.ts'
import { readyController } from '../../bench/connections/controller.ts'
import type { ControllerRun } from '../../bench/connections/controllerRuns.ts'
import { addressOf, hashKnownHosts, writeFleetFiles } from '../../bench/connections/fleetFiles.ts'
import { ScriptedShell } from '../../bench/connections/scriptedShell.ts'
import { ShellLines } from '../../bench/connections/shellLines.ts'
import { keyPair, sshHosts } from '../../bench/connections/sshHosts.ts'
import { fleetPlaybook } from '../../bench/fleet/fleetPlaybook.ts'
import { SimulatedHost } from '../../bench/fleet/simulatedHost.ts'
import type { BytePipe } from '../../src/transport/shell/bytePipe.ts'
import { KnownHosts } from '../../src/transport/ssh/knownHosts.ts'
import { PREAMBLE } from '../../src/transport/shell/requestText.ts'
import type { PartReply, ScriptPart } from '../../src/transport/session.ts'
import { Shell } from '../../src/transport/shell/shell.ts'

/** Host → address, of an inventory. */
const hostsOf = (path: string) =>
  new Map(
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, name = '', address = ''] = /^(\S+) ansible_host=(\S+)/.exec(line) ?? []
        return name === '' ? [] : [[name, address] as const]
      }),
  )

const folder = mkdtempSync(join(tmpdir(), 'crane-play-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the lines of what a shell is sent', () => {
  const text = "echo a\necho 'b\nb'\necho 'it'\\''s\nit' \\' c\necho 'ends with \\'\nlast\nhalf"
  const lines = ['echo a', "echo 'b\nb'", "echo 'it'\\''s\nit' \\' c", "echo 'ends with \\'", 'last']

  it.each([1, 2, 3, 7, 1000])('are whole in chunks of %i characters', (size) => {
    const reader = new ShellLines()
    const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
    expect(chunks.flatMap((chunk) => reader.push(chunk))).toEqual(lines)
  })
})

/** Answers each part by the first word of its script, and keeps what it was asked. */
class EchoHost {
  readonly asked: ScriptPart[] = []

  answer(part: ScriptPart): PartReply {
    this.asked.push(part)
    const failed = part.script.startsWith('fail')
    const stderr = failed ? 'no' : ''
    return { ran: true, stdout: Buffer.from(part.script), stderr, status: failed ? 3 : 0, dropped: 0 }
  }
}

/** A pipe to a scripted shell, whose input arrives in chunks of `size` bytes. */
function pipeTo(host: EchoHost | SimulatedHost, size = 1 << 20): BytePipe {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const shell = new ScriptedShell(host, 42, {
    stdout: (bytes) => void stdout.write(bytes),
    stderr: (bytes) => void stderr.write(bytes),
  })
  return {
    stdout,
    stderr,
    closed: new Promise(() => {}),
    end: () => {},
    destroy: () => {},
    write(given) {
      const bytes = Buffer.from(given)
      for (let at = 0; at < bytes.length; at += size) shell.push(bytes.subarray(at, at + size))
    },
  }
}

const shellOn = (host: EchoHost | SimulatedHost, size?: number) =>
  new Shell(pipeTo(host, size), {}, { command: 'exec sh' })

const FUNCTIONS = { look: 'cat "$@"', fail: "echo 'no'", step: ':' }
const deadlineMs = 10_000

describe('a scripted shell, spoken to by the real one', () => {
  const probe = (script: string, more: Partial<ScriptPart> = {}): ScriptPart => ({ as: 'probe', script, ...more })
  const step = (script: string, more: Partial<ScriptPart> = {}): ScriptPart => ({ as: 'step', script, ...more })

  it.each([1, 5, 1 << 20])('answers part by part, asked in chunks of %i bytes', async (size) => {
    const shell = shellOn(new EchoHost(), size)
    const parts = [probe("look 'it'\\''s' 'é\n\\'"), probe('fail'), probe('echo -n', { environment: { A: 'b;' } })]
    expect(await shell.run({ parts, functions: FUNCTIONS, deadlineMs })).toEqual({
      ok: true,
      parts: [
        { ran: true, stdout: Buffer.from("look 'it'\\''s' 'é\n\\'"), stderr: '', status: 0, dropped: 0 },
        { ran: true, stdout: Buffer.from('fail'), stderr: 'no', status: 3, dropped: 0 },
        { ran: true, stdout: Buffer.from('echo -n'), stderr: '', status: 0, dropped: 0 },
      ],
    })
    expect(shell.process).toEqual({ pid: 42, group: 42, mark: expect.stringMatching(/^[0-9a-f]{32}\.\d+\.$/) })
  })

  it('runs no step after one that failed, but probes', async () => {
    const parts = [step('step 1'), step('fail'), step('step 2'), probe('look')]
    const reply = await shellOn(new EchoHost()).run({ parts, functions: FUNCTIONS, deadlineMs })
    expect(reply.parts.map(({ ran, status }) => ran && status)).toEqual([0, 3, false, 0])
  })

  it('is given input as it was meant', async () => {
    const host = new EchoHost()
    const bytes = Uint8Array.of(0, 255, 10)
    const parts = [step('step', { stdin: "it's\n( é" }), step('step', { stdin: bytes }), step('step')]
    await shellOn(host).run({ parts, functions: FUNCTIONS, deadlineMs })
    expect(host.asked.map(({ stdin }) => stdin)).toEqual(["it's\n( é", Buffer.from(bytes), undefined])
  })

  it('keeps the functions that it was sent, and knows no others', async () => {
    const host = new EchoHost()
    const shell = shellOn(host)
    await shell.run({ parts: [probe('look 1')], functions: { look: ':' }, deadlineMs })
    const { parts } = await shell.run({ parts: [probe('look 2'), probe('gaze')], functions: { look: ':' }, deadlineMs })
    expect(parts.map(({ status, stderr }) => [status, stderr])).toEqual([
      [0, ''],
      [127, 'sh: gaze: not found\n'],
    ])
    expect(host.asked.map(({ script }) => script)).toEqual(['look 1', 'look 2'])
  })

  it.each([
    ['another preamble', 'LC_ALL=de_DE\n'],
    ['a command that no request has', `${PREAMBLE}rm -r /srv\n`],
    ['a function without a name', `${PREAMBLE}command eval 'x'\n`],
  ])('refuses %s', (_, text) => {
    const shell = new ScriptedShell(new EchoHost(), 42, { stdout: () => {}, stderr: () => {} })
    expect(() => shell.push(Buffer.from(text))).toThrow(/preamble|reads this|defines no function/)
  })
})

const size = { hosts: 5, tasks: 20 }

/** The hosts in this process, the files to reach them, and what reached them. */
async function visit(change: (knownHosts: string) => string = (text) => text, looks: readonly number[] = []) {
  const fleet = fleetPlaybook(size)
  const login = keyPair()
  const there = await sshHosts(
    fleet.hosts.map((name, i) => ({ address: addressOf(i), answering: new SimulatedHost(name, i, fleet.image) })),
    { login: login.public, pauseMs: 1 },
  )
  const content = { fleet, port: there.port, knownHosts: change(there.knownHosts), privateKey: login.private }
  const files = writeFleetFiles(mkdtempSync(join(folder, 'fleet-')), content)
  const go = await readyController({ files, forks: 2, looks })
  const figures = await go()
  return { figures, counts: there.takeCounts(), close: () => there.close() }
}

describe('SSH hosts of one process, and the controller on them', () => {
  it.each([
    ['plain', (text: string) => text],
    ['hashed', hashKnownHosts],
  ])('are reached once each, and asked once, with %s names in known_hosts', async (_, change) => {
    const { figures, counts, close } = await visit(change, [2, 5])
    await close()
    expect(figures).toMatchObject({
      hosts: 5,
      outcomes: { ok: 95, skipped: 5 },
      failures: [],
      how: { ssh2: 5 },
      roundTrips: { least: 1, most: 1 },
      connections: 5,
      memory: [{ hosts: 2 }, { hosts: 5 }],
    })
    expect(counts).toMatchObject({ connections: 5, logins: 5, requests: 5 })
  })

  it('are not believed with a key of another host', async () => {
    const swapped = (text: string) =>
      text
        .replaceAll(`[${addressOf(0)}]`, '[?]')
        .replace(`[${addressOf(1)}]`, `[${addressOf(0)}]`)
        .replace('[?]', `[${addressOf(1)}]`)
    const { figures, close } = await visit(swapped)
    await close()
    expect(figures.how).toEqual({ ssh2: 3 })
    expect(figures.failures).toHaveLength(2)
    expect(figures.failures[0]).toMatch(/host key/i)
  })
})

describe('the files of a controller', () => {
  it('share the hosts out without one left or twice', () => {
    const fleet = fleetPlaybook({ hosts: 81, tasks: 20 })
    const content = { fleet, port: 1, knownHosts: '', privateKey: '' }
    const shares = [0, 1].map((share) => writeFleetFiles(join(folder, `share-${share}`), content, share, 2))
    const named = shares.map(({ inventory }) => hostsOf(inventory))
    expect(named.map(({ size: count }) => count)).toEqual([41, 40])
    expect(new Map([...(named[0] ?? []), ...(named[1] ?? [])])).toEqual(
      new Map(fleet.hosts.map((name, i) => [name, addressOf(i)])),
    )
  })

  it('hash names as OpenSSH does', async () => {
    const { public: line } = keyPair()
    const text = hashKnownHosts(`[127.1.0.0]:22022 ${line}\n`)
    expect(text).toMatch(/^\|1\|/)
    const path = writeFleetFiles(join(folder, 'hashed'), {
      fleet: fleetPlaybook(size),
      port: 1,
      knownHosts: text,
      privateKey: '',
    }).knownHosts
    const key = Buffer.from(line.split(' ')[1] ?? '', 'base64')
    expect((await KnownHosts.load([path])).check('[127.1.0.0]:22022', key)).toEqual({ state: 'known' })
  })
})

describe('the checks', () => {
  const memory = (hosts: number, bytes: number) => ({ hosts, heapBytes: bytes, residentBytes: 2 * bytes })
  const good: ControllerRun = {
    word: {
      threads: [
        {
          hosts: 100,
          outcomes: { ok: 1900, skipped: 100 },
          failures: [],
          how: { ssh2: 100 },
          roundTrips: { least: 1, most: 1 },
          connections: 100,
          mostOpen: 64,
          memory: [memory(20, 1000), memory(100, 1050)],
          looksMs: 1,
        },
      ],
      cpuMs: 500,
      wallMs: 700,
    },
    counts: { connections: 100, logins: 100, requests: 100, cpuMs: 300 },
  }
  const bounds = { cpuMsPerHost: 10, from: 20, heapGrowth: 1.1, residentGrowth: 1.1 }
  const failing = (change: Partial<ControllerRun['word']['threads'][0]>, more: Partial<ControllerRun> = {}) => {
    const [thread] = good.word.threads
    const word = { ...good.word, ...more.word, threads: [{ ...thread!, ...change }] }
    const checks = checksOf({ hosts: 100, tasks: 20, pauseMs: 0 }, 64, [good, { ...good, ...more, word }], bounds)
    return checks.filter(({ passed }) => !passed).map(({ measured }) => measured)
  }

  it('pass where all is well', () => expect(failing({})).toEqual([]))

  it.each([
    [
      'a task that failed',
      { outcomes: { ok: 1899, skipped: 100, failed: 1 } },
      ['1900 ok, 100 skipped / 1 failed, 1899 ok, 100 skipped'],
    ],
    ['a host reached otherwise', { how: { ssh2: 99, openssh: 1 } }, ['100 ssh2 / 99 ssh2, 1 openssh']],
    ['a second round trip', { roundTrips: { least: 1, most: 2 } }, ['1 and 1 / 1 and 2']],
    ['a connection too many', { mostOpen: 65 }, ['65']],
    ['memory that grows', { memory: [memory(20, 1000), memory(100, 1300)] }, ['1.18', '1.18']],
  ])('see %s', (_, change, measured) => expect(failing(change)).toEqual(measured))

  it('see a host that was connected twice, and processor time', () => {
    const word = { ...good.word, cpuMs: 2000 }
    const counts = { ...good.counts, connections: 101 }
    expect(failing({}, { counts, word })).toEqual(['100 and 100 / 101 and 100', '12.50'])
  })
})
