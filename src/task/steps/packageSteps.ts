// Steps that install and remove packages with apt and dnf: never interactive, and waiting for other package managers.
import { commandLine } from '../../model/quoteShell.ts'
import { type ShellStep, script } from './step.ts'

/** How packages are installed. */
export interface Installation {
  /** As the package manager writes it; `*` stands for any characters. */
  readonly version?: string | undefined
  /** When the package lists are fetched again. */
  readonly refresh: 'if-needed' | 'always' | 'never'
  /** Seconds to wait for another package manager. */
  readonly lockTimeout: number
  /** Upgrades what is installed. Default: only apt does so. */
  readonly upgrade?: boolean | undefined
  /** Installs even if other packages have to be removed for it. Default: it fails. */
  readonly allowRemovals?: boolean | undefined
}

/** `patiently COMMAND…`, with `patience` in seconds. */
// Runs a command; while it is refused because another package manager is at work, tries again until the time is over,
// which begins with the first refusal. This is the one wait there is: of the commands only apt-get install could wait by
// itself, and a wait inside of this one would be repeated with each try.
export const PATIENTLY = `errors=$(mktemp) || return
trap 'rm -f -- "$errors"' EXIT
end=
while :; do
  "$@" >&2 2>"$errors"; status=$?
  [ "$status" -ne 0 ] || break
  if [ "$status" -ne 200 ] && ! grep -Eqi 'could not get lock|unable to (acquire|lock)|locked by another process' "$errors"; then break; fi
  now=$(date +%s); end=\${end:-$((now + patience))}
  if [ "$now" -ge "$end" ]; then echo "another package manager is running and did not end in time" >&2; break; fi
  sleep 1
done
cat -- "$errors" >&2
return "$status"`

// A dpkg that was killed leaves packages half configured; everything after it fails until that is finished.
const APT = `patience=$1; shift
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1
if [ -n "$(dpkg --audit 2>/dev/null)" ] || [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)" ]; then
  patiently dpkg --force-confdef --force-confold --configure -a || return
fi
patiently apt-get -y -q -o DPkg::Lock::Timeout=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"`

const APT_INSTALL = `refresh=$1 wait=$2 removals=$3; shift 3
if [ "$refresh" = always ]; then patience=$wait; patiently apt-get -q update || return; fi
said=$( (apt_patiently "$wait" install --allow-downgrades $removals "$@") 2>&1 ) && { printf '%s\\n' "$said"; return 0; }
status=$?
case $refresh:$said in
  if-needed:*'Unable to locate package'*|if-needed:*'has no installation candidate'*|if-needed:*"' for '"*"' was not found"*|if-needed:*'404  Not Found'*)
    patience=$wait; patiently apt-get -q update || return
    apt_patiently "$wait" install --allow-downgrades $removals "$@" ;;
  *) printf '%s\\n' "$said" >&2; return "$status" ;;
esac`

// dnf takes in the key that a repository names, and keeps it also where it did not sign the package.
const DNF = `patience=$1; shift
keys=$(rpm -qa 'gpg-pubkey*')
said=$( (patiently dnf -y -q --setopt=exit_on_lock=True "$@") 2>&1 ) && { [ ! "$said" ] || printf '%s\\n' "$said" >&2; return 0; }
status=$?
printf '%s\\n' "$said" >&2
case $said in *'Public key for '*' is not installed'*|*' are not correct'*)
  for key in $(rpm -qa 'gpg-pubkey*'); do
    case " $(echo $keys) " in *" $key "*) ;; *) rpm -e -- "$key" >&2 ;; esac
  done ;;
esac
return "$status"`

const FUNCTIONS = {
  patiently: `( ${PATIENTLY} )`,
  apt_patiently: APT,
  apt_install: APT_INSTALL,
  dnf_patiently: DNF,
}

/**
 * Installs packages in one transaction.
 *
 * @param names - Package names.
 * @param installation - `*` in a version is resolved by the package manager.
 */
