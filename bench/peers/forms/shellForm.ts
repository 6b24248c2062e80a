// The deployment as the careful shell script that an administrator would write for pdsh and clush.
import { quoteShell } from '../../../src/model/quoteShell.ts'
import type { Step } from '../deployment.ts'
import type { FormFiles } from './form.ts'

const FUNCTIONS = `set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
umask 022
changed() { echo "changed: $*"; }

packages() {
  have=$(dpkg-query -W -f '\${db:Status-Status}\\n' "$@" 2>/dev/null | grep -c '^installed$') || :
  if [ "$have" -eq $# ]; then return; fi
  apt-get install -qq -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" >/dev/null
  changed "packages $*"
}

# directory PATH OWNER:GROUP MODE
directory() {
  if [ "$(stat -c %F:%U:%G:%a "$1" 2>/dev/null)" = "directory:$2:$3" ]; then return; fi
  mkdir -p "$1"; chown "$2" "$1"; chmod "$3" "$1"
  changed "$1"
}

# file PATH OWNER:GROUP MODE <CONTENT
file() {
  new=$(mktemp "$1.XXXXXX")
  cat >"$new"
  if cmp -s "$new" "$1" && [ "$(stat -c %U:%G:%a "$1")" = "$2:$3" ]; then rm "$new"; return; fi
  chown "$2" "$new"; chmod "$3" "$new"; mv -f "$new" "$1"
  changed "$1"
}

# setting FILE KEY LINE
setting() {
  if grep -qxF "$3" "$1"; then return; fi
  sed -i "s|^[[:space:]]*$2[[:space:]]*=.*|$3|" "$1"
  changed "$1"
}

service() {
  if systemctl is-enabled -q "$1" && systemctl is-active -q "$1"; then return; fi
  systemctl enable -q --now "$1"
  changed "$1"
}
`

function line(step: Step): string {
  switch (step.kind) {
    case 'packages':
      return `packages ${step.names.join(' ')}`
    case 'directory':
      return `directory ${step.path} ${step.owner}:${step.group} ${step.mode.replace(/^0/, '')}`
    case 'file':
      return `file ${step.path} ${step.owner}:${step.group} ${step.mode.replace(/^0/, '')} <<'END'\n${step.content}END`
    case 'setting':
      return `setting ${step.path} ${step.key} ${quoteShell(`${step.indent}${step.key} = "${step.value}"`)}`
    case 'service':
      return `service ${step.name}`
  }
}

export const shellForm = (steps: readonly Step[]): FormFiles =>
  new Map([['deploy.sh', `${FUNCTIONS}\n${steps.map(line).join('\n')}\n`]])
