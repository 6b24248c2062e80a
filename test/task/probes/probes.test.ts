// The probes' own scripts, run for real by every shell a host may have, and their answers read.
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  accountIds,
  commandOutput,
  digestedFile,
  directory,
  diskSpace,
  GarbledAnswer,
  inode,
  link,
  type Probe,
  packageState,
  sha256,
  TEXT_LIMIT,
  textFile,
  unit,
} from 'crane-play/task'
import { describe, expect, it } from 'vitest'
import { ask, makeCommands, runScript, SHELLS, temporaryDirectory } from '../runShell.ts'

const folder = temporaryDirectory()
const at = (name: string) => join(folder, name)
const big = 'x'.repeat(TEXT_LIMIT + 1)
writeFileSync(at("it's a \\file"), 'grüße\n\n')
chmodSync(at("it's a \\file"), 0o4750)
writeFileSync(at('empty'), '')
writeFileSync(at('blank'), '\n \t\n\n')
writeFileSync(at('-binary'), Buffer.from([0x41, 0, 0xff]))
writeFileSync(at('latin1'), Buffer.from([0xe4]))
writeFileSync(at('big'), big)
mkdirSync(at('folder/below'), { recursive: true })
writeFileSync(at('folder/.hidden'), '')
writeFileSync(at('folder/b * c'), '12')
symlinkSync('nowhere', at('folder/a'))
symlinkSync("it's a \\file", at('link'))
symlinkSync('gone', at('dangling'))
mkdirSync(at('void'))

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  it('files: many in one question', () => {
    const facts = ask(
      [
        digestedFile(at("it's a \\file")),
        textFile(at('empty')),
        digestedFile(at('-binary')),
        textFile(at('latin1')),
        digestedFile(at('big')),
        textFile(at('folder')),
        textFile(at('none/x')),
        textFile(at('empty/x')),
        digestedFile(at('link')),
        inode(at('dangling')),
        inode('/dev/null'),
        inode(at("it's a \\file")),
      ],
      { shell },
    )
    const text = 'grüße\n\n'
    const whole = { type: 'file', mode: '4750', text, size: 9, sha256: sha256(text), uid: process.getuid?.() }
    expect(facts).toMatchObject([
      { ...whole, link: false },
      { type: 'file', text: '', size: 0, sha256: sha256('') },
      { type: 'file', text: null, size: 3, sha256: sha256(Buffer.from([0x41, 0, 0xff])) },
      { type: 'file', text: null, size: 1, sha256: sha256(Buffer.from([0xe4])) },
      { type: 'file', text: null, size: big.length, sha256: sha256(big) },
      { type: 'directory', mode: '0755' },
      { type: 'absent' },
      { type: 'absent' },
      { ...whole, link: true },
      { type: 'dangling-link' },
      { type: 'other', mode: '0666' },
      { type: 'file', text: null, sha256: null },
    ])
    const [first] = facts
    const changed = first && 'changedAt' in first ? first.changedAt : 0
    expect(Math.abs(changed / 1000 - Date.now())).toBeLessThan(600_000)
  })

  it('paths that are not absolute: as seen from /, and without end', () => {
    const relative = ['etc', 'no-such-thing', 'no/such', 'etc/passwd']
    expect(
      ask(
        relative.map((path) => textFile(path)),
        { shell },
      ),
    ).toMatchObject([{ type: 'directory' }, { type: 'absent' }, { type: 'absent' }, { type: 'file' }])
    expect(
      ask(
        relative.slice(1, 3).map((path) => link(path)),
        { shell },
      ),
    ).toEqual([{ type: 'absent' }, { type: 'absent' }])
    expect(ask([diskSpace('no-such-thing', 1)], { shell })).toMatchObject([{ mount: '/' }])
  })

  it('directories: names in the order of their bytes, hidden ones left out', () => {
    const facts = ask(
      [directory(at('folder/')), directory(at('void')), directory(at('none')), directory(at('empty'))],
      {
        shell,
      },
    )
    expect(facts.map(({ entries }) => entries?.map(({ name, size }) => [name, name === 'b * c' ? size : 0]))).toEqual([
      [
        ['a', 0],
        ['b * c', 2],
        ['below', 0],
      ],
      [],
      undefined,
      undefined,
    ])
  })

  it('commands: output to the byte, and the status', () => {
    const facts = ask(
      [
        commandOutput("printf 'ä\\n\\n'"),
        commandOutput('exit 3'),
        commandOutput('no-such-command'),
        commandOutput('echo run', { whileEmpty: at('big') }),
        commandOutput('echo "$0" it\'s run; cat', { whileEmpty: at('empty') }),
        commandOutput('echo after', { whileEmpty: at('none') }),
        commandOutput('echo blank', { whileEmpty: at('blank') }),
      ],
      { shell },
    )
    expect(facts).toEqual([
      { status: 0, stdout: 'ä\n\n' },
      { status: 3, stdout: '' },
      { status: 127, stdout: '' },
      { status: null, stdout: '' },
      { status: 2, stdout: '' },
      { status: 0, stdout: 'after\n' },
      { status: 0, stdout: 'blank\n' },
    ])
  })

  it('commands: what they leave running is not waited for, and says nothing into another answer', () => {
    const [go, end] = [at(`go-${shell[0]}`), at(`end-${shell[0]}`)]
    // Bounded, so that a probe that waits for it gets its words too, and no test waits for ever.
    const wait = (file: string) => `for i in $(seq 500); do [ -e ${file} ] && break; sleep 0.02; done`
    const facts = ask(
      [
        commandOutput(`{ ${wait(go)}; : >${end}; echo late; } & echo early`),
        commandOutput(`: >${go}; ${wait(end)}; echo next`),
        commandOutput(`sleep 1000 & echo $! >${go}.pid; exit 4`),
      ],
      { shell },
    )
    process.kill(Number(readFileSync(`${go}.pid`, 'utf8')))
    expect(facts).toEqual([
      { status: 0, stdout: 'early\n' },
      { status: 0, stdout: 'next\n' },
      { status: 4, stdout: '' },
    ])
  })

  it.each([
    ['where contents are asked for, each once', textFile, 1],
    ['where none are', inode, 2],
  ] as const)('files: the names of owners and groups, %s', (_, passwd, most) => {
    const commands = makeCommands({ stat: 'echo "$*" >>"$LOG"; exec /usr/bin/stat "$@"' })
    const others = ['/var/mail', '/', '/etc/gshadow'].map(inode)
    const facts = ask([inode('/etc/shadow'), passwd('/etc/passwd'), ...others], { shell, commands })
    expect(facts.map((fact) => 'owner' in fact && [fact.owner, fact.group])).toEqual([
      ['root', 'shadow'],
      ['root', 'root'],
      ['root', 'mail'],
      ['root', 'root'],
      ['root', 'shadow'],
    ])
    const named = readFileSync(join(commands, 'log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('%U'))
    expect(named).toHaveLength(1)
    expect(named[0]?.match(/shadow/g)).toHaveLength(most)
  })

  it.each([
    ['files', [textFile('/etc/passwd'), digestedFile(at('link')), inode('/none')], {}],
    ['files that stat does not find', [textFile('/etc/passwd')], { stat: 'exit 1' }],
    ['accounts', Object.values(accountIds({ owner: 'nobody', group: 'no such' })), {}],
  ] as const)('what runs in the shell itself leaves it as it was: %s', (_, probes, commands) => {
    const { kind } = probes[0] as Probe<unknown>
    expect(kind.inShell).toBe(true)
    // Unset, it is what it is at first.
    const state = 'state() { echo "$-"; pwd; echo "[${IFS- \t\n}]"; }\n'
    const script = `${state}before=$(state)\n{ ${kind.script(probes as never)}\n} >/dev/null 2>&1\n[ "$before" = "$(state)" ] && echo same`
    const { stdout } = runScript({ script, functions: kind.functions }, { shell, commands: makeCommands(commands) })
    expect(stdout.toString()).toBe('same\n')
  })

  it('accounts: local ones and those that only the name service knows', () => {
    const commands = makeCommands({ getent: '[ "$3" = ada ] && echo "ada:*:10001:10513::/:/bin/sh"' })
    const facts = ask(Object.values(accountIds({ owner: 'daemon', group: 'daemon' })) as never, { shell, commands })
    expect(facts).toEqual([1, 1])
    expect(
      ask([accountIds({ owner: 'ada' }).ownerId, accountIds({ owner: 'no one' }).ownerId] as never, {
        shell,
        commands,
      }),
    ).toEqual([10001, null])
    expect(accountIds({ owner: 'root', group: '12' })).toEqual({})
  })

  it('units: running, unknown and stopped ones', () => {
    const facts = ask([unit('ssh'), unit('nosuch.service'), unit('once')], {
      shell,
      commands: makeCommands({ systemctl: SHOW }),
    })
    expect(facts).toEqual([
      {
        load: 'loaded',
        active: 'active',
        sub: 'running',
        file: 'enabled',
        startedAt: 1795492829808760,
        needsReload: false,
      },
      { load: 'not-found', active: 'inactive', sub: 'dead', file: '', startedAt: null, needsReload: false },
      { load: 'loaded', active: 'failed', sub: 'failed', file: 'static', startedAt: null, needsReload: true },
    ])
  })
})

