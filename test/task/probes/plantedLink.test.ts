// Root reads where another user is the master of names: what a link of theirs leads to is not brought.
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { digestedFile, fileDigest, inode, type Probe, Refusal, sha256, textFile } from 'crane-play/task'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startCommand } from '../../cli/runCommand.ts'
import { ask, makeCommands, runScript, SHELLS } from '../runShell.ts'

const OTHER = 65534
const isRoot = process.getuid?.() === 0
// Nobody but root may write the directories above it, which is not so below /tmp.
const place = isRoot ? mkdtempSync('/run/crane-play-test-') : '/nowhere'
const theirs = join(place, 'theirs')
const ours = join(place, 'ours')
const secret = join(place, 'closed/secret')
afterAll(() => rmSync(place, { recursive: true, force: true }))

beforeEach(() => {
  if (!isRoot) return
  rmSync(place, { recursive: true, force: true })
  for (const path of [place, ours, theirs]) mkdirSync(path, { mode: 0o755 })
  mkdirSync(join(place, 'closed'), { mode: 0o700 })
  writeFileSync(secret, 'secret\n', { mode: 0o600 })
  chownSync(theirs, OTHER, OTHER)
})

const CONTENTS = [textFile, digestedFile, fileDigest] as const
const whole = { type: 'file', text: 'secret\n', sha256: sha256('secret\n') }

// Only root can act for another user.
describe.skipIf(!isRoot).each(SHELLS.map((shell) => ({ name: shell[0], shell })))('$name', ({ shell }) => {
  const read = (...probes: Probe<unknown>[]) => ask(probes, { shell })

  const plantings: readonly (readonly [what: string, path: string, plant: () => void])[] = [
    ['the file', `${theirs}/x`, () => symlinkSync(secret, `${theirs}/x`)],
    ['a directory on the way', `${theirs}/d/secret`, () => symlinkSync(`${place}/closed`, `${theirs}/d`)],
    [
      "the target of root's own link",
      `${ours}/x`,
      () => {
        symlinkSync(`${theirs}/x`, `${ours}/x`)
        symlinkSync(secret, `${theirs}/x`)
      },
    ],
    [
      "the file, in a group's directory",
      `${theirs}/x`,
      () => {
        chownSync(theirs, 0, OTHER)
        chmodSync(theirs, 0o775)
        symlinkSync(secret, `${theirs}/x`)
      },
    ],
    ['a name with a line feed', `${theirs}/a\nb`, () => symlinkSync(secret, `${theirs}/a\nb`)],
    [
      'a target with a line feed',
      `${theirs}/x/secret`,
      () => {
        symlinkSync(`${place}/a\nentered`, `${theirs}/x`)
        symlinkSync(`${place}/closed`, `${place}/a\nentered`)
      },
    ],
  ]
  it.each(plantings)('a link in place of %s is not followed, and other files are read beside it', (_, path, plant) => {
    plant()
    writeFileSync(join(ours, 'fine'), 'fine\n')
    for (const content of CONTENTS) {
      const [refused, fine] = read(content(path), textFile(join(ours, 'fine')))
      expect(refused).toBeInstanceOf(Refusal)
      expect((refused as Refusal).cause).toMatch(/ is not read: the symbolic link .* can be replaced by another user/s)
      expect((refused as Refusal).hint).toContain('follow: true')
      expect(fine).toMatchObject({ type: 'file', text: 'fine\n' })
      expect(read(content(path, { follow: true }))).toMatchObject([
        { type: 'file', sha256: content === fileDigest ? whole.sha256 : expect.anything() },
      ])
    }
    expect(read(inode(path))).toMatchObject([{ type: 'file', text: null, sha256: null }])
  })

  it('a link of theirs in a sticky directory is not followed, by the kernel or by us', () => {
    chownSync(theirs, 0, 0)
    chmodSync(theirs, 0o1777)
    symlinkSync(secret, `${theirs}/x`)
    lchownSync(`${theirs}/x`, OTHER, OTHER)
    const [fact] = read(digestedFile(`${theirs}/x`))
    expect(fact instanceof Refusal ? fact.cause : (fact as { type: string }).type).toMatch(
      /can be replaced by another user|^dangling-link$/,
    )
    lchownSync(`${theirs}/x`, 0, 0)
    expect(read(digestedFile(`${theirs}/x`))).toMatchObject([whole])
  })

  it('a file of theirs is read, with those beside it', () => {
    writeFileSync(`${theirs}/long`, `${'x'.repeat(300_000)}\n`)
    writeFileSync(`${theirs}/b \\ 'c`, 'grüße\n\n')
    writeFileSync(`${theirs}/empty`, '')
    writeFileSync(`${ours}/fine`, 'fine\n')
    const paths = [`${theirs}/b \\ 'c`, `${ours}/fine`, `${theirs}/long`, `${theirs}/empty`, `${theirs}/none`]
    const texts = ['grüße\n\n', 'fine\n', null, '', undefined]
    const facts = read(...paths.map((path) => digestedFile(path))) as readonly {
      text?: string | null
      sha256?: string
    }[]
    expect(facts.map(({ text }) => text)).toEqual(texts)
    expect(facts.map((fact) => fact.sha256)).toEqual([
      sha256('grüße\n\n'),
      sha256('fine\n'),
      sha256(`${'x'.repeat(300_000)}\n`),
      sha256(''),
      undefined,
    ])
  })

  it('links that only root can replace are followed', () => {
    symlinkSync('closed', `${place}/opened`)
    symlinkSync(`${place}/opened/secret`, `${ours}/link`)
    expect(read(digestedFile(`${ours}/link`), digestedFile(`${place}/opened/secret`))).toMatchObject([
      { ...whole, link: true },
      { ...whole, link: false },
    ])
    // Without namei they are followed too, one by one.
    const commands = makeCommands({ namei: 'exit 127' })
    expect(ask([digestedFile(`${ours}/link`)], { shell, commands })).toMatchObject([{ ...whole, link: true }])
  })

  it('loses to no swap of a name while it is read, where a careless reader does', () => {
    const swap = `cd '${theirs}' || exit; while :; do echo mine >n; mv n x; ln -s '${secret}' n; mv n x; done`
    const attacker = spawn('setpriv', [`--reuid=${OTHER}`, `--regid=${OTHER}`, '--clear-groups', 'sh', '-c', swap], {
      detached: true,
      stdio: 'ignore',
    })
    try {
      const careless = { script: `p='${theirs}/x'; [ ! -L "$p" ] && head -c 100 -- "$p"` }
      const stolen = (text: string) => text.includes('secret')
      const wins = (tries: number, work: () => boolean) => Array.from({ length: tries }).some(() => work())
      const lost = () => stolen(runScript(careless, { shell }).stdout.toString())
      expect(wins(2000, lost), 'the attack is worth nothing').toBe(true)
      const { kind } = textFile('/x')
      const script = kind.script([digestedFile(`${theirs}/x`)] as never)
      const careful = () => stolen(runScript({ script, functions: kind.functions }, { shell }).stdout.toString())
      expect(wins(100, careful)).toBe(false)
    } finally {
      if (attacker.pid) process.kill(-attacker.pid, 'SIGKILL')
    }
  })

  it('what nobody else can swap costs no process more than stat, head and sha256sum', () => {
    for (const name of ['a', 'b', 'c']) writeFileSync(join(ours, name), name)
    const commands = makeCommands(
      Object.fromEntries(
        ['stat', 'head', 'sha256sum', 'namei', 'readlink', 'dd', 'id'].map((tool) => [
          tool,
          `echo ${tool} >>"$LOG"; exec /usr/bin/${tool} "$@"`,
        ]),
      ),
    )
    const facts = ask(
      ['a', 'b', 'c'].map((name) => digestedFile(join(ours, name))),
      { shell, commands },
    )
    expect(facts).toMatchObject([{ text: 'a' }, { text: 'b' }, { text: 'c' }])
    expect(runScript({ script: `cat '${commands}/log'` }).stdout.toString()).toBe('stat\nstat\nhead\nsha256sum\n')
  })
})

