// Steps that start or restart a systemd unit and see that it stays up, since most daemons die of a bad setting at once.
import { quoteShell } from '../../model/quoteShell.ts'
import { unitName } from '../probes/unit.ts'
import { type ShellStep, script } from './step.ts'

/** Seconds for which a started unit must stay active. */
export const SETTLE_SECONDS = 2

// A Type=simple unit counts as active the moment it is forked, and these daemons exit 1 a little later when they do not
// like their configuration. One that systemd restarts again and again has another main process each time.
const BRING_UP = `unit=$2 settle=$3
fail() {
  echo "$unit $1 ($(systemctl show -p Result --value "$unit"), exit status $(systemctl show -p ExecMainStatus --value "$unit")); its last lines:" >&2
  journalctl -u "$unit" -n 20 --no-pager -o cat 2>/dev/null | tail -n 10 >&2
  return 1
}
if [ "$(systemctl show -p NeedDaemonReload --value "$unit")" = yes ]; then systemctl daemon-reload || return; fi
systemctl "$1" "$unit" || { fail 'did not start'; return 1; }
case $(systemctl show -p Type --value "$unit") in oneshot) return 0 ;; esac
pid=$(systemctl show -p MainPID --value "$unit")
n=$((settle * 5))
while :; do
  systemctl is-active -q "$unit" || { fail 'stopped again'; return 1; }
  [ "$(systemctl show -p MainPID --value "$unit")" = "$pid" ] || { fail 'started and died'; return 1; }
  [ "$n" -gt 0 ] || break
  n=$((n - 1)); sleep 0.2
done`

const bringUp = (verb: 'start' | 'restart', unit: string, settle: number): ShellStep =>
  script(
    `systemctl ${verb} ${quoteShell(unit)}`,
    `bring_up ${verb} ${quoteShell(unitName(unit))} ${Math.ceil(settle)}`,
    {
      functions: { bring_up: BRING_UP },
    },
  )

/** Starts a unit, reading its file again where that changed; fails with the journal's last lines when it does not last. */
export const startUnit = (unit: string, settle = SETTLE_SECONDS): ShellStep => bringUp('start', unit, settle)

/** The same for a restart. */
export const restartUnit = (unit: string, settle = SETTLE_SECONDS): ShellStep => bringUp('restart', unit, settle)

/** What a failed start should be called, from what the step wrote. */
export function explainUnitFailure(stderr: string): { readonly cause: string; readonly hint: string } | undefined {
  const match = /^(\S+) (did not start|stopped again|started and died) \(([^)]*)\)/m.exec(stderr)
  if (!match) return undefined
  const [, unit = '', what, why] = match
  return { cause: `${unit} ${what} (${why})`, hint: `on the host: systemctl status ${unit}; journalctl -u ${unit}` }
}