const SHOW = `case $2 in --timestamp=us) ;; *) exit 9 ;; esac
shift 4; [ "$*" = '-- ssh.service nosuch.service once.service' ] || exit 8
cat <<'END'
MainPID=89
ExecMainStartTimestamp=Tue 2026-11-24 04:00:29.808760 UTC
Id=ssh.service
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
NeedDaemonReload=no

MainPID=0
ExecMainStartTimestamp=
Id=nosuch.service
LoadState=not-found
ActiveState=inactive
SubState=dead
UnitFileState=
NeedDaemonReload=no

MainPID=0
ExecMainStartTimestamp=Tue 2026-11-24 04:00:29.808760 UTC
Id=once.service
LoadState=loaded
ActiveState=failed
SubState=failed
UnitFileState=static
NeedDaemonReload=yes
END`

it('units: an older systemd prints whole seconds, taken to their end', () => {
  const old = `[ "$2" = --timestamp=us ] && exit 1\ncat <<'END'\n${SHOW.split('\n').slice(3, 11).join('\n').replace('.808760', '')}\nEND`
  const [fact] = ask([unit('ssh')], { commands: makeCommands({ systemctl: old }) })
  expect(fact?.startedAt).toBe(1795492829999999)
})

const SELF = '0:0:root:root\n\n0:0:4000:0:1:1767225600.000000/1767225600.000000/0\n'

