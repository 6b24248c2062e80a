// Root writes where another user is the master of names: links and swaps of theirs lead nowhere, and secrets stay secret.
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import {
  createDirectory,
  createLink,
  explainWriteFailure,
  removePath,
  replaceFile,
  type ShellStep,
  script,
} from 'crane-play/task'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeCommands, runScript, SHELLS, temporaryDirectory } from './runShell.ts'

const OTHER = 65534
const root = temporaryDirectory()
chmodSync(root, 0o755)
let count = 0
/** A directory of the other user's, and beside it what only root may read and change. */
let theirs: string
let victim: string
let secret: string

beforeEach(() => {
  const place = join(root, String(count++))
  theirs = join(place, 'theirs')
  victim = join(place, 'victim')
  secret = join(victim, 'secret')
  mkdirSync(theirs, { recursive: true })
  mkdirSync(victim, { mode: 0o700 })
  writeFileSync(secret, 'secret\n', { mode: 0o600 })
  chownSync(theirs, OTHER, OTHER)
})

const asOther = ['setpriv', `--reuid=${OTHER}`, `--regid=${OTHER}`, '--clear-groups']
const untouched = () => {
  expect(readFileSync(secret, 'utf8')).toBe('secret\n')
  expect(lstatSync(secret)).toMatchObject({ uid: 0, gid: 0 })
  expect(statSync(victim)).toMatchObject({ uid: 0, gid: 0 })
  expect(statSync(victim).mode & 0o7777).toBe(0o700)
  expect(readdirSync(victim)).toEqual(['secret'])
}

/** What root would do without care, to see that the attacks win: a temporary file beside the target, filled by its name, its mode set at the end. */
const careless = (path: string, mode = '0644'): ShellStep =>
  script(
    'write',
    `new=$(mktemp "${path}.XXXXXXXX"); chmod 0644 "$new"; dd of="$new" status=none; chmod ${mode} "$new"; mv -f "$new" "${path}"`,
    { stdin: 'new\n' },
  )

/** The same for a directory: made, and then given away by its name. */
const carelessDirectory = (path: string): ShellStep =>
  script('create', `mkdir -p "${path}"; chown ${OTHER} "${path}"; chmod 0755 "${path}"`)

/** Of what is done without care: an attack wins once in ten to a hundred tries, as the shell may be, and ends with that. */
const UNTIL_IT_WINS = 2000

/** Does something to every new name in their directory, as fast as a shell can, while `work` is done again and again: whether it succeeds. */
function underAttack(swap: string, tries: number, work: () => boolean): boolean {
  const [command = '', ...args] = asOther
  const loop = `cd '${theirs}' || exit; while :; do for n in .crane-play.* .crane-play.*/* x x.*; do ${swap}; done; done`
  const attacker = spawn(command, [...args, 'sh', '-c', loop], { detached: true, stdio: 'ignore' })
  try {
    for (let i = 0; i < tries; i++) if (work()) return true
    return false
  } finally {
    if (attacker.pid) process.kill(-attacker.pid, 'SIGKILL')
  }
}

