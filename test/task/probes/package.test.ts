// Packages as dpkg, apt, rpm and dnf answer: with scripts of the test's that print what the real ones printed.
import { writeFileSync } from 'node:fs'
import { compareRpmVersions, type PackageFact, packageState } from 'crane-play/task'
import { describe, expect, it } from 'vitest'
import { makeCommands, runScript, SHELLS, type Surroundings } from '../runShell.ts'

/** As on a host of a distribution, whatever this machine is. */
function askOn(
  release: string,
  commands: Readonly<Record<string, string>>,
  names: readonly string[],
  detail = {},
  more: Surroundings = {},
) {
  const folder = makeCommands(commands)
  writeFileSync(`${folder}/os-release`, release)
  const questions = names.map((name) => packageState(name, detail)) as never
  const { kind } = packageState('x')
  const functions = Object.fromEntries(
    Object.entries(kind.functions).map(([name, body]) => [
      name,
      body.replace('/etc/os-release', `${folder}/os-release`),
    ]),
  )
  const { stdout } = runScript({ script: kind.script(questions), functions }, { ...more, commands: folder })
  return kind.read(stdout, questions) as readonly PackageFact[]
}

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n'
const ROCKY = 'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\n'
const none = { version: null, providedBy: null, candidate: null, removes: [] }

/** What dnf 4.14 and rpm 4.18 printed on a host, each in a file of its own. */
const prints = (name: string) => `cat ${new URL(`../../fixtures/dnf/${name}.stdout`, import.meta.url).pathname}`

