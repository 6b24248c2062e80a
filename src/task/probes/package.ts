// Which version of a package is installed, which one the host's repositories would install, and what that would remove.
import { commandLine } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'

/** The state of a package on a host. */
export interface PackageFact {
  /** Null where the host has neither dpkg nor rpm. */
  readonly manager: 'apt' | 'dnf' | null
  /** `1.7.24~ds1-6`, or `2:1.7.24-1.el9` for rpm; null when the package is not (completely) installed. */
  readonly version: string | null
  /** The installed package that provides it, where it is a virtual package: `mawk` for `awk`. */
  readonly providedBy: string | null
  /** The version an installation would bring; null when it was not asked for or no repository has it. */
  readonly candidate: string | null
  /** Packages that its installation would remove; empty when it is installed, or when that was not asked for. */
  readonly removes: readonly string[]
}

/** What is asked about a package besides its version. */
export interface PackageDetail {
  /** Which version the repositories have. */
  readonly candidate?: boolean
  /** What its installation would remove. */
  readonly removals?: boolean
}

// Which of dpkg and rpm keeps the system is written in os-release: each can be installed where the other one rules.
/** Sets the variable `manager` to `apt` or `dnf`, or to nothing. */
export const FIND_MANAGER = `manager=
while IFS= read -r line; do
  case $line in
    ID=*|ID_LIKE=*) case $line in *debian*|*ubuntu*) manager=apt ;; *rhel*|*fedora*|*centos*|*suse*) manager=dnf ;; esac ;;
  esac
done 2>/dev/null </etc/os-release
[ "$manager" ] || { command -v dpkg-query && manager=apt || { command -v rpm && manager=dnf; }; } >/dev/null`

// Virtual packages are only looked for when something is missing.
const PROBE_PACKAGES = `candidates=
${FIND_MANAGER}
missing=
case $manager in
apt)
  echo apt
  dpkg-query -W -f 'i \${Package} \${Architecture} \${Version} \${db:Status-Status}\\n' -- "$@" 2>/dev/null || missing=1
  [ ! "$missing" ] || dpkg-query -W -f 'p \${Package} \${Version} \${db:Status-Status} \${Provides}\\n' | head -c 8000000 | grep -F -e "$(printf '%s\\n' "$@")" ;;
dnf)
  echo dnf
  rpm -q --qf 'i %{NAME} %{ARCH} %{EPOCHNUM}:%{VERSION}-%{RELEASE} installed\\n' -- "$@" || missing=1
  [ ! "$missing" ] || for p; do
    rpm -q --whatprovides --qf "p %{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} installed $p\\n" -- "$p" 2>/dev/null
  done ;;
*) echo none ;;
esac
:`

// dnf 4 ends each answer with a line feed and dnf 5 does not: the format begins with one.
const PROBE_CANDIDATES = `case $manager in
apt) candidates=$(apt-cache policy -- "$@" | sed -n 's/^\\([^ ].*\\):$/c \\1/p; s/^  Candidate: /= /p') ;;
dnf) candidates=$(dnf -q repoquery --latest-limit 1 --qf '
c %{name} %{arch}
= %{epoch}:%{version}-%{release}' -- "$@") ;;
esac
candidates="
$candidates
"
echo "$candidates"`

// What is removed for a conflict has a section of its own; what is obsolete stands below its successor, with its
// architecture for dnf 4. A long name stands alone on its line. Without its cache dnf would ignore the repositories (-C).
// An upgrade can remove as well: where the newest version is wanted, \`candidates\` has it, and it is not the installed one;
// dnf upgrades nothing with best=False.
const PROBE_REMOVALS = `[ "$missing$candidates" ] || return 0
for p; do
  echo "r $p"
  case $manager in
  apt) now=$(dpkg-query -W -f '\${db:Status-Status} c \${Package}\\n= \${Version}\\n' -- "$p" 2>/dev/null)
    case $now in 'installed '*) now=\${now#installed } ;; *) now= ;; esac ;;
  dnf) now=$(rpm -q --qf 'c %{NAME} %{ARCH}\\n= %{EPOCHNUM}:%{VERSION}-%{RELEASE}\\n' -- "$p") || now= ;;
  esac
  case $now in '') ;; *)
    case $candidates in *"
$now
"*) continue ;; *"
\${now%%
*}
"*) ;; *) continue ;; esac ;;
  esac
  case $manager in
  apt) apt-get -s -q -o Debug::NoLocking=1 install -- "$p" 2>/dev/null | sed -n 's/^Remv \\([^ ]*\\).*/- \\1/p' ;;
  dnf) dnf --assumeno install \${now:+--best} --allowerasing -- "$p" 2>/dev/null |
    sed -n -e '/^Removing/,/^$/s/^ \\([^ ][^ ]*\\).*/- \\1/p' -e 's/^  *replacing  *\\([^ ]*\\).*/- \\1/p' ;;
  esac
done`

