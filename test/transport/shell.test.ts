// The shell protocol against the real shells of this machine, through a session on the controller itself.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { commandOutput, quoteShell } from '../../src/task/index.ts'
import { localSession } from '../../src/transport/localSession.ts'
import type { Reply, ScriptPart } from '../../src/transport/session.ts'
import { isRunning, SHELLS, testHost } from './shells.ts'

const probe = (script: string, more: Partial<ScriptPart> = {}): ScriptPart => ({ as: 'probe', script, ...more })
const step = (script: string, more: Partial<ScriptPart> = {}): ScriptPart => ({ as: 'step', script, ...more })

const text = (reply: Reply) =>
  reply.parts.map((part) => (part.ran ? [part.stdout.toString('latin1'), part.stderr, part.status] : 'not run'))

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

interface Case {
  readonly what: string
  readonly parts: readonly ScriptPart[]
  readonly expected: readonly unknown[]
}

/** More than is sent as text, with bytes that no text holds. */
const payload = Buffer.concat([allBytes, Buffer.alloc(3_000_000, 'exit 7\n')])

const CKSUM = execFileSync('cksum', { input: payload, encoding: 'utf8' }).trim()

const CASES: readonly Case[] = [
  {
    what: 'much input, read whole, in part, or not at all',
    parts: [
      probe('cksum', { stdin: payload }),
      step('cksum; printf x', { stdin: payload }),
      step('head -c 10 | wc -c', { stdin: payload }),
      step(':', { stdin: payload }),
      step('exit 4', { stdin: payload }),
      step('echo never', { stdin: payload }),
      probe('wc -c', { stdin: payload }),
    ],
    expected: [
      [`${CKSUM}\n`, '', 0],
      [`${CKSUM}\nx`, '', 0],
      ['10\n', '', 0],
      ['', '', 0],
      ['', '', 4],
      'not run',
      [`${payload.length}\n`, '', 0],
    ],
  },
  {
    what: 'stdout, stderr and status of each part',
    parts: [probe('echo a; echo b >&2; exit 3'), probe('printf c')],
    expected: [
      ['a\n', 'b\n', 3],
      ['c', '', 0],
    ],
  },
  {
    what: 'a probe in the shell itself has a closed input and a status of its own',
    parts: [
      probe('read -r line || echo closed', { inShell: true }),
      probe('[ "$0" ] && { false; }', { inShell: true }),
      probe('exit 3'),
      probe('echo yes'),
    ],
    expected: [
      ['closed\n', '', 0],
      ['', '', 1],
      ['', '', 3],
      ['yes\n', '', 0],
    ],
  },
  { what: 'silence', parts: [probe(':')], expected: [['', '', 0]] },
  { what: 'an empty script', parts: [probe('')], expected: [['', '', 0]] },
  {
    what: 'line feeds around the output',
    parts: [probe("printf '\\n\\n'"), probe("printf '\\nx'; printf '\\n' >&2")],
    expected: [
      ['\n\n', '', 0],
      ['\nx', '\n', 0],
    ],
  },
  {
    what: 'steps after a failed step are not run, probes are',
    parts: [step('exit 0'), step('exit 2'), step('echo never'), probe('echo yes')],
    expected: [['', '', 0], ['', '', 2], 'not run', ['yes\n', '', 0]],
  },
  {
    what: 'a failed probe stops nothing',
    parts: [probe('false'), step('echo on')],
    expected: [
      ['', '', 1],
      ['on\n', '', 0],
    ],
  },
  {
    what: 'a closed stdin',
    parts: [probe('cat; read -r x; echo "$?"')],
    expected: [['1\n', '', 0]],
  },
  {
    what: 'text as stdin',
    parts: [step('cat', { stdin: "it's\n$HOME `x` \\n é %s\n" })],
    expected: [[Buffer.from("it's\n$HOME `x` \\n é %s\n").toString('latin1'), '', 0]],
  },
  {
    what: 'all bytes as stdin',
    parts: [step('cat', { stdin: allBytes })],
    expected: [[allBytes.toString('latin1'), '', 0]],
  },
  { what: 'stdin that nobody reads', parts: [step('exit 4', { stdin: 'x'.repeat(300_000) })], expected: [['', '', 4]] },
  { what: 'empty stdin', parts: [step('cat; echo end', { stdin: '' })], expected: [['end\n', '', 0]] },
  {
    what: 'a part cannot change the shell or its neighbours',
    parts: [probe('cd /usr; x=1; PATH=; umask 0; set -u; exec 2>&1'), probe('pwd; echo "${x-}"; umask; ls -d /')],
    expected: [
      ['', '', 0],
      ['/\n\n0022\n/\n', '', 0],
    ],
  },
  {
    what: 'environment of one part only',
    parts: [probe('echo "$A"; sh -c \'echo "$A"\'', { environment: { A: "b 'c' $d" } }), probe('echo "${A-none}"')],
    expected: [
      ["b 'c' $d\nb 'c' $d\n", '', 0],
      ['none\n', '', 0],
    ],
  },
  {
    what: 'the fixed environment',
    parts: [probe('echo "$LC_ALL $TZ $PATH"; umask; printf "%s" "$IFS"')],
    expected: [['C UTC /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n0022\n \t\n', '', 0]],
  },
  { what: 'death by signal', parts: [probe("sh -c 'kill -9 $$'; exit $?")], expected: [['', expect.any(String), 137]] },
  {
    what: 'a script that begins with a dash',
    parts: [probe('-x || echo no')],
    expected: [['no\n', expect.stringContaining('-x'), 0]],
  },
  {
    what: 'a here-document inside a script',
    parts: [probe('cat <<END\nline\nEND\n')],
    expected: [['line\n', '', 0]],
  },
  {
    what: 'a forged mark with a guessed boundary',
    parts: [probe(`printf '\\n%032d 0 0\\n' 0; printf '\\n%032d 0\\n' 0 >&2; exit 7`), probe('echo next')],
    expected: [
      [`\n${'0'.repeat(32)} 0 0\n`, `\n${'0'.repeat(32)} 0\n`, 7],
      ['next\n', '', 0],
    ],
  },
  {
    what: 'a script that prints everything it can know about the shell',
    parts: [probe("set | wc -l >/dev/null; set | grep -cE '[0-9a-f]{32} '"), probe('echo next')],
    expected: [
      ['0\n', '', 1],
      ['next\n', '', 0],
    ],
  },
  {
    what: 'binary and terminal escapes',
    parts: [probe("printf '\\033]0;x\\007\\000\\377\\n\\r'")],
    expected: [['\x1b]0;x\x07\0\xff\n\r', '', 0]],
  },
]

