// Which version of a package is installed, and which one the host's repositories would install.
import { commandLine } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'

/** The state of a package on a host. */
export interface PackageFact {
  /** Null where the host has neither dpkg nor rpm. */
  readonly manager: 'apt' | 'dnf' | null
  /** `1.7.24~ds1-6`, or `1.7.24-1.el9` for rpm; null when the package is not (completely) installed. */
  readonly version: string | null
  /** The version an installation would bring; null when it was not asked for or no repository has it. */
  readonly candidate: string | null
}

export interface PackageDetail {
  readonly candidate: boolean
}

const PROBE_PACKAGES = `if command -v dpkg-query >/dev/null; then
  echo apt; dpkg-query -W -f '\${Package} \${Version} \${db:Status-Status}\\n' -- "$@" 2>/dev/null || :
elif command -v rpm >/dev/null; then
  echo dnf; rpm -q --qf '%{NAME} %{VERSION}-%{RELEASE} installed\\n' -- "$@" || :
else echo none; fi`

const PROBE_CANDIDATES = `echo candidates
if command -v apt-cache >/dev/null; then apt-cache policy -- "$@" | sed -n 's/^\\([^ ].*\\):$/\\1/p; s/^  Candidate: /= /p'
elif command -v dnf >/dev/null; then dnf -q repoquery --latest-limit 1 --qf '%{name}\n= %{version}-%{release}\\n' -- "$@"; fi`

const packageKind: ProbeKind<PackageDetail, PackageFact> = {
  name: 'package',
  functions: { probe_packages: PROBE_PACKAGES, probe_candidates: PROBE_CANDIDATES },
  merge: (a, b) => ({ candidate: a.candidate || b.candidate }),
  isAbsent: (fact) => fact.version === null,
  script(questions) {
    const wanted = questions.filter((question) => question.detail.candidate).map((question) => question.subject)
    return [
      commandLine(['probe_packages', ...questions.map((question) => question.subject)]),
      ...(wanted.length ? [commandLine(['probe_candidates', ...wanted])] : []),
    ].join('\n')
  },
  read(stdout, questions) {
    const [answer = '', candidates = ''] = stdout.toString('utf8').split(/^candidates\n/m)
    const [head = '', ...lines] = answer.split('\n')
    if (!['apt', 'dnf', 'none'].includes(head)) throw new GarbledAnswer('no package manager answered')
    const installed = new Map<string, string>()
    for (const line of lines) {
      const [name = '', version = '', status] = line.split(' ')
      if (status === 'installed') installed.set(name, version)
    }
    const offered = new Map(
      [...candidates.matchAll(/^([^=].*)\n= (.*)$/gm)].map(([, name = '', version = '']) => [name, version]),
    )
    return questions.map(({ subject }) => {
      const candidate = offered.get(subject)
      return Object.freeze({
        manager: head === 'none' ? null : (head as 'apt' | 'dnf'),
        version: installed.get(subject) ?? null,
        candidate: candidate && candidate !== '(none)' ? candidate : null,
      })
    })
  },
}

/** The state of one package. `candidate` also asks the repositories, which takes much longer. */
export const packageState = (name: string, { candidate }: PackageDetail = { candidate: false }): Probe<PackageFact> =>
  probe(packageKind, name, { candidate })
