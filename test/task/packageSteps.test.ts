// Installing with package managers that are scripts of the test's: what they are asked, in which order, how often.
import { existsSync, readFileSync } from 'node:fs'
import { explainInstallFailure, installPackages, removePackages } from 'crane-play/task'
import { describe, expect, it } from 'vitest'
import { DASH, makeCommands, runScript, SHELLS } from './runShell.ts'

/** A command that writes down its arguments and counts its calls in `$n`. */
const noted = (name: string, rest = '') => `echo "${name} $*" >>"$LOG"; n=$(grep -c . "$LOG"); ${rest}`
const clean = { dpkg: 'exit 0', grep: 'exec /bin/grep "$@"', ls: 'exit 0' }

/** A clock that only waiting moves: `sleep`, and whoever waits by itself. Seconds, from a time that is a round number. */
const START = 1_000_000
const clock = {
  date: 'echo $(($(cat "$LOG.clock" 2>/dev/null || echo 1000000)))',
  sleep: `echo $(($(date +%s) + $1)) >"$LOG.clock"`,
}

/** Refused each time, as apt-get is: it waits for the lock as long as it was told to, and then gives up. */
const REFUSED = `wait=$(printf '%s\\n' "$@" | sed -n 's/^DPkg::Lock::Timeout=//p'); sleep "\${wait:-0}"
echo 'E: Could not get lock /var/lib/dpkg/lock-frontend' >&2; exit 100`

function install(
  commands: Record<string, string>,
  options: Partial<Parameters<typeof installPackages>[2]> = {},
  shell = DASH,
) {
  const directory = makeCommands({ ...clean, ...clock, ...commands })
  const step = installPackages('dnf' in commands ? 'dnf' : 'apt', ['jq', 'tree'], {
    refresh: 'if-needed',
    lockTimeout: 3,
    ...options,
  })
  const ran = runScript(step, { shell, commands: directory })
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '')
  const calls = read(`${directory}/log`)
  const waited = Number(read(`${directory}/log.clock`) || START) - START
  return { ...ran, calls: calls === '' ? [] : calls.split('\n'), waited }
}

const APT =
  'apt-get -y -q -o DPkg::Lock::Timeout=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold'
const UPDATE = 'apt-get -q update'

// busybox takes its own dpkg; no host with apt has it for a shell.
describe.each(SHELLS.slice(0, 2).map((shell) => ({ shell })))('$shell: apt', ({ shell }) => {
  it('asks nothing, and keeps configuration files', () => {
    const { calls, status } = install(
      { 'apt-get': noted('apt-get', '[ "$DEBIAN_FRONTEND" = noninteractive ]') },
      {},
      shell,
    )
    expect({ calls, status }).toEqual({ calls: [`${APT} install --allow-downgrades --no-remove jq tree`], status: 0 })
  })

  it('fetches the lists only when a package is not found', () => {
    const { calls, status } = install(
      { 'apt-get': noted('apt-get', `[ "$n" -gt 1 ] || { echo 'E: Unable to locate package tree' >&2; exit 100; }`) },
      {},
      shell,
    )
    expect(calls).toEqual([
      `${APT} install --allow-downgrades --no-remove jq tree`,
      UPDATE,
      `${APT} install --allow-downgrades --no-remove jq tree`,
    ])
    expect(status).toBe(0)
  })

  it('fails when the lists do not have it either', () => {
    const { calls, status, stderr } = install(
      {
        'apt-get': noted(
          'apt-get',
          `case $* in *update) ;; *) echo 'E: Unable to locate package tree' >&2; exit 100 ;; esac`,
        ),
      },
      {},
      shell,
    )
    expect({ calls: calls.length, status }).toEqual({ calls: 3, status: 100 })
    expect(explainInstallFailure(stderr)?.cause).toBe('no repository of the host has tree')
  })

  it('finishes what a killed dpkg left first', () => {
    const { calls } = install(
      {
        'apt-get': noted('apt-get'),
        dpkg: `case $* in *--audit) echo 'half configured: jq' ;; *) ${noted('dpkg')} ;; esac`,
      },
      {},
      shell,
    )
    expect(calls).toEqual([
      'dpkg --force-confdef --force-confold --configure -a',
      `${APT} install --allow-downgrades --no-remove jq tree`,
    ])
  })

  it('waits for the lock of the lists', () => {
    const { calls, status } = install(
      {
        'apt-get': noted(
          'apt-get',
          `[ "$n" -gt 2 ] || { echo 'E: Could not get lock /var/lib/apt/lists/lock' >&2; exit 100; }`,
        ),
      },
      { refresh: 'always' },
      shell,
    )
    expect({ calls, status }).toEqual({
      calls: [UPDATE, UPDATE, UPDATE, `${APT} install --allow-downgrades --no-remove jq tree`],
      status: 0,
    })
  })

  it.each([0, 3, 20])('waits %d seconds and no longer', (lockTimeout) => {
    const { waited, status, stderr } = install({ 'apt-get': noted('apt-get', REFUSED) }, { lockTimeout }, shell)
    expect({ waited, status }).toEqual({ waited: lockTimeout, status: 100 })
    expect(explainInstallFailure(stderr)?.cause).toContain('another package manager is running')
  })
})

