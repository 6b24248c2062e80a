// The steps that install a package from a file of the host, and refuse what would remove other packages or go back.
import { commandLine } from '../../model/quoteShell.ts'
import { PACKAGE_FILE_FUNCTIONS } from '../probes/packageFile.ts'
import { installPackages } from './packageSteps.ts'
import { type ShellStep, script } from './step.ts'

/** How a package file is installed. */
export interface PackageFileInstallation {
  readonly manager: 'apt' | 'dnf'
  readonly path: string
  readonly allowRemovals: boolean
  /** Replaces a newer version that is installed. */
  readonly allowDowngrade: boolean
  /** Seconds to wait for another package manager. */
  readonly lockTimeout: number
}

// Looked at again once the file is there: what it removes is not known before. dnf replaces without a word.
const ALLOW_PACKAGE_FILE = `said=$(probe_package_files "$1") || return
case $said in *"
n "*) ;; *) echo "the package manager cannot read $1" >&2; return 1 ;; esac
[ "$3" ] || case $said in *"
newer"*) echo 'a newer version is installed' >&2; return 1 ;; esac
[ "$2" ] || ! printf '%s\\n' "$said" | grep -q '^- ' || {
  echo "it would remove $(printf '%s\\n' "$said" | sed -n 's/^- //p' | tr '\\n' ' ')" >&2; return 1
}`

/** Takes the file and returns the steps that install it with what it depends on. */
export const installPackageFile = ({
  manager,
  path,
  allowRemovals,
  allowDowngrade,
  lockTimeout,
}: PackageFileInstallation): readonly ShellStep[] => [
  script(
    `look at ${path}`,
    commandLine(['allow_package_file', path, allowRemovals ? 'allow' : '', allowDowngrade ? 'allow' : '']),
    {
      functions: { ...PACKAGE_FILE_FUNCTIONS, allow_package_file: ALLOW_PACKAGE_FILE },
    },
  ),
  installPackages(manager, [path], { refresh: 'if-needed', lockTimeout, allowRemovals }),
]

/** The cause of a failure of its first step; undefined for others. */
export function explainPackageFile(stderr: string): { readonly cause: string; readonly hint: string } | undefined {
  const [, removed] = /^it would remove (.*?) *$/m.exec(stderr) ?? []
  if (removed !== undefined)
    return {
      cause: `the installation would remove ${removed.replaceAll(' ', ', ')}`,
      hint: 'add `allowRemovals: true` if they can go',
    }
  if (/^a newer version is installed$/m.test(stderr))
    return { cause: 'a newer version is installed', hint: 'add `allowDowngrade: true` if it can go back' }
  if (/^the package manager cannot read /m.test(stderr))
    return { cause: 'the file is not a package that the host can read', hint: 'check what was built or downloaded' }
  return undefined
}
