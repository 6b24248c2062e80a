// Which files of a real file system are refused, by who owns what and who can write where; as root and as another user.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { diskTrust, type FileTrust, UntrustedFile } from '../../src/text/fileTrust.ts'

const ROOT = userInfo().uid === 0
const [ANN, BOB] = [61_001, 61_002]

let base: string
beforeEach(() => {
  base = mkdtempSync('/tmp/trust-')
  chmodSync(base, 0o755)
})
afterEach(() => rmSync(base, { recursive: true }))

/** `dir/`, or a file, with its mode and owner. */
function put(name: string, mode: number, owner = userInfo().uid): void {
  const path = join(base, name)
  if (name.endsWith('/')) mkdirSync(path)
  else writeFileSync(path, '')
  chmodSync(path, mode)
  if (ROOT) chownSync(path, owner, owner)
}

function said(look: (trust: FileTrust) => void, me?: number): string {
  try {
    look(diskTrust(me))
    return 'read'
  } catch (error) {
    if (!(error instanceof UntrustedFile)) throw error
    return `${error.message}; ${error.hint}`.replaceAll(`${base}/`, '').replaceAll(base, '.')
  }
}
const checked = (name: string, me?: number) => said((trust) => trust.check(join(base, name)), me)
const found = (name: string, me?: number, beside?: string) =>
  said((trust) => trust.checkFound(join(base, name), 'name it', beside === undefined ? beside : join(base, beside)), me)

describe('a file of mine', () => {
  test.each([
    [0o755, 0o644, 'read'],
    [0o775, 0o664, 'read'],
    [0o1777, 0o644, 'read'],
    [0o755, 0o646, 'd/f is not read: everybody can write to it; check it, then run `chmod o-w d/f`'],
    [0o777, 0o644, 'nothing is read from d: everybody can write to it; check it, then run `chmod o-w d`'],
  ])('directory %o, file %o', (directory, file, expected) => {
    put('d/', directory)
    put('d/f', file)
    expect(checked('d/f')).toBe(expected)
  })

  test('below a directory that everybody can write', () => {
    put('a/', 0o777)
    put('a/b/', 0o755)
    put('a/b/f', 0o644)
    expect(checked('a/b/f')).toContain('nothing is read from a: everybody can write to it')
  })

  test('a pipe, and a link to a device, would hold or drown the reader', () => {
    execFileSync('mkfifo', [join(base, 'pipe')])
    symlinkSync('/dev/zero', join(base, 'zero'))
    for (const name of ['pipe', 'zero']) {
      expect(checked(name)).toBe(`${name} is not read: it is not a regular file; name a file with the text in it`)
      expect(found(name)).toContain('it is not a regular file')
    }
  })

  test('what is not there, a device and a pipe are for the reader to say', () => {
    expect(checked('nothing')).toBe('read')
    expect(said((trust) => trust.check('/dev/null'))).toBe('read')
    expect(said((trust) => trust.check('/dev/stdin'))).toBe('read')
  })
})

describe.runIf(ROOT)('with several users: needs root to make their files', () => {
  test("a colleague's file is read where it is named, and not where it is found", () => {
    put('bob/', 0o755, BOB)
    put('bob/hosts', 0o644, BOB)
    expect(checked('bob/hosts', ANN)).toBe('read')
    expect(checked('bob/hosts', 0)).toBe('read')
    const refused = 'bob/hosts is not used unless you name it: bob belongs to another user; name it'
    expect(found('bob/hosts', ANN)).toBe(refused)
    expect(found('bob/hosts', 0)).toBe(refused)
    expect(found('bob/hosts', BOB)).toBe('read')
  })

  test("what lies beside a file that was named in a colleague's directory belongs to it", () => {
    put('bob/', 0o775, BOB)
    put('bob/group_vars/', 0o775, BOB)
    expect(found('bob/group_vars', ANN, 'bob')).toBe('read')
  })

  test.each([
    ['mine', ANN, 'read'],
    ["root's", 0, 'read'],
    ["another's", BOB, 'belongs to another user'],
  ])('in a sticky directory: %s', (_whose, owner, expected) => {
    put('tmp/', 0o1777, 0)
    put('tmp/f', 0o644, owner)
    expect(checked('tmp/f', ANN)).toContain(expected)
  })

  test('in a sticky directory: a directory of another user, and what it holds', () => {
    put('tmp/', 0o1777, 0)
    put('tmp/bob/', 0o755, BOB)
    put('tmp/bob/f', 0o644, BOB)
    expect(checked('tmp/bob/f', ANN)).toBe(
      'tmp/bob is not read: it belongs to another user, in tmp, where everybody can write; ' +
        'check it, then copy it to a directory of yours: `cp -r tmp/bob ~/`',
    )
    expect(checked('tmp/bob/f', 0)).toContain('tmp/bob is not read')
  })

  test('a link counts with the place it leads to, and with its own', () => {
    put('tmp/', 0o1777, 0)
    put('open/', 0o777, ANN)
    put('open/f', 0o644, ANN)
    put('mine', 0o644, ANN)
    symlinkSync(join(base, 'open/f'), join(base, 'link'))
    symlinkSync(join(base, 'mine'), join(base, 'tmp/planted'))
    lchownSync(join(base, 'tmp/planted'), BOB, BOB)
    expect(checked('link', ANN)).toContain('nothing is read from open')
    expect(checked('tmp/planted', ANN)).toContain('tmp/planted is not read: it belongs to another user')
  })

  test('who may not change the mode is told to copy', () => {
    put('d/', 0o777, BOB)
    put('d/f', 0o644, BOB)
    expect(checked('d/f', ANN)).toContain('check it, then copy it to a directory of yours: `cp -r d ~/`')
    expect(checked('d/f', 0)).toContain('`chmod o-w d`')
  })
})