it('files: names of accounts may hold blanks', () => {
  const answer = `exists r\n10001:10513:CORP\\ada l:domain users\n${SELF}10001:10513:81a4:1:1:1767225600.000000/1767225600.000000/0\nxend of files\n`
  expect(textFile('/x').kind.read(Buffer.from(answer), [textFile('/x')] as never)).toMatchObject([
    { owner: 'CORP\\ada l', group: 'domain users', uid: 10001, gid: 10513, text: 'x' },
  ])
})

it.each([
  ['one name: what changed the inode changed the file', 1, '12:00:02', '12:00:00'],
  ['two names: the inode changed, the file did not', 2, '12:00:00', '12:00:00.999999'],
  ['two names: it was written again', 2, '12:00:01.5', '12:00:01.5'],
])('files, %s', (_, links, written, changed) => {
  const day = '2026-01-01 '
  const born = Date.parse(`${day}12:00:00Z`) / 1000
  const epoch = (time: string) => `${Date.parse(`${day}${time.slice(0, 8)}Z`) / 1000}.${time.slice(9).padEnd(6, '0')}`
  const times = `${epoch('12:00:02')}/${epoch(written)}/${born}`
  const answer = `exists r\n${SELF}0:0:81a4:0:${links}:${times}\nend of files\n`
  const [fact] = inode('/x').kind.read(Buffer.from(answer), [inode('/x')] as never)
  const expected = links === 1 ? '12:00:02' : changed
  expect(fact).toMatchObject({
    changedAt: Date.parse(`${day}${expected.slice(0, 12)}Z`) * 1000 + (expected.length > 12 ? 999 : 0),
    writtenAt: Date.parse(`${day}${written.slice(0, 12)}Z`) * 1000 + (written.length > 12 ? 999 : 0),
  })
})