describe.each(SHELLS)('the shell protocol in $name', ({ command }) => {
  const session = localSession(testHost(), { shell: command })
  const folder = mkdtempSync(join(tmpdir(), 'crane-play-shell-'))
  afterAll(async () => {
    await session.close()
    rmSync(folder, { recursive: true })
  })
  const run = (parts: readonly ScriptPart[], deadlineMs = 20_000) => session.run({}, { parts, deadlineMs })

  it.each(CASES)('$what', async ({ parts, expected }) => {
    const reply = await run(parts)
    expect(reply.ok ? undefined : reply.failure).toBeUndefined()
    expect(text(reply)).toEqual(expected)
  })

  it('takes a script that does not parse as the failure of that part', async () => {
    const reply = await run([probe('if then'), probe("echo 'open"), probe('echo on')])
    expect(text(reply)).toEqual([
      ['', expect.stringMatching(/syntax/i), 2],
      ['', expect.stringMatching(/quote|EOF|unterminated/i), expect.any(Number)],
      ['on\n', '', 0],
    ])
    expect(reply.parts[1]?.status).not.toBe(0)
  })

  it('keeps head and tail of a megabyte and counts the rest', async () => {
    const reply = await run([
      probe('printf HEAD; dd if=/dev/zero bs=1024 count=3000 2>/dev/null; printf TAIL', { maxOutput: 1000 }),
      probe('echo next'),
    ])
    const [flood, next] = reply.parts
    expect(flood?.stdout.length).toBe(1000)
    expect(flood?.dropped).toBe(3000 * 1024 + 8 - 1000)
    expect(flood?.stdout.subarray(0, 4).toString()).toBe('HEAD')
    expect(flood?.stdout.subarray(-4).toString()).toBe('TAIL')
    expect(next?.stdout.toString()).toBe('next\n')
  })

  it('keeps the last 64 KiB of a flooded stderr', async () => {
    const reply = await run([probe('{ dd if=/dev/zero bs=1024 count=500 2>/dev/null; printf LAST; } >&2')])
    expect(reply.parts[0]?.stderr).toHaveLength(64 * 1024)
    expect(reply.parts[0]?.stderr.endsWith('LAST')).toBe(true)
  })

  it('sends a function once and finds it by name from then on', async () => {
    const sent: string[] = []
    const traced = localSession(testHost(), {
      shell: command,
      trace: (what, said) => what === 'sent' && sent.push(said),
    })
    const functions = { greet: 'echo "hello $1"', broken: 'if then' }
    const script = {
      parts: [probe("greet 'a b'"), step('greet c', { stdin: 'x' }), probe('broken')],
      functions,
      deadlineMs: 20_000,
    }
    for (let round = 0; round < 2; round++) {
      const reply = await traced.run({}, script)
      expect(text(reply).slice(0, 2)).toEqual([
        ['hello a b\n', '', 0],
        ['hello c\n', '', 0],
      ])
      expect(reply.parts[2]?.status).toBe(127)
    }
    expect(sent.filter((said) => said.includes('hello $1'))).toHaveLength(1)
    expect(traced.roundTrips).toBe(2)
    await traced.close()
  })

  it.each([
    ['a NUL in a script', { parts: [probe('a\0b')] }, /NUL/],
    [
      'an environment variable that is none',
      { parts: [probe(':', { environment: { 'A;id': '' } })] },
      /not a variable name: A;id/,
    ],
    [
      'a function name that is none',
      { parts: [probe(':')], functions: { 'f;id': ':' } },
      /not a shell function name: f;id/,
    ],
  ])('sends nothing with %s', async (_what, script, cause) => {
    const reply = await session.run({}, { ...script, deadlineMs: 20_000 })
    expect(reply).toMatchObject({ ok: false, failure: { cause: expect.stringMatching(cause) }, parts: [] })
    expect(text(await run([probe('echo on')]))).toEqual([['on\n', '', 0]])
  })

  it('answers calls in order', async () => {
    const replies = await Promise.all([1, 2, 3].map((n) => run([probe(`echo ${n}`)])))
    expect(replies.map((reply) => reply.parts[0]?.stdout.toString())).toEqual(['1\n', '2\n', '3\n'])
  })

  it('gives variables to steps and conditions, and to no process as an argument that others can read', async () => {
    const environment = { TOKEN: "it's a $secret" }
    const look = `case $(cat /proc/[0-9]*/cmdline | tr '\\0' '\\n') in *"$TOKEN"*) echo "seen $TOKEN" ;; *) echo unseen "$TOKEN" ;; esac`
    const condition = commandOutput(look, { environment })
    const { kind } = condition
    const parts = [step(look, { environment }), probe(kind.script([condition] as never))]
    const reply = await session.run({}, { parts, functions: kind.functions, deadlineMs: 20_000 })
    const facts = kind.read(reply.parts[1]?.stdout ?? Buffer.alloc(0), [condition] as never)
    const expected = `unseen ${environment.TOKEN}\n`
    expect([reply.parts[0]?.stdout.toString(), facts]).toEqual([expected, [{ status: 0, stdout: expected }]])
    // What does give it away, to see that it would be found.
    const argument = await run([step(`sh -c ${quoteShell(look)} sh "$TOKEN"`, { environment })])
    expect(argument.parts[0]?.stdout.toString()).toBe(`seen ${environment.TOKEN}\n`)
  })

  it('keeps what a step leaves running apart from what comes after it, and alive', async () => {
    const place = mkdtempSync(join(folder, 'left-'))
    const left = [
      `(while ! [ -e ${place}/go ]; do sleep 0.02; done`,
      `echo late; echo late >&2; echo $$ >${place}/wrote; while ! [ -e ${place}/end ]; do sleep 0.02; done) &`,
      'echo made',
    ].join('\n')
    const reply = await run([step(left), probe('echo asked')])
    expect(text(reply)).toEqual([
      ['made\n', '', 0],
      ['asked\n', '', 0],
    ])
    const wait = `: >${place}/go; while ! [ -e ${place}/wrote ]; do sleep 0.02; done; echo seen`
    expect(text(await run([probe(wait), step('echo next')]))).toEqual([
      ['seen\n', '', 0],
      ['next\n', '', 0],
    ])
    expect(text(await run([probe(`: >${place}/end; echo on`)]))).toEqual([['on\n', '', 0]])
  })

  // Not every kernel counts what a process reads.
  it.skipIf(!existsSync('/proc/self/io'))(
    'reads no content itself, however it reads its requests: bash takes a byte at a time',
    async () => {
      const script = 'while read -r key value; do case $key in rchar:) echo "$value" ;; esac; done </proc/$$/task/$$/io'
      const own = probe(script, { inShell: true })
      const reply = await run([
        own,
        step('cksum', { stdin: payload }),
        probe('cksum', { stdin: payload }),
        own,
        // What travels in the request instead, to see that it would be counted.
        step(`: ${'x'.repeat(100_000)}`),
      ])
      const after = await run([own])
      const [before, inStep, inProbe, between] = reply.parts.map(({ stdout }) => stdout.toString().trim())
      expect([inStep, inProbe]).toEqual([CKSUM, CKSUM])
      // The request is read as a whole before its first part runs, so what is read between them is what the shell was fed.
      expect(Number(between) - Number(before)).toBeLessThan(4096)
      const [all, only] = [Number(after.parts[0]?.stdout), Number(before)]
      expect(all - only).toBeLessThan(4096 + 2000)
      expect(only).toBeGreaterThan(100_000)
    },
  )

  it('names what was running whole: of a secret that is cut, nobody would find the rest', async () => {
    const hanging = localSession(testHost(), { shell: command })
    const line = `sleep 1001; : '${'x'.repeat(110)} a-secret-of-somebody'`
    const reply = await hanging.run({}, { parts: [step(line)], deadlineMs: 400 })
    expect(reply).toMatchObject({ ok: false, failure: { tried: line } })
    await hanging.close()
  })

  it('tells when a part ends the shell itself, and starts another', async () => {
    const dying = localSession(testHost(), { shell: command })
    const reply = await dying.run(
      {},
      { parts: [probe('echo before'), probe('kill -9 $$'), probe('echo after')], deadlineMs: 20_000 },
    )
    expect(reply).toMatchObject({ ok: false, failure: { kind: 'garbled', tried: 'kill -9 $$' } })
    expect(text(reply)[0]).toEqual(['before\n', '', 0])
    expect(text(await dying.run({}, { parts: [probe('echo again')], deadlineMs: 20_000 }))).toEqual([
      ['again\n', '', 0],
    ])
    await dying.close()
  })

  it('ends what hangs past the deadline, wherever it has gone', async () => {
    const hanging = localSession(testHost(), { shell: command })
    const marker = `${folder}/pid`
    const script = `setsid sleep 1000 & echo $! >${marker}; sleep 1001; echo never`
    const reply = await hanging.run(
      {},
      { parts: [probe('echo before'), step(script), step('touch /never')], deadlineMs: 700 },
    )
    expect(reply).toMatchObject({
      ok: false,
      failure: { kind: 'hung', cause: 'no answer within 0.7 s', tried: script },
    })
    expect(reply.ok === false && reply.failure.stillRunning).toBeFalsy()
    expect(text(reply)).toEqual([['before\n', '', 0]])
    expect(isRunning(Number(readFileSync(marker, 'latin1')))).toBe(false)
    await hanging.close()
  })

  it('ends what left its parent and its session for good, and nothing of the kind that an earlier part left', async () => {
    const hanging = localSession(testHost(), { shell: command })
    const left = (name: string) =>
      `setsid sh -c 'setsid sleep 1000 & echo $! >${folder}/${name}.pid; mv ${folder}/${name}.pid ${folder}/${name}'; until [ -e ${folder}/${name} ]; do sleep 0.05; done`
    const pid = (name: string) => Number(readFileSync(`${folder}/${name}`, 'latin1'))
    const parts = [step(left('kept')), probe(left('probed')), step(`${left('away')}; sleep 1001`)]
    const reply = await hanging.run({}, { parts, deadlineMs: 2000 })
    expect(reply).toMatchObject({ ok: false, failure: { kind: 'hung', tried: parts[2]?.script } })
    expect(reply.ok === false && reply.failure.stillRunning).toBeFalsy()
    expect(['kept', 'probed', 'away'].map((name) => isRunning(pid(name)))).toEqual([true, true, false])
    for (const name of ['kept', 'probed']) process.kill(pid(name))
    await hanging.close()
  })

  it('ends what lost its parent, and nothing that an earlier part left running', async () => {
    const hanging = localSession(testHost(), { shell: command })
    const left = (name: string) => `(sleep 1000 & echo $! >${folder}/${name})`
    const pid = (name: string) => Number(readFileSync(`${folder}/${name}`, 'latin1'))
    const parts = [step(left('daemon')), step(left('one')), probe(left('two')), step(`${left('lost')}; sleep 1001`)]
    const reply = await hanging.run({}, { parts, deadlineMs: 700 })
    expect(reply).toMatchObject({ ok: false, failure: { kind: 'hung', tried: parts[3]?.script } })
    expect(['daemon', 'one', 'two', 'lost'].map((name) => isRunning(pid(name)))).toEqual([true, true, true, false])
    await hanging.run({}, { parts: [probe('true')], deadlineMs: 20_000 })
    const busy = hanging.run(
      {},
      { parts: [step(`${left('late')}; touch ${folder}/hangs; sleep 1001`)], deadlineMs: 60_000 },
    )
    await expect.poll(() => existsSync(`${folder}/hangs`), { timeout: 10_000 }).toBe(true)
    expect(await hanging.cancel(300)).toEqual({ state: 'stopped' })
    expect(await busy).toMatchObject({ ok: false, failure: { kind: 'cancelled' } })
    expect(['daemon', 'late'].map((name) => isRunning(pid(name)))).toEqual([true, false])
    for (const name of ['daemon', 'one', 'two']) process.kill(pid(name))
    await hanging.close()
  })

  it.each([
    {
      what: 'steps that take longer than their own are ended, though the script has more',
      parts: [step('true'), step('sleep 1001'), probe('echo never')],
      stepDeadlineMs: 400,
      deadlineMs: 20_000,
      expected: { cause: 'no answer within 0.4 s', tried: 'sleep 1001' },
    },
    {
      what: 'a failure names the limit that was set, not what was left of it',
      parts: [step('sleep 1001')],
      stepDeadlineMs: 400,
      stepLimitMs: 1000,
      deadlineMs: 20_000,
      expected: { cause: 'no answer within 1 s', tried: 'sleep 1001' },
    },
    {
      what: 'probes that hang after the steps are ended by the deadline of the script, though the steps have more',
      parts: [step('true'), probe('sleep 1002')],
      stepDeadlineMs: 20_000,
      deadlineMs: 400,
      expected: { cause: 'no answer within 0.4 s', tried: 'sleep 1002' },
    },
    {
      what: 'steps may take longer than the script has for its probes',
      parts: [step('sleep 0.6'), probe('true')],
      stepDeadlineMs: 20_000,
      deadlineMs: 500,
      expected: undefined,
    },
    {
      what: 'probes may take longer than the steps have, also where a step failed and others were not run',
      parts: [step('false'), step('true'), probe('sleep 0.6')],
      stepDeadlineMs: 500,
      deadlineMs: 20_000,
      expected: undefined,
    },
    {
      what: 'a script of probes has no use for a deadline of steps',
      parts: [probe('sleep 0.6')],
      stepDeadlineMs: 100,
      deadlineMs: 20_000,
      expected: undefined,
    },
  ])('deadlines of steps: $what', async ({ expected, ...script }) => {
    const timed = localSession(testHost(), { shell: command })
    await timed.run({}, { parts: [probe('true')], deadlineMs: 20_000 })
    const reply = await timed.run({}, script)
    expect(reply.ok ? undefined : reply.failure).toEqual(expected && { kind: 'hung', exitStatus: null, ...expected })
    await timed.close()
  })

  it('cancels a step that does not listen to TERM', async () => {
    const busy = localSession(testHost(), { shell: command })
    const marker = `${folder}/began`
    const script = `touch ${marker}; ` + "trap '' TERM; sh -c 'trap \"\" TERM; while :; do sleep 1; done'"
    const reply = busy.run({}, { parts: [step(script)], deadlineMs: 60_000 })
    const queued = busy.run({}, { parts: [step('echo never')], deadlineMs: 60_000 })
    await expect.poll(() => existsSync(marker), { timeout: 10_000 }).toBe(true)
    expect(await busy.cancel(300)).toEqual({ state: 'stopped' })
    expect(await reply).toMatchObject({ ok: false, failure: { kind: 'cancelled', tried: script } })
    expect(await queued).toMatchObject({ ok: false, failure: { kind: 'cancelled' } })
    expect(await busy.cancel()).toEqual({ state: 'idle' })
    await busy.close()
  })
})
