// The command that becomes another user, and what sudo's refusals mean.
import { describe, expect, it } from 'vitest'
import { becomeRefusal, shellCommand } from '../../src/transport/shell/becomeSudo.ts'

describe('shellCommand', () => {
  it.each([
    ['nobody else', {}, 'exec sh'],
    ['without a password', { become: { user: 'root' } }, 'exec env LC_ALL=C sudo -H -n -u root sh'],
  ])('%s', (_what, identity, command) => {
    expect(shellCommand(identity)).toEqual({ command })
  })

  it('never has the password on the command line', () => {
    const answer = shellCommand({ become: { user: 'root', password: 'pass-word' } })
    expect(answer).toMatchObject({ dialogue: { password: 'pass-word' } })
    expect('command' in answer && answer.command).toMatch(
      /^exec env LC_ALL=C sudo -H -S -p '\[sudo:[0-9a-f]{32}\]' -u root sh -c 'echo ready:[0-9a-f]{32}; exec sh'$/,
    )
  })

  it.each(['root; id', '-u', 'a b', '$(id)', "'", ''])('refuses the user %j', (user) => {
    expect(shellCommand({ become: { user } })).toMatchObject({
      kind: 'become',
      cause: expect.stringContaining('not a user name'),
    })
  })

  it('refuses a password that would be two lines', () => {
    expect(shellCommand({ become: { user: 'root', password: 'a\nb' } })).toMatchObject({ kind: 'become' })
  })
})

describe('becomeRefusal', () => {
  it.each([
    ['sudo: a password is required', 'none was given'],
    ['sudo: a terminal is required to read the password; either use the -S option', 'none was given'],
    ['sudo: sorry, you must have a tty to run sudo', 'asks for a terminal'],
    ['ops is not in the sudoers file.', 'does not let this account become root'],
    [
      'Sorry, user ops is not allowed to execute /usr/bin/sh as root on crane01.',
      'does not let this account become root',
    ],
    ['sudo: unknown user: root', 'no user root'],
    ["env: 'sudo': No such file or directory", 'not installed'],
    ['env: ‘sudo’: No such file or directory', 'not installed'],
    ["env: can't execute 'sudo': No such file or directory", 'not installed'],
    ['sudo: 1 incorrect password attempt', 'refused the password'],
    ['sudo: account validation failure, is your account locked?', 'expired or locked'],
    ['something new', 'did not start a shell as root'],
  ])('%s', (said, cause) => {
    expect(becomeRefusal('root', said, { status: 1 })).toMatchObject({
      kind: 'become',
      cause: expect.stringContaining(cause),
      exitStatus: 1,
      lastLines: said,
    })
  })

  it.each(['sudo: a password is required', 'sudo: 1 incorrect password attempt'])('%s: names -K', (said) => {
    expect(becomeRefusal('root', said, { status: 1 }).hint).toContain('-K')
  })
})