it.skipIf(!isRoot).each(['--check', '--diff'])(
  'the target is nowhere in what the command prints, with %s',
  async (mode) => {
    symlinkSync(secret, `${theirs}/x`)
    const play = join(place, 'play.yml')
    const path = `${theirs}/x`
    const tasks = [
      { writeFile: { path, content: 'new\n' }, ignore_errors: true },
      { readFile: { path }, register: 'r', ignore_errors: true },
      { ensureYaml: { path, set: { a: 1 } }, ignore_errors: true },
      { compareFile: { path, content: 'x' }, ignore_errors: true },
      { downloadFile: { path, url: 'file:///etc/hostname', sha256: '0'.repeat(64) }, ignore_errors: true },
      { readFile: { path: `${ours}/fine` } },
    ]
    writeFileSync(`${ours}/fine`, 'fine\n')
    writeFileSync(play, JSON.stringify([{ hosts: 'all', tasks }]))
    writeFileSync(join(place, 'hosts'), 'here ansible_connection=local\n')
    const argv = [play, '-i', join(place, 'hosts'), '--diff', mode, '-vvv', '--output', 'jsonl']
    const { out, err, status } = await startCommand(...argv).done
    expect(`${out}${err}`).not.toContain(whole.text.trim() + '\\n')
    expect(out).not.toContain(whole.sha256)
    expect(out.match(/can be replaced by another user, and is not followed/g)?.length).toBeGreaterThanOrEqual(5)
    expect(status).toBe(0)
    unlinkSync(path)
  },
)
