// Packages in files, as dpkg, apt, rpm and dnf answer: with scripts of the test's that print what the real ones print.
import { writeFileSync } from 'node:fs'
import { installPackageFile, packageFile } from 'crane-play/task'
import { describe, expect, it } from 'vitest'
import { makeCommands, runScript, SHELLS, type Shell, temporaryDirectory } from '../runShell.ts'

const directory = temporaryDirectory()
const file = (name: string) => `${directory}/${name}`
for (const name of ['tool.deb', 'broken.deb', 'tool.rpm']) writeFileSync(file(name), '')

interface Host {
  readonly release: string
  readonly commands: Readonly<Record<string, string>>
}

const apt = (installed: string, removed = ''): Host => ({
  release: 'ID=debian\n',
  commands: {
    'dpkg-deb': `case $* in *broken*) echo 'dpkg-deb: error: not a Debian format archive' >&2; exit 2 ;; esac; printf 'tool amd64 2:1.0'`,
    'dpkg-query': installed === '' ? 'exit 1' : `printf '%s' '${installed}'`,
    dpkg: '[ "$2" = 2:9.0 ]',
    'apt-get': `case $* in *' -s '*|'-s '*) echo 'NOTE: This is only a simulation!'; ${removed && `echo 'Remv ${removed} [1.0]'`} ;; *) echo done ;; esac`,
  },
})

const dnf = (installed: string, printed = ''): Host => ({
  release: 'ID="rocky"\nID_LIKE="rhel centos fedora"\n',
  commands: {
    rpm: `case $1 in -qp) printf 'tool x86_64 0:1.0-1.el9' ;; *) ${installed === '' ? 'exit 1' : `printf '${installed}'`} ;; esac`,
    dnf: `printf '%b' '${printed}'; exit 1`,
  },
})

function on({ release, commands }: Host, shell: Shell) {
  const folder = makeCommands(commands)
  writeFileSync(`${folder}/os-release`, release)
  const here = (functions: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      Object.entries(functions).map(([name, body]) => [name, body.replace('/etc/os-release', `${folder}/os-release`)]),
    )
  return { folder, here, surroundings: { shell, commands: folder } }
}

function ask(host: Host, shell: Shell, ...names: string[]) {
  const { here, surroundings } = on(host, shell)
  const questions = names.map((name) => packageFile(file(name))) as never
  const { kind } = packageFile('x')
  const { stdout } = runScript({ script: kind.script(questions), functions: here(kind.functions) }, surroundings)
  return kind.read(stdout, questions)
}

/** The status and stderr of the step that looks before anything is installed. */
function look(host: Host, shell: Shell, allowRemovals = false, allowDowngrade = false) {
  const { here, surroundings } = on(host, shell)
  const path = file(host.commands['dpkg-deb'] ? 'tool.deb' : 'tool.rpm')
  const [step] = installPackageFile({ manager: 'apt', path, allowRemovals, allowDowngrade, lockTimeout: 0 })
  const { status, stderr } = runScript({ ...step!, functions: here(step!.functions) }, surroundings)
  return { status, stderr }
}

const REMOVAL = 'Removing:\\n tool-old  x86_64  1.0-1.el9  @base  1 k\\n\\nTransaction Summary\\n'
const REPLACING = 'Installing:\\n tool  x86_64  1.0-1.el9  base  1 k\\n     replacing  tool-old.x86_64 1.0-1.el9\\n\\n'

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  it('apt', () => {
    const found = { manager: 'apt', name: 'tool', version: '2:1.0', installed: null, outdated: false, removes: [] }
    const none = { ...found, name: null, version: null }
    expect(ask(apt(''), shell, 'tool.deb', 'broken.deb', 'absent.deb')).toEqual([found, none, none])
    expect(ask(apt('installed 2:1.0'), shell, 'tool.deb')).toEqual([{ ...found, installed: '2:1.0' }])
    expect(ask(apt('half-configured 2:1.0', 'rival'), shell, 'tool.deb')).toEqual([{ ...found, removes: ['rival'] }])
    expect(ask(apt('installed 2:9.0'), shell, 'tool.deb')).toEqual([{ ...found, installed: '2:9.0', outdated: true }])
    expect(ask(apt('installed 2:0.9'), shell, 'tool.deb')).toEqual([{ ...found, installed: '2:0.9' }])
  })

  it('dnf', () => {
    const found = { manager: 'dnf', name: 'tool', version: '1.0-1.el9', installed: null, outdated: false, removes: [] }
    expect(ask(dnf(''), shell, 'tool.rpm')).toEqual([found])
    expect(ask(dnf('0:1.0-1.el9'), shell, 'tool.rpm')).toEqual([{ ...found, installed: '1.0-1.el9' }])
    expect(ask(dnf('1:0.1-1.el9'), shell, 'tool.rpm')).toEqual([{ ...found, installed: '1:0.1-1.el9', outdated: true }])
    for (const printed of [REMOVAL, REPLACING])
      expect(ask(dnf('', printed), shell, 'tool.rpm')).toEqual([{ ...found, removes: ['tool-old'] }])
  })

  it('a host with neither', () => {
    const { here, surroundings } = on({ release: 'ID=arch\n', commands: {} }, shell)
    const { kind } = packageFile('x')
    const functions = Object.fromEntries(
      Object.entries(here(kind.functions)).map(([name, body]) => [name, body.replaceAll('command -v', 'false')]),
    )
    const { stdout } = runScript({ script: kind.script([packageFile('/x.deb')] as never), functions }, surroundings)
    expect(kind.read(stdout, [packageFile('/x.deb')] as never)).toMatchObject([{ manager: null, name: null }])
  })

  it('looks once more before it installs', () => {
    expect(look(apt(''), shell)).toEqual({ status: 0, stderr: '' })
    expect(look(apt('installed 2:9.0'), shell)).toEqual({ status: 1, stderr: 'a newer version is installed\n' })
    expect(look(apt('', 'rival'), shell)).toEqual({ status: 1, stderr: 'it would remove rival \n' })
    expect(look(apt('', 'rival'), shell, true)).toEqual({ status: 0, stderr: '' })
    expect(look(dnf('', REPLACING), shell)).toMatchObject({ status: 1, stderr: 'it would remove tool-old.x86_64 \n' })
    expect(look({ ...apt(''), commands: { ...apt('').commands, 'dpkg-deb': 'exit 2' } }, shell)).toMatchObject({
      status: 1,
    })
  })
})