it('units: a timer has no main process', () => {
  const timer = `cat <<'END'\nId=x.timer\nLoadState=loaded\nActiveState=active\nSubState=waiting\nUnitFileState=enabled
ActiveEnterTimestamp=Tue 2026-11-24 04:00:29.808760 UTC\nNeedDaemonReload=no\nEND`
  const [fact] = ask([unit('x.timer')], { commands: makeCommands({ systemctl: timer }) })
  expect(fact).toMatchObject({ active: 'active', startedAt: 1795492829808760 })
})

describe('what no script would say is refused', () => {
  const cases: readonly [string, Probe<unknown>, string][] = [
    ['an answer about files that is cut short', textFile('/x'), 'exists r\n'],
    [
      'a file longer than it was',
      textFile('/x'),
      `exists r\n${SELF}0:0:81a4:1:1:1767225600.000000/1767225600.000000/0\nabend of files\n`,
    ],
    [
      'a file shorter than it was',
      textFile('/x'),
      `exists r\n${SELF}0:0:81a4:9:1:1767225600.000000/1767225600.000000/0\nab`,
    ],
    ['a stat that is none', inode('/x'), `exists r\n${SELF}nonsense\nend of files\n`],
    [
      'an owner whose name was not given',
      inode('/x'),
      `exists r\n${SELF}7:0:81a4:0:1:1767225600.000000/1767225600.000000/0\nend of files\n`,
    ],
    ['names of owners that are none', inode('/x'), `exists r\n0:root\n${SELF}${SELF.split('\n\n')[1]}end of files\n`],
    ['an answer about directories that is cut short', directory('/x'), 'directory\n'],
    ['a command without its length', commandOutput('x'), '0\n'],
    ['too few units', unit('x'), ''],
    [
      'an impossible date',
      unit('x'),
      'LoadState=loaded\nActiveState=active\nSubState=x\nUnitFileState=\nNeedDaemonReload=no\nExecMainStartTimestamp=Tue 2026-99-99 04:00:29 UTC\n',
    ],
    [
      'an impossible hour',
      unit('x'),
      'LoadState=loaded\nActiveState=active\nSubState=x\nUnitFileState=\nNeedDaemonReload=no\nExecMainStartTimestamp=Tue 2026-11-24 99:00:29 UTC\n',
    ],
    [
      'a time without microseconds',
      inode('/x'),
      `exists r\n${SELF}0:0:81a4:0:1:1767225600/1767225600.000000/0\nend of files\n`,
    ],
    [
      'a time that is none',
      inode('/x'),
      `exists r\n${SELF}0:0:81a4:0:1:17672256000.00000/1767225600.000000/0\nend of files\n`,
    ],
    ['no package manager', packageState('x'), 'zypper\n'],
  ]
  it.each(cases)('%s', (_, probe, answer) => {
    expect(() => probe.kind.read(Buffer.from(answer), [probe] as never)).toThrow(GarbledAnswer)
  })
})