export function installPackages(
  manager: 'apt' | 'dnf',
  names: readonly string[],
  { version, refresh, lockTimeout, upgrade, allowRemovals }: Installation,
): ShellStep {
  const wait = String(lockTimeout)
  if (manager === 'apt') {
    const wanted = names.map((name) => (version === undefined ? name : `${name}=${version}`))
    return aptStep(
      ['install', ...wanted],
      commandLine(['apt_install', refresh, wait, allowRemovals ? '' : '--no-remove', ...wanted]),
    )
  }
  const wanted = names.map((name) => (version === undefined ? name : `${name}-${version}`))
  const freshness = { always: ['--refresh'], never: ['-C'], 'if-needed': [] }[refresh]
  return dnfStep(
    ['install', ...wanted],
    // With best=False in its configuration dnf is content with an older version that is installed.
    [
      wait,
      'install',
      ...(upgrade ? ['--best'] : []),
      ...(allowRemovals ? ['--allowerasing'] : []),
      ...freshness,
      ...wanted,
    ],
  )
}

/** Removes packages in one transaction. Configuration files stay. `lockTimeout` is in seconds. */
export function removePackages(manager: 'apt' | 'dnf', names: readonly string[], lockTimeout: number): ShellStep {
  const wait = String(lockTimeout)
  return manager === 'apt'
    ? aptStep(['remove', ...names], commandLine(['apt_patiently', wait, 'remove', ...names]))
    : dnfStep(['remove', ...names], [wait, 'remove', ...names])
}

const aptStep = (said: readonly string[], text: string): ShellStep =>
  script(commandLine(['apt-get', ...said]), text, { functions: FUNCTIONS })

const dnfStep = (said: readonly string[], words: readonly string[]): ShellStep =>
  script(commandLine(['dnf', ...said]), commandLine(['dnf_patiently', ...words]), { functions: FUNCTIONS })

/**
 * The cause and hint of a failed installation.
 *
 * @param stderr - What the package manager wrote.
 * @returns Undefined when the failure is not a known one.
 */
export function explainInstallFailure(stderr: string): { readonly cause: string; readonly hint?: string } | undefined {
  for (const [pattern, cause, hint] of FAILURES) {
    const match = pattern.exec(stderr)
    if (match)
      return { cause: cause.replace('$1', match.slice(1).find(Boolean) ?? ''), ...(hint !== undefined && { hint }) }
  }
  return undefined
}

const FAILURES: readonly (readonly [pattern: RegExp, cause: string, hint?: string])[] = [
  [
    /another package manager is running|could not get lock/i,
    'another package manager is running on the host and did not end in time',
    'check what runs there (ps ax | grep -E "apt|dpkg|dnf"), or raise lockTimeout',
  ],
  [
    /Unable to locate package (\S+)|No match for argument: (\S+)|Unable to find a match: (.+)/,
    'no repository of the host has $1',
    'check the name and the repositories of the host',
  ],
  [/Package '?(\S+?)'? has no installation candidate/, 'no repository of the host has $1'],
  [/E: Version '([^']*)' for '[^']*' was not found/, 'no repository of the host has version $1'],
  [
    /Packages need to be removed but remove is disabled|problem with installed package (\S+)/,
    'the installation would remove other packages',
    'check them with `--check`, and add `allowRemovals: true` if they can go',
  ],
  [
    /Public key for (\S+?)(?:\.rpm)? is not installed|keys listed for the "([^"]+)" repository .* not correct/,
    '$1 is signed with another key than the one that its repository names',
    "give packageRepository the key that the repository's owner publishes",
  ],
  [
    /Package (\S+?)(?:\.rpm)? is not signed|unauthenticated packages/,
    'a package is not signed: $1',
    'take it from a repository that signs; add `trusted: true` to packageRepository only where the way to it is trusted',
  ],
  [/No space left on device/, 'a file system of the host is full'],
  [
    /are you root\?|This command has to be run with superuser privileges/,
    'only root can install packages',
    'add `become: true`',
  ],
  [/(?:Temporary failure resolving|Could not resolve) '?([^\s']+)/, 'the host cannot resolve the repository $1'],
]
