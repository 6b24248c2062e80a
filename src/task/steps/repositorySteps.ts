// The step that fetches the package lists of one repository, before the file that names it is put in place.
import { quoteShell } from '../../model/quoteShell.ts'
import { type Download, DOWNLOAD_FUNCTIONS, fetchWords } from './download.ts'
import { PATIENTLY } from './packageSteps.ts'
import { type ShellStep, script } from './step.ts'

/** A repository whose lists are fetched. */
export interface RepositoryToRefresh {
  readonly manager: 'apt' | 'dnf'
  /** The name of the file that names it: `nvidia.sources`, `nvidia.repo`. */
  readonly file: string
  /** What that file will hold. */
  readonly text: string
  /** A new key, and the path by which the text names it: it is tried before it is put there. */
  readonly key?: { readonly path: string; readonly content: Uint8Array | Download } | undefined
  /** Seconds to wait for another package manager. */
  readonly lockTimeout: number
}

// Only this repository is asked: others of the host may be down. What is fetched is kept under the repository's URL, so it
// is there once the file is in place. apt ends with 0 where a list could not be fetched, unless an option says otherwise; it
// checks signatures as a user of its own, who must read the key. dnf keeps a key that it took in, also of an index that
// the key did not sign: it would trust that key from then on.
const REFRESH = `directory=$(mktemp -d) || return
trap 'rm -rf -- "$directory"' EXIT
trap 'exit 143' HUP INT TERM
text=$4 key=$5 kind=$1 file=$2 patience=$3
if [ "$key" ]; then
  new=$directory/\${key##*/} text=\${4%%"$key"*}$directory/\${key##*/}\${4#*"$key"}
  shift 5
  if [ "$1" ]; then ( cd -- "$directory" && fetch "$1" "$2" "./\${key##*/}" "$3" "$4" "$5" ) || return
  else cat >"$new" || return
  fi
  chmod 0644 "$new" && chmod 0755 "$directory" || return
fi
printf '%s' "$text" >"$directory/$file" || return
case $kind in
apt) patiently apt-get -q update -o Dir::Etc::sourcelist="$directory/$file" -o Dir::Etc::sourceparts=/dev/null \\
  -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any ;;
dnf) patiently dnf -y -q --setopt=exit_on_lock=True --setopt=reposdir="$directory" \\
  --setopt='*.skip_if_unavailable=False' makecache --refresh && return
  status=$?
  rm -rf -- /var/cache/dnf/"\${file%.repo}"-????????????????/pubring /var/cache/libdnf5/"\${file%.repo}"-????????????????/pubring
  return "$status" ;;
esac`

/**
 * Fetches the lists of one repository, and fails where it cannot be reached or is not signed as its file demands.
 *
 * @param repository - The package manager, the file that will name the repository, and the key that is not in place yet.
 */
export function refreshRepository({ manager, file, text, key, lockTimeout }: RepositoryToRefresh): ShellStep {
  const download = key && !(key.content instanceof Uint8Array) ? key.content : undefined
  const words = [manager, file, String(lockTimeout), text, key?.path ?? '', ...(download ? fetchWords(download) : [''])]
  return script(
    manager === 'apt' ? `apt-get update for ${file}` : `dnf makecache for ${file}`,
    `refresh_repository ${words.map(quoteShell).join(' ')}`,
    {
      ...(key?.content instanceof Uint8Array && { stdin: key.content }),
      functions: { patiently: `( ${PATIENTLY} )`, ...DOWNLOAD_FUNCTIONS, refresh_repository: `( ${REFRESH} )` },
    },
  )
}

const REFUSALS: readonly (readonly [pattern: RegExp, cause: string, hint: string])[] = [
  [
    /another package manager is running|could not get lock/i,
    'another package manager is running on the host and did not end in time',
    'check what runs there (ps ax | grep -E "apt|dpkg|dnf"), or raise lockTimeout',
  ],
  [
    /(?:EXPKEYSIG|KEYEXPIRED|EXPSIG)\s+(\S+)/,
    'the key $1, with which the repository is signed, has expired',
    "get the repository's new key",
  ],
  [
    /NO_PUBKEY\s+(\S+)/,
    'the repository is signed with the key $1, which is not the one given',
    "get the key that the repository's owner publishes",
  ],
  [
    /BADSIG|Clearsigned file isn't valid|GPG signature verification error|repomd\.xml GPG/i,
    "the repository's signature is wrong",
    'check that the URL is right and that no proxy changes what it delivers',
  ],
  [
    /is not signed|does not have a Release file/,
    'the repository is not signed, or is not where the URL says',
    'check the URL and `suites`; add `trusted: true` only where the way to it is trusted',
  ],
  [
    /Conflicting values set for option (\S+)/,
    'another file of the host names the same repository with another $1',
    'remove that file in /etc/apt/sources.list.d first, with removePath',
  ],
  [
    /(?:[Cc]ould not resolve|resolving|resolve host(?:name)?:?) '?([^\s']+)/,
    'the host cannot resolve the repository $1',
    'run on the host: getent hosts NAME',
  ],
  [/certificate/i, "the host does not trust the server's certificate", "install the server's CA on the host first"],
  [
    /Status code: (\d+)|\b(4\d\d|5\d\d) {2}[A-Z]/,
    'the repository answered with status $1',
    'check the URL, the suites and the architecture',
  ],
  [
    /Failed to download metadata|Cannot download repomd\.xml|Failed to fetch/,
    'the index of the repository could not be fetched',
    'check the URL and the suites; the last lines are what the package manager printed',
  ],
  [
    /are you root\?|Permission denied|has to be run with superuser privileges/i,
    'only root can add repositories',
    'add `become: true`',
  ],
]

/**
 * The cause and hint of a failed `refreshRepository`. The file that names the repository is unchanged.
 *
 * @param stderr - What the step wrote.
 * @returns Undefined when the failure is not a known one.
 */
export function explainRefreshFailure(stderr: string): { readonly cause: string; readonly hint: string } | undefined {
  for (const [pattern, cause, hint] of REFUSALS) {
    const found = pattern.exec(stderr)
    if (found) return { cause: cause.replace('$1', () => found.slice(1).find(Boolean) ?? ''), hint }
  }
  return undefined
}