/** dpkg 1.21, apt 2.6. */
const APT = {
  'dpkg-query': `case "$2$3" in
*Provides*) printf '%s\\n' 'p mawk 1.3.4 installed awk' 'p x 1 config-files awk' 'p exim4 4 installed mail-transport-agent, mta (= 4)' ;;
*) echo 'i containerd amd64 1.7.24~ds1-6 installed'; echo 'i jq amd64 1.6 config-files'; echo 'i libc6 amd64 2.36 installed'
   echo 'i libc6 i386 2.36 installed'; echo 'dpkg-query: no packages found matching tree' >&2; [ "$MISSING" = none ] || exit 1 ;;
esac`,
  'apt-cache': `printf 'jq:\\n  Installed: (none)\\n  Candidate: 1.7\\n  Version table:\\n     1.7 500\\ntree:\\n  Candidate: (none)\\n'`,
  'apt-get': `case $* in *postfix) echo 'NOTE: This is only a simulation!'; echo 'Remv exim4 [4.96]'; echo 'Inst postfix (3.7 Debian:12 [amd64])' ;; esac`,
}

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  it('apt', () => {
    const names = ['containerd', 'jq', 'tree', 'awk', 'mta', 'libc6:i386', 'libc6']
    expect(askOn(DEBIAN, APT, names, { candidate: true }, { shell })).toEqual([
      { ...none, manager: 'apt', version: '1.7.24~ds1-6' },
      { ...none, manager: 'apt', candidate: '1.7' },
      { ...none, manager: 'apt' },
      { ...none, manager: 'apt', version: '1.3.4', providedBy: 'mawk' },
      { ...none, manager: 'apt', version: '4', providedBy: 'exim4' },
      { ...none, manager: 'apt', version: '2.36' },
      { ...none, manager: 'apt', version: '2.36' },
    ])
  })

  it('apt: what an installation would remove', () => {
    expect(
      askOn(DEBIAN, APT, ['postfix', 'tree'], { removals: true }, { shell }).map(({ removes }) => removes),
    ).toEqual([['exim4'], []])
  })

  it('dnf 4, on a host that has the dpkg of EPEL too', () => {
    const commands = {
      'dpkg-query': 'exit 1',
      rpm: `case $* in
*whatprovides*mailx) ${prints('provides')} ;;
*whatprovides*) echo 'no package provides it'; exit 1 ;;
*) ${prints('query')}; exit 2 ;;
esac`,
      dnf: `case $* in *repoquery*) ${prints('repoquery')} ;; esac`,
    }
    const names = ['tree', 'mailx', 'nope', 'chrony', 'bind-utils', 'tree.x86_64']
    expect(askOn(ROCKY, commands, names, { candidate: true }, { shell })).toEqual([
      { ...none, manager: 'dnf', version: '1.8.0-1.el9', candidate: '2.1.0-1.el9' },
      { ...none, manager: 'dnf', version: '14.9.22-1.el9', providedBy: 's-nail' },
      { ...none, manager: 'dnf' },
      { ...none, manager: 'dnf', candidate: '1:4.5-1.el9' },
      { ...none, manager: 'dnf', candidate: '32:9.16.23-1.el9' },
      { ...none, manager: 'dnf', version: '1.8.0-1.el9', candidate: '2.1.0-1.el9' },
    ])
  })

  it.each([
    ['an upgrade that replaces another package', '1.0-1.el9', ['lab-old-agent']],
    ['no upgrade', '2.0-1.el9', []],
  ])('dnf 4: what %s removes', (_, now, removes) => {
    const commands = {
      rpm: `case $* in
*'c %'*) printf 'c lab-agent noarch\\n= 0:${now}\\n' ;;
*) echo 'i lab-agent noarch 0:${now} installed' ;;
esac`,
      dnf: `case $* in
*repoquery*) printf '\\nc lab-agent noarch\\n= 0:2.0-1.el9' ;;
*--best*lab-agent) ${prints('obsolete')} ;;
esac`,
    }
    const asked = { candidate: true, removals: true }
    expect(askOn(ROCKY, commands, ['lab-agent'], asked, { shell })).toEqual([
      { ...none, manager: 'dnf', version: now, candidate: '2.0-1.el9', removes },
    ])
    // Without \`latest\` nothing is upgraded.
    expect(askOn(ROCKY, commands, ['lab-agent'], { removals: true }, { shell })[0]?.removes).toEqual([])
  })

  it.each([
    ['an upgrade', '3.6', ['exim4']],
    ['no upgrade', '3.7', []],
  ])('apt: what %s removes', (_, now, removes) => {
    const commands = {
      ...APT,
      'dpkg-query': `case "$*" in *'c $'*) printf 'installed c postfix\\n= ${now}\\n' ;; *) echo 'i postfix amd64 ${now} installed' ;; esac`,
      'apt-cache': `printf 'postfix:\\n  Installed: ${now}\\n  Candidate: 3.7\\n'`,
    }
    const asked = { candidate: true, removals: true }
    expect(askOn(DEBIAN, commands, ['postfix'], asked, { shell })[0]).toMatchObject({ version: now, removes })
  })

  it('dnf 4: what an installation would remove, for a conflict and as obsolete', () => {
    const commands = {
      rpm: `echo 'package x is not installed'; exit 1`,
      dnf: `case $* in
*-C*) echo "Error: Cache-only enabled but no cache for 'lab-base'" >&2 ;;
*lab-podman) ${prints('conflict')} ;;
*lab-agent) ${prints('obsolete')} ;;
*long) printf 'Removing dependent packages:\\n a-name-that-leaves-no-room-for-an-architecture\\n                    x86_64         1.0-1.el9            @lab-base          31  \\n\\nTransaction Summary\\n' ;;
esac`,
    }
    const facts = askOn(ROCKY, commands, ['lab-podman', 'lab-agent', 'long', 'tree'], { removals: true }, { shell })
    expect(facts.map(({ removes }) => removes)).toEqual([
      ['lab-docker'],
      ['lab-old-agent'],
      ['a-name-that-leaves-no-room-for-an-architecture'],
      [],
    ])
  })

  it('dnf 5 ends its answers with no line feed; what an installation would remove', () => {
    const commands = {
      rpm: `echo 'package x is not installed'; exit 1`,
      dnf: `case $* in
*repoquery*) printf '\\nc jq noarch\\n= 0:1.7-1.el9\\nc tree noarch\\n= 2:2.0-3' ;;
*mta2) printf 'Installing:\\n mta2    noarch   1-1   lab   5.4 k\\nRemoving dependent packages:\\n mta1    noarch   1-1   @lab   0  \\n\\nTransaction Summary\\n' ;;
esac`,
    }
    const facts = askOn(ROCKY, commands, ['mta2', 'tree'], { candidate: true, removals: true }, { shell })
    expect(facts).toEqual([
      { ...none, manager: 'dnf', removes: ['mta1'] },
      { ...none, manager: 'dnf', candidate: '2:2.0-3' },
    ])
  })
})

it.each([
  // Each as `rpm --eval '%{lua:print(rpm.vercmp("a", "b"))}'` answers.
  ['1.0', '1.0~rc1', 1],
  ['1.0^a', '1.0', 1],
  ['1.10', '1.9', 1],
  ['a', '1', -1],
  ['1.0a', '1.0', 1],
  ['1.0^', '1.0.1', -1],
  ['1.0~a', '1.0~b', -1],
  ['01', '1', 0],
  ['1_0', '1.0', 0],
  ['1.0^20', '1.0a', -1],
  ['1:1.0-1', '2.0-1', 1],
  ['0:1.0-1', '1.0-1', 0],
  ['1.0-1.el9', '1.0-10.el9', -1],
])('%s beside %s: %d', (a, b, order) => {
  expect(Math.sign(compareRpmVersions(a, b))).toBe(order)
  expect(Math.sign(compareRpmVersions(b, a)) + 0).toBe(0 - order)
})
