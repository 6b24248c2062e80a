// Which package is in a .deb or .rpm file of a host, which version of it is installed, and what its installation would remove.
import { commandLine } from '../../model/quoteShell.ts'
import { FIND_MANAGER, shownVersion } from './package.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'
import { compareRpmVersions } from './rpmVersion.ts'

/** A package file, and what the host has of its package. */
export interface PackageFileFact {
  /** Null where the host has neither dpkg nor rpm. */
  readonly manager: 'apt' | 'dnf' | null
  /** The name of the package; null where the file is missing, or the host's package manager cannot read it. */
  readonly name: string | null
  /** The version in the file, as `PackageFact` has versions. */
  readonly version: string | null
  /** The installed version; null when the package is not (completely) installed. */
  readonly installed: string | null
  /** What is installed is newer than the file. */
  readonly outdated: boolean
  /** Packages that its installation would remove; empty when it is installed. */
  readonly removes: readonly string[]
}

// The architecture counts: packages of two can be installed side by side.
const PROBE_PACKAGE_FILES = `${FIND_MANAGER}
echo "\${manager:-none}"
for p; do
  echo f; [ -f "$p" ] || continue
  case $manager in
  apt) set -- $(dpkg-deb -W --showformat='\${Package} \${Architecture} \${Version}' "$p")
    [ $# = 3 ] || continue
    [ "$2" = all ] && name=$1 || name=$1:$2
    now=$(dpkg-query -W -f '\${db:Status-Status} \${Version}' -- "$name") || now=
    case $now in 'installed '*) now=\${now#installed } ;; *) now= ;; esac
    echo "n $1 $3 $now"
    [ "$now" != "$3" ] || continue
    [ ! "$now" ] || ! dpkg --compare-versions "$now" gt "$3" || echo newer
    apt-get -s -q -o Debug::NoLocking=1 install --allow-downgrades -- "$p" | sed -n 's/^Remv \\([^ ]*\\).*/- \\1/p' ;;
  dnf) set -- $(rpm -qp --nosignature --qf '%{NAME} %{ARCH} %{EPOCHNUM}:%{VERSION}-%{RELEASE}' "$p")
    [ $# = 3 ] || continue
    now=$(rpm -q --qf '%{EPOCHNUM}:%{VERSION}-%{RELEASE}' -- "$1.$2") || now=
    echo "n $1 $3 $now"
    [ "$now" != "$3" ] || continue
    dnf --assumeno install --allowerasing -- "$p" |
      sed -n -e '/^Removing/,/^$/s/^ \\([^ ][^ ]*\\).*/- \\1/p' -e 's/^  *replacing  *\\([^ ]*\\).*/- \\1/p' ;;
  esac
done 2>/dev/null
:`

/** The function that the probe calls; the installation calls it again when the file is there. */
export const PACKAGE_FILE_FUNCTIONS = { probe_package_files: PROBE_PACKAGE_FILES }

const packageFileKind: ProbeKind<null, PackageFileFact> = {
  name: 'packageFile',
  functions: PACKAGE_FILE_FUNCTIONS,
  isAbsent: (fact) => fact.name === null,
  nowhere: { manager: null, name: null, version: null, installed: null, outdated: false, removes: [] },
  script: (questions) => commandLine(['probe_package_files', ...questions.map(({ subject }) => subject)]),
  read(stdout, questions) {
    const [head = '', ...answers] = stdout.toString('utf8').split(/^f\n/m)
    const [, manager] = /^(apt|dnf|none)\n$/.exec(head) ?? []
    if (manager === undefined || answers.length !== questions.length)
      throw new GarbledAnswer('the answer about package files is incomplete')
    return answers.map((answer) => readAnswer(manager === 'none' ? null : (manager as 'apt' | 'dnf'), answer))
  },
}

function readAnswer(manager: 'apt' | 'dnf' | null, answer: string): PackageFileFact {
  const [, name = null, version = '', now = ''] = /^n (\S+) (\S+) (\S*)$/m.exec(answer) ?? []
  if (name === null) return { manager, name, version: null, installed: null, outdated: false, removes: [] }
  const installed = now === '' ? null : shownVersion(now)
  return Object.freeze({
    manager,
    name,
    version: shownVersion(version),
    installed,
    outdated:
      installed !== null &&
      (manager === 'dnf' ? compareRpmVersions(installed, shownVersion(version)) > 0 : /^newer$/m.test(answer)),
    removes: [...answer.matchAll(/^- (\S+?)(?:\.(?:noarch|x86_64|aarch64))?$/gm)].map(([, one = '']) => one),
  })
}

/** Takes the path of a file on the host and returns the probe for the package in it. */
export const packageFile = (path: string): Probe<PackageFileFact> => probe(packageFileKind, path, null)