it.each([true, false])('removes other packages only where that is allowed: %s', (allowRemovals) => {
  const apt = install({ 'apt-get': noted('apt-get') }, { allowRemovals })
  expect(apt.calls.join()).toContain(allowRemovals ? '--allow-downgrades jq' : '--no-remove jq')
  const dnf = install({ dnf: noted('dnf') }, { allowRemovals })
  expect(dnf.calls.join().includes('--allowerasing')).toBe(allowRemovals)
})

describe('dnf', () => {
  const keys = `if [ "$1" = -e ]; then echo "rpm $*" >>"$LOG"
else echo gpg-pubkey-1-1; [ ! -e "$LOG.taken" ] || echo gpg-pubkey-2-2; fi`
  it.each([
    ['did not sign the package', 'Public key for jq-1.7.rpm is not installed', ['rpm -e -- gpg-pubkey-2-2']],
    ['signed it, and something else failed', 'No space left on device', []],
  ])('takes a key out again that %s', (_what, says, removed) => {
    const dnf = `touch "$LOG.taken"; echo 'Error: ${says}' >&2; exit 1`
    const { calls, status, stderr } = install({ dnf, rpm: keys })
    expect({ calls, status }).toEqual({ calls: removed, status: 1 })
    expect(stderr).toContain(says)
  })

  it('installs one version', () => {
    const directory = makeCommands({ dnf: noted('dnf') })
    const step = installPackages('dnf', ['containerd.io'], { version: '1.7.*', refresh: 'if-needed', lockTimeout: 0 })
    expect(runScript(step, { commands: directory }).status).toBe(0)
    expect(readFileSync(`${directory}/log`, 'utf8')).toBe(
      'dnf -y -q --setopt=exit_on_lock=True install containerd.io-1.7.*\n',
    )
  })
  it('waits while another one is at work', () => {
    const { calls, status } = install({ dnf: noted('dnf', '[ "$n" -gt 2 ] || exit 200') })
    expect({ calls: calls.length, status }).toEqual({ calls: 3, status: 0 })
  })
  it('does not try again what fails otherwise', () => {
    const { calls, status } = install({ dnf: noted('dnf', 'exit 1') })
    expect({ calls: calls.length, status }).toEqual({ calls: 1, status: 1 })
  })
})

it('removes', () => {
  const directory = makeCommands({ ...clean, 'apt-get': noted('apt-get') })
  expect(runScript(removePackages('apt', ['jq'], 3), { commands: directory }).status).toBe(0)
  expect(readFileSync(`${directory}/log`, 'utf8')).toBe(`${APT} remove jq\n`)
})

it.each([
  ['E: Package jq has no installation candidate', 'no repository of the host has jq'],
  ['Error: Unable to find a match: nope', 'no repository of the host has nope'],
  ['No match for argument: foo\nError: Unable to find a match: foo', 'no repository of the host has foo'],
  ['Failed to resolve the transaction:\nNo match for argument: foo', 'no repository of the host has foo'],
  ['Error: Unable to find a match: tree-9.9', 'no repository of the host has tree-9.9'],
  [
    readFileSync(new URL('../fixtures/dnf/conflict.stderr', import.meta.url), 'utf8'),
    'the installation would remove other packages',
  ],
  ["E: Version '9' for 'jq' was not found", 'no repository of the host has version 9'],
  [
    'Public key for crane-signed-1.0-1.el9.noarch.rpm is not installed. Failing package is: crane-signed-1.0-1.el9.noarch',
    'crane-signed-1.0-1.el9.noarch is signed with another key than the one that its repository names',
  ],
  [
    'The GPG keys listed for the "site" repository are already installed but they are not correct for this package.',
    'site is signed with another key than the one that its repository names',
  ],
  ['Package tree-2.1.0-1.el9.x86_64.rpm is not signed', 'a package is not signed: tree-2.1.0-1.el9.x86_64'],
  ['dpkg: error: failed to write: No space left on device', 'a file system of the host is full'],
  ['E: Could not open lock file - open (13: Permission denied), are you root?', 'only root can install packages'],
  ["Temporary failure resolving 'deb.example.org'", 'the host cannot resolve the repository deb.example.org'],
])('explains %s', (stderr, cause) => expect(explainInstallFailure(stderr)?.cause).toBe(cause))

it('leaves alone what it does not know', () => expect(explainInstallFailure('E: something new')).toBeUndefined())
