// Steps that start or restart a systemd unit and check that it stays up: a bad setting ends most daemons at once.
import { quoteShell } from '../../model/quoteShell.ts'
import { unitName } from '../probes/unit.ts'
import { type ShellStep, script } from './step.ts'

/** Seconds for which a started unit must stay active by default. */
export const SETTLE_SECONDS = 2

// A Type=simple unit is active as soon as it is forked, and a daemon that rejects its configuration exits a little later.
// A unit that systemd restarts again and again has another main process each time.
const BRING_UP = `unit=$2 settle=$3
fail() {
  echo "$unit $1 ($(systemctl show -p Result --value "$unit"), exit status $(systemctl show -p ExecMainStatus --value "$unit")); last lines:" >&2
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

/**
 * Starts a unit, after a daemon-reload where its file changed. Fails with the journal's last lines when it does not stay up.
 *
 * @param unit - `.service` may be left out.
 * @param settle - Seconds for which it must stay active.
 */
export const startUnit = (unit: string, settle = SETTLE_SECONDS): ShellStep => bringUp('start', unit, settle)

/** Restarts a unit; otherwise as `startUnit`. */
export const restartUnit = (unit: string, settle = SETTLE_SECONDS): ShellStep => bringUp('restart', unit, settle)

/**
 * The cause and hint of a failed start.
 *
 * @param stderr - What the step wrote.
 * @returns Undefined when the failure is another one.
 */
export function explainUnitFailure(stderr: string): { readonly cause: string; readonly hint: string } | undefined {
  const match = /^(\S+) (did not start|stopped again|started and died) \(([^)]*)\)/m.exec(stderr)
  if (!match) return undefined
  const [, unit = '', what, why] = match
  return { cause: `${unit} ${what} (${why})`, hint: `run on the host: systemctl status ${unit}; journalctl -u ${unit}` }
}