// Only root can act for another user.
describe.skipIf(process.getuid?.() !== 0).each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  const put = (path: string, more: Partial<Parameters<typeof replaceFile>[0]> = {}) =>
    runScript(replaceFile({ path, content: 'new\n', ...more }), { shell })
  const make = (path: string, more: Partial<Parameters<typeof createDirectory>[0]> = {}) =>
    runScript(createDirectory({ path, ...more }), { shell })

  it('loses to no swap of the temporary file, where a careless write does', () => {
    const swapFile = `[ -f "$n" ] && [ ! -L "$n" ] && ln -sf '${secret}' "$n"`
    const lost = () => readFileSync(secret, 'utf8') !== 'secret\n'
    const write = (step: ShellStep) => () => (runScript(step, { shell }), lost())
    expect(underAttack(swapFile, UNTIL_IT_WINS, write(careless(`${theirs}/x`))), 'the attack is worth nothing').toBe(
      true,
    )
    writeFileSync(secret, 'secret\n')
    const step = replaceFile({ path: `${theirs}/config`, content: 'new\n' })
    const swapAll = `if [ -d "$n" ] && [ ! -L "$n" ]; then mv "$n" "gone$n" && ln -s '${victim}' "$n"; else ${swapFile}; fi`
    expect(underAttack(swapAll, 25, write(step))).toBe(false)
    untouched()
  })

  it('does not give away a directory that a link of theirs leads to', () => {
    symlinkSync(victim, join(theirs, 'data'))
    const { status, stderr } = make(`${theirs}/data`, { owner: String(OTHER), mode: '0755' })
    expect(status).not.toBe(0)
    expect(explainWriteFailure({ stderr }, '/x')?.cause).toContain('can be replaced by another user')
    expect(make(`${theirs}/data/below`, { owner: String(OTHER) }).status).not.toBe(0)
    untouched()
  })

  it('gives away no directory that is swapped in, where a careless command does', () => {
    const swap = `:; mkdir data 2>/dev/null; mv data gone.$$; ln -s '${victim}' data; rm -rf data gone.$$`
    const given = (step: ShellStep) => () => (runScript(step, { shell }), statSync(victim).uid !== 0)
    expect(
      underAttack(swap, UNTIL_IT_WINS, given(carelessDirectory(`${theirs}/data`))),
      'the attack is worth nothing',
    ).toBe(true)
    chownSync(victim, 0, 0)
    chmodSync(victim, 0o700)
    const step = createDirectory({ path: `${theirs}/data`, owner: String(OTHER), mode: '0755' })
    expect(underAttack(swap, 25, given(step))).toBe(false)
    untouched()
  })

  it.each([
    ['a new file', undefined],
    ['a file that others may read until now', 'old\n'],
  ])('shows a secret to no reader while it is written to %s, where a careless write does', (_, before) => {
    const path = join(theirs, 'x')
    const loot = join(theirs, 'loot')
    const look = '[ -f "$n" ] && read -r line <"$n" 2>/dev/null && echo "$line" >>loot'
    const work = (step: ShellStep) => () => {
      rmSync(path, { force: true })
      if (before !== undefined) writeFileSync(path, before, { mode: 0o644 })
      runScript(step, { shell })
      expect(readFileSync(path, 'utf8')).toBe('new\n')
      expect(statSync(path).mode & 0o777).toBe(0o600)
      return existsSync(loot) && readFileSync(loot, 'utf8').includes('new')
    }
    expect(underAttack(look, UNTIL_IT_WINS, work(careless(path, '0600'))), 'the attack is worth nothing').toBe(true)
    rmSync(loot)
    expect(underAttack(look, 25, work(replaceFile({ path, content: 'new\n', mode: '0600' })))).toBe(false)
  })

  it('writes through no link of theirs, unless it is asked to', () => {
    symlinkSync(secret, join(theirs, 'config'))
    const refused = put(`${theirs}/config`)
    expect(refused.status).not.toBe(0)
    expect(explainWriteFailure(refused, '/x')?.hint).toContain('follow: true')
    untouched()
    expect(put(`${theirs}/config`, { follow: true })).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(secret, 'utf8')).toBe('new\n')
    expect(statSync(secret).mode & 0o777).toBe(0o600)
  })

  it.each([
    ["root's own directory", 0, 0o755, 0, true],
    ['a directory that a group may write', 0, 0o775, 0, false],
    ['a sticky directory, a link of theirs', 0, 0o1777, OTHER, false],
    ["a sticky directory, root's link", 0, 0o1777, 0, true],
    ["their sticky directory, root's link", OTHER, 0o1777, 0, false],
  ])('follows a link in %s', (_, owner, mode, linkOwner, followed) => {
    const target = join(theirs, '../target')
    writeFileSync(target, 'old\n')
    symlinkSync('../target', join(theirs, 'link'))
    runScript(script('own', `chown -h ${linkOwner} '${theirs}/link'; chown ${owner} '${theirs}'`))
    chmodSync(theirs, mode)
    expect(put(`${theirs}/link`).status === 0).toBe(followed)
    expect(readFileSync(target, 'utf8')).toBe(followed ? 'new\n' : 'old\n')
    rmSync(target)
  })

  it('keeps content from others until owner and mode are set', () => {
    // Each tool writes down what the others could do at that moment with the directory and the files in it.
    const look = (tool: string) =>
      `stat -c '%a %n' . ./* 2>/dev/null | tr '\\n' ' ' >>"$LOG"; echo ${tool} >>"$LOG"; exec /usr/bin/${tool} "$@"`
    const commands = makeCommands(
      Object.fromEntries(['cp', 'dd', 'wc', 'chown', 'chmod'].map((tool) => [tool, look(tool)])),
    )
    const path = `${theirs}/key`
    for (const there of [false, true]) {
      if (there) writeFileSync(path, 'old\n', { mode: 0o644 })
      const step = replaceFile({ path, content: 'secret\n', owner: '0', mode: '0600' })
      expect(runScript(step, { shell, commands })).toMatchObject({ status: 0 })
      expect(statSync(path).mode & 0o7777).toBe(0o600)
      rmSync(path)
    }
    const lines = readFileSync(`${commands}/log`, 'utf8').trim().split('\n')
    expect(lines.length).toBeGreaterThan(6)
    expect(lines.filter((line) => !line.startsWith('700 .'))).toEqual([])
    const filled = lines.filter((line) => /(wc|chown)$/.test(line))
    expect(filled.filter((line) => !line.includes('600 ./key'))).toEqual([])
  })

  it('removes and links nothing through a link of theirs', () => {
    symlinkSync(victim, join(theirs, 'data'))
    expect(runScript(removePath(`${theirs}/data/secret`), { shell }).status).not.toBe(0)
    expect(runScript(createLink(`${theirs}/data/new`, '/etc'), { shell }).status).not.toBe(0)
    untouched()
    expect(runScript(removePath(`${theirs}/data`, { recursive: true }), { shell })).toMatchObject({ status: 0 })
    expect(readdirSync(theirs)).toEqual([])
    untouched()
    expect(runScript(createLink(`${theirs}/data`, victim), { shell })).toMatchObject({ status: 0, stderr: '' })
    expect(runScript(createLink(`${theirs}/data`, 'else where'), { shell })).toMatchObject({ status: 0, stderr: '' })
    expect(readlinkSync(join(theirs, 'data'))).toBe('else where')
    untouched()
  })

  it('replaces no file whose owner it cannot keep', () => {
    const path = join(theirs, 'config')
    writeFileSync(path, 'old\n')
    const step = replaceFile({ path, content: 'new\n' })
    const ran = runScript(step, { shell: [...asOther, ...shell] as never })
    expect(ran.status).not.toBe(0)
    expect(explainWriteFailure(ran, path)?.cause).toContain('only root can set or keep its owner')
    expect(readFileSync(path, 'utf8')).toBe('old\n')
    expect(statSync(path).uid).toBe(0)
    expect(readdirSync(theirs)).toEqual(['config'])
  })

  it('keeps setuid and setgid bits of a file whose owner is set', () => {
    const path = join(victim, 'tool')
    writeFileSync(path, 'old\n')
    chmodSync(path, 0o4755)
    expect(put(path, { owner: String(OTHER) }).status).toBe(0)
    expect(statSync(path).mode & 0o7777).toBe(0o4755)
    rmSync(path)
  })

  it('sets all bits of a directory, and keeps them where none are asked for', () => {
    const path = join(theirs, 'shared')
    chmodSync(theirs, 0o2775)
    expect(make(path, { mode: '0750' }).status).toBe(0)
    expect(statSync(path).mode & 0o7777).toBe(0o750)
    chmodSync(path, 0o2770)
    expect(make(path, { owner: '0' }).status).toBe(0)
    expect(statSync(path)).toMatchObject({ uid: 0 })
    expect(statSync(path).mode & 0o7777).toBe(0o2770)
    expect(make(`${path}/a b/c`, { mode: '1777', owner: String(OTHER) }).status).toBe(0)
    expect(statSync(`${path}/a b`).uid).toBe(0)
    expect(statSync(`${path}/a b/c`).mode & 0o7777).toBe(0o1777)
  })

  it("gives a file its own SELinux label: the old one's, or that of the path it will have", () => {
    const commands = makeCommands({
      selinuxenabled: 'exit 0',
      matchpathcon: `shift 2; echo "label-of:$1"`,
      chcon: 'echo "$*" >>"$LOG"',
    })
    const path = `${victim}/config`
    for (let i = 0; i < 2; i++)
      expect(runScript(replaceFile({ path, content: 'new\n' }), { shell, commands }).status).toBe(0)
    rmSync(path)
    expect(readFileSync(`${commands}/log`, 'utf8')).toBe(
      `-- label-of:${path} ./config\n--reference=.crane-play.old -- ./config\n`,
    )
  })
})
