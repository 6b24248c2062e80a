// The script that puts a file in place, run for real: what is kept, what is left behind when it fails.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import {
  explainWriteFailure,
  type FileFact,
  predictFile,
  quoteShell,
  replaceFile,
  sha256,
  textFile,
} from 'crane-play/task'
import { beforeEach, describe, expect, it } from 'vitest'
import { ask, makeCommands, runScript, SHELLS, temporaryDirectory } from './runShell.ts'

let directory: string
let path: string
const root = temporaryDirectory()
let count = 0

beforeEach(() => {
  directory = join(root, `a directory ${count++}`)
  mkdirSync(directory)
  path = join(directory, "it's.conf")
})

const seenAs = (text: string): FileFact => ({ type: 'file', sha256: sha256(text) }) as FileFact

const modeOf = (file: string) => (statSync(file).mode & 0o7777).toString(8)

const ANY_TIME = { changedAt: 0, writtenAt: 0 }

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  const put = (more: Partial<Parameters<typeof replaceFile>[0]> = {}) =>
    runScript(replaceFile({ path, content: 'new\n\n', ...more }), { shell })

  it('makes a new file, and the probe then reads what was predicted', () => {
    const [before] = ask([textFile(path)], { shell })
    if (!before) throw new Error('nothing was read')
    expect(put()).toMatchObject({ status: 0, stderr: '' })
    const [after] = ask([textFile(path)], { shell })
    const predicted = predictFile(before, 'new\n\n', 0)
    expect({ ...after, ...ANY_TIME, sha256: 0 }).toEqual({ ...(predicted as object), ...ANY_TIME, sha256: 0 })
    expect(readdirSync(directory)).toEqual(["it's.conf"])
  })

  it('keeps the mode of what it replaces, and a backup when asked', () => {
    writeFileSync(path, 'old\n')
    chmodSync(path, 0o604)
    expect(put({ backup: true }).status).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe('new\n\n')
    expect(modeOf(path)).toBe('604')
    const backups = readdirSync(directory).filter((name) => name.endsWith('~'))
    expect(backups).toHaveLength(1)
    expect(readFileSync(join(directory, backups[0] ?? ''), 'utf8')).toBe('old\n')
    expect(modeOf(join(directory, backups[0] ?? ''))).toBe('604')
  })

  it('keeps each of several backups of one second, in names that sort as they were kept', () => {
    writeFileSync(path, '0\n')
    const commands = makeCommands({ date: 'echo 20260102T030405' })
    for (const content of ['1\n', '2\n', '3\n'])
      expect(runScript(replaceFile({ path, content, backup: true }), { shell, commands }).status).toBe(0)
    const backups = readdirSync(directory).filter((name) => name.endsWith('~'))
    expect(backups.toSorted().map((name) => readFileSync(join(directory, name), 'utf8'))).toEqual(['0\n', '1\n', '2\n'])
  })

  it('sets the mode that is asked for', () => {
    expect(put({ mode: '0640' }).status).toBe(0)
    expect(modeOf(path)).toBe('640')
  })

  it('replaces what a link points to, and keeps the link', () => {
    const real = join(directory, 'real')
    writeFileSync(real, 'old\n')
    symlinkSync('real', path)
    expect(put().status).toBe(0)
    expect(lstatSync(path).isSymbolicLink()).toBe(true)
    expect(readFileSync(real, 'utf8')).toBe('new\n\n')
  })

  it('leaves all as it was when the content is not accepted', () => {
    writeFileSync(path, 'old\n')
    const refused = put({ validate: 'grep -q good %s' })
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('not accepted by: grep -q good %s')
    expect(readFileSync(path, 'utf8')).toBe('old\n')
    expect(readdirSync(directory)).toEqual(["it's.conf"])
  })

  const REFUSED: readonly (readonly [string, Partial<Parameters<typeof replaceFile>[0]>, string, string])[] = [
    [
      'the content is not accepted',
      { validate: 'grep -q good %s' },
      'its new content was refused by `grep -q good %s`',
      'fix the content',
    ],
    ['there is no such user', { owner: 'nobody-9' }, 'the host has no user or group nobody-9', 'account'],
    ['there is no such group', { group: 'nobody-9' }, 'the host has no user or group nobody-9', 'account'],
  ]
  it.each(REFUSED)('says why: %s', (_, more, cause, hint) => {
    writeFileSync(path, 'old\n')
    const refused = put(more)
    expect(refused.status).not.toBe(0)
    const explained = explainWriteFailure(refused, path)
    expect(explained?.cause).toContain(`${path} was not written: ${cause}`)
    expect(explained?.hint).toContain(hint)
    expect(readFileSync(path, 'utf8')).toBe('old\n')
  })

  it.each(['grep -q new %s && grep -q new %s', 'grep -q new "%s"', "grep -q new '%s'"])(
    'checks with %j',
    (validate) => {
      writeFileSync(path, 'old\n')
      expect(put({ validate })).toMatchObject({ status: 0, stderr: '' })
      expect(readFileSync(path, 'utf8')).toBe('new\n\n')
    },
  )

  it('gives the command a file with the name that it will have', () => {
    const named = put({ path: `${root}/site.conf`, validate: 'case %s in */site.conf) ;; *) exit 1 ;; esac' })
    expect(named).toMatchObject({ status: 0, stderr: '' })
  })

  it.each<[string, string | undefined, FileFact]>([
    ['another content', 'appended\n', seenAs('old\n')],
    ['no file any more', undefined, seenAs('old\n')],
    ['a file where there was none', 'made\n', { type: 'absent' }],
  ])('writes nothing over what was not seen: %s', (_, there, seen) => {
    if (there !== undefined) writeFileSync(path, there)
    const step = replaceFile({ path, content: 'new\n', seen, backup: true })
    const { status } = runScript(step, { shell })
    expect(status).toBe(step.outdatedStatus)
    expect(readdirSync(directory)).toEqual(there === undefined ? [] : ["it's.conf"])
    if (there !== undefined) expect(readFileSync(path, 'utf8')).toBe(there)
  })

  const OTHERS = {
    appends: 'echo theirs >>"$F"',
    'saves anew': 'echo theirs >"$F.x" && mv "$F.x" "$F"',
    removes: 'rm "$F"',
  }

  it.each(Object.entries(OTHERS))(
    'writes nothing over what somebody %s while the content is checked',
    (_, meanwhile) => {
      writeFileSync(path, 'old\n')
      const step = replaceFile({
        path,
        content: 'new\n',
        seen: seenAs('old\n'),
        validate: `F=${quoteShell(path)}; ${meanwhile}`,
        backup: true,
      })
      const { status } = runScript(step, { shell })
      expect(status).toBe(step.outdatedStatus)
      const expected = meanwhile.startsWith('rm') ? [] : ["it's.conf"]
      expect(readdirSync(directory)).toEqual(expected)
      if (expected.length > 0) expect(readFileSync(path, 'utf8')).toMatch(/theirs\n$/)
    },
  )

  it('writes nothing over what somebody makes while the content is checked', () => {
    const validate = `echo theirs >${quoteShell(path)}`
    const step = replaceFile({ path, content: 'new\n', seen: { type: 'absent' }, validate })
    expect(runScript(step, { shell }).status).toBe(step.outdatedStatus)
    expect(readFileSync(path, 'utf8')).toBe('theirs\n')
    expect(readdirSync(directory)).toEqual(["it's.conf"])
  })

  it('keeps what somebody writes at the very instant, and says so', () => {
    writeFileSync(path, 'old\n')
    // After the last comparison, mv is the next command.
    const commands = makeCommands({ mv: `case $* in *../) echo theirs >>"../\${3#./}" ;; esac; exec /bin/mv "$@"` })
    const step = replaceFile({ path, content: 'new\n', seen: seenAs('old\n') })
    const failed = runScript(step, { shell, commands })
    expect(failed.status).toBe(1)
    expect(readFileSync(path, 'utf8')).toBe('new\n')
    const kept = readdirSync(directory).find((name) => name.endsWith('~')) ?? ''
    expect(readFileSync(join(directory, kept), 'utf8')).toBe('old\ntheirs\n')
    expect(explainWriteFailure(failed, '/etc/x')).toEqual({
      cause: 'somebody else changed /etc/x while it was replaced',
      hint: `look at ${kept} beside it, which has what they wrote`,
    })
  })

  it('keeps it under no name that leads elsewhere', () => {
    writeFileSync(path, 'old\n')
    const elsewhere = join(directory, 'elsewhere')
    mkdirSync(elsewhere)
    symlinkSync(elsewhere, `${path}.now~`)
    const commands = makeCommands({
      date: 'echo now',
      mv: `case $* in *../) echo theirs >>"../\${3#./}" ;; esac; exec /bin/mv "$@"`,
    })
    runScript(replaceFile({ path, content: 'new\n', seen: seenAs('old\n') }), { shell, commands })
    expect(readdirSync(elsewhere)).toEqual([])
  })

  it('writes over what was seen', () => {
    writeFileSync(path, 'old\n')
    expect(put({ seen: seenAs('old\n') }).status).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe('new\n\n')
  })

  it('takes content that is accepted', () => {
    expect(put({ validate: 'grep -q new %s' })).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(path, 'utf8')).toBe('new\n\n')
  })

  it('leaves all as it was when the disk is full', () => {
    writeFileSync(path, 'old\n')
    // A limit on file sizes stops the write where a full disk would.
    const step = replaceFile({ path, content: 'x'.repeat(2_000_000) })
    const full = runScript({ ...step, script: `trap '' XFSZ; ulimit -f 1; ${step.script}` }, { shell })
    expect(full.status).not.toBe(0)
    expect(readFileSync(path, 'utf8')).toBe('old\n')
    expect(readdirSync(directory)).toEqual(["it's.conf"])
  })

  it('does not put in place what came only in part', () => {
    writeFileSync(path, 'old\n')
    const part = runScript({ ...replaceFile({ path, content: 'new\n', backup: true }), stdin: 'ne' }, { shell })
    expect(part).toMatchObject({ status: 1, stderr: 'the content arrived incomplete\n' })
    expect(readFileSync(path, 'utf8')).toBe('old\n')
    expect(readdirSync(directory)).toEqual(["it's.conf"])
  })

  it('leaves nothing behind when it is ended in the middle', () => {
    const ended = put({ validate: 'kill -TERM $PPID; sleep 1; : %s' })
    expect(ended.status).not.toBe(0)
    expect(readdirSync(directory)).toEqual([])
  })

  it('says so where root is somebody else, as on NFS, and leaves nothing behind', () => {
    const commands = makeCommands({ id: 'case $1 in -u) echo 12345 ;; *) echo root ;; esac' })
    const owner = lstatSync(directory).uid === 0 ? 'root' : '.*'
    const failed = runScript(replaceFile({ path, content: 'new\n' }), { shell, commands })
    expect(failed.status).toBe(1)
    expect(readdirSync(directory)).toEqual([])
    expect(explainWriteFailure(failed, '/etc/x')).toEqual({
      cause: expect.stringMatching(
        `^/etc/x was not written: a directory that root makes beside it belongs to ${owner}$`,
      ),
      hint: expect.stringContaining('root_squash'),
    })
  })

  it('says so when the directory is missing', () => {
    const gone = runScript(replaceFile({ path: `${directory}/none/x`, content: '' }), { shell })
    expect(gone.status).not.toBe(0)
    expect(gone.stderr).toContain('No such file or directory')
  })

  it('writes bytes as they are', () => {
    const content = Uint8Array.from([0, 10, 255, 13, 10])
    expect(put({ content }).status).toBe(0)
    expect(new Uint8Array(readFileSync(path))).toEqual(content)
  })
})

it.each([
  ['cp: error: No space left on device', 'there is no space left'],
  ["mktemp: failed to create file via template '/etc/.crane-play.XXXXXXXX': Permission denied", 'permission denied'],
  ["chown: changing ownership of '/etc/.crane-play.a': Operation not permitted", 'only root can set or keep its owner'],
])('explains %s', (stderr, cause) => expect(explainWriteFailure({ stderr }, '/etc/x')?.cause).toContain(cause))

it('leaves alone what it does not know', () => expect(explainWriteFailure({ stderr: 'new' }, '/etc/x')).toBeUndefined())