const packageKind: ProbeKind<PackageDetail, PackageFact> = {
  name: 'package',
  functions: {
    probe_packages: PROBE_PACKAGES,
    probe_candidates: PROBE_CANDIDATES,
    probe_removals: PROBE_REMOVALS,
  },
  merge: (a, b) => ({
    candidate: a.candidate === true || b.candidate === true,
    removals: a.removals === true || b.removals === true,
  }),
  isAbsent: (fact) => fact.version === null,
  script(questions) {
    const asked = (detail: keyof PackageDetail) =>
      questions.filter((question) => question.detail[detail]).map((question) => question.subject)
    const calls: readonly (readonly [string, readonly string[]])[] = [
      ['probe_packages', questions.map((question) => question.subject)],
      ['probe_candidates', asked('candidate')],
      ['probe_removals', asked('removals')],
    ]
    return calls.flatMap(([name, names]) => (names.length ? [commandLine([name, ...names])] : [])).join('\n')
  },
  read(stdout, questions) {
    const [head = '', ...lines] = stdout.toString('utf8').split('\n')
    if (head !== 'apt' && head !== 'dnf' && head !== 'none') throw new GarbledAnswer('no package manager answered')
    const manager = head === 'none' ? null : head
    const answer = readLines(lines)
    return questions.map(({ subject }) => {
      const own = answer.installed.get(subject)
      const provider = own === undefined ? answer.provided.get(subject) : undefined
      return Object.freeze({
        manager,
        version: own ?? provider?.version ?? null,
        providedBy: provider?.name ?? null,
        candidate: answer.candidates.get(subject) ?? null,
        removes: answer.removals.get(subject) ?? NONE,
      })
    })
  },
}

const NONE: readonly string[] = Object.freeze([])

function readLines(lines: readonly string[]) {
  const installed = new Map<string, string>()
  const provided = new Map<string, { readonly name: string; readonly version: string }>()
  const candidates = new Map<string, string>()
  const removals = new Map<string, string[]>()
  let names: readonly string[] = []
  let removed: string[] = []
  for (const line of lines) {
    const [mark, ...words] = line.split(' ')
    if (mark === 'i') {
      const [name = '', arch = '', version = '', status] = words
      if (status === 'installed') for (const key of spellings(name, arch)) installed.set(key, shownVersion(version))
    } else if (mark === 'p') {
      const [name = '', version = '', status, ...virtual] = words
      if (status !== 'installed') continue
      for (const one of virtual.join(' ').split(', ')) {
        const [key = ''] = one.split(' ')
        if (key !== name) provided.set(key, { name, version: shownVersion(version) })
      }
    } else if (mark === 'c') names = spellings(words[0] ?? '', words[1])
    else if (mark === '=') {
      const [version = ''] = words
      if (version !== '(none)') for (const name of names) candidates.set(name, shownVersion(version))
    } else if (mark === 'r') removals.set(words[0] ?? '', (removed = []))
    else if (mark === '-') removed.push((words[0] ?? '').replace(RPM_ARCHITECTURE, ''))
  }
  return { installed, provided, candidates, removals }
}

/** A package may be asked for with its architecture: `libc6:amd64`, `glibc.x86_64`. */
const spellings = (name: string, arch = ''): readonly string[] =>
  arch === '' ? [name] : [name, `${name}:${arch}`, `${name}.${arch}`]

const RPM_ARCHITECTURE = /\.(noarch|x86_64|i[3-6]86|aarch64|ppc64le|s390x|riscv64)$/

/** rpm's missing epoch counts as 0 and is not shown. */
export const shownVersion = (version: string): string => version.replace(/^0:/, '')

/**
 * The state of one package.
 *
 * @param name - As the package manager writes it, with its architecture if need be; a virtual package too.
 * @param detail - `candidate` also asks the repositories, which takes much longer; `removals` what its installation would remove.
 */
export const packageState = (
  name: string,
  { candidate = false, removals = false }: PackageDetail = {},
): Probe<PackageFact> => probe(packageKind, name, { candidate, removals })
