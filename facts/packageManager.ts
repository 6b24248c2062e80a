// facts.packageManager: what installs packages.
import { defineFact, reading, Type } from 'crane-play/task'

const NAMES = ['apt', 'dnf', 'zypper', 'pacman', 'apk', '']

export default defineFact({
  name: 'packageManager',
  summary: 'The package manager of the distribution: apt, dnf, zypper, pacman, apk; empty when there is none of these.',
  type: Type.Enum(NAMES),
  probe: reading(
    'packageManager',
    // A host may have the tools of another family too (EPEL's dpkg, Debian's dnf): its own come first.
    `for file in /etc/os-release /usr/lib/os-release; do [ -r $file ] && . $file && break; done
case " $ID $ID_LIKE " in *' debian '*|*' ubuntu '*) own=apt-get:apt ;; esac
for name in $own dnf:dnf yum:dnf zypper:zypper apt-get:apt pacman:pacman apk:apk; do
  command -v "\${name%:*}" >/dev/null && { echo "\${name#*:}"; break; }
done`,
  ),
  read: (text) => NAMES.find((name) => name === text.trim()) ?? '',
})
