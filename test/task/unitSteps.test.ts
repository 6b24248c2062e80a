// Starting units with a systemctl of the test's: what counts as up, and what is said when it is not.
import { existsSync, readFileSync } from 'node:fs'
import { explainUnitFailure, restartUnit, startUnit } from 'crane-play/task'
import { describe, expect, it } from 'vitest'
import { makeCommands, runScript, SHELLS } from './runShell.ts'

/** `$looks`: how often it was asked whether the unit is active. */
const systemctl = (more: { show?: string; active?: string; go?: string } = {}) => `
case $1 in
  show) case $* in
    *NeedDaemonReload*) echo no ;; *Type*) echo simple ;; *Result*) echo exit-code ;; *ExecMainStatus*) echo 1 ;;
    *MainPID*) ${more.show ?? 'echo 7'} ;; esac ;;
  is-active) echo look >>"$LOG.looks"; looks=$(grep -c . "$LOG.looks"); ${more.active ?? 'true'} ;;
  *) echo "$*" >>"$LOG"; ${more.go ?? 'true'} ;;
esac`
const journalctl = `echo "$*" >>"$LOG"; echo 'config.yaml: RuntimeEndpoint is not configured.'`

function run(step: Parameters<typeof runScript>[0], fake: string, shell?: (typeof SHELLS)[number]) {
  const commands = makeCommands({ systemctl: fake, journalctl, sleep: 'exit 0' })
  const ran = runScript(step, { commands, ...(shell && { shell }) })
  return {
    ...ran,
    calls: existsSync(`${commands}/log`) ? readFileSync(`${commands}/log`, 'utf8').trim().split('\n') : [],
  }
}

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  it('is up when it stays active', () => {
    const { status, calls } = run(startUnit('craned', 1), systemctl(), shell)
    expect({ status, calls }).toEqual({ status: 0, calls: ['start craned.service'] })
  })

  it('is not up when it stops within the time', () => {
    const { status, stderr, calls } = run(restartUnit('craned', 1), systemctl({ active: '[ "$looks" -lt 4 ]' }), shell)
    expect(status).toBe(1)
    expect(stderr).toContain('craned.service stopped again (exit-code, exit status 1); last lines:')
    expect(stderr).toContain('RuntimeEndpoint is not configured.')
    expect(calls).toEqual(
      ['restart craned.service', 'journalctl'].map((call) =>
        call === 'journalctl' ? '-u craned.service -n 20 --no-pager -o cat' : call,
      ),
    )
  })

  it('is not up when systemd started it again', () => {
    const { status, stderr } = run(
      startUnit('craned', 1),
      systemctl({ show: 'echo pid >>"$LOG.pids"; grep -c . "$LOG.pids"' }),
      shell,
    )
    expect(status).toBe(1)
    expect(stderr).toContain('craned.service started and died')
  })

  it('is not up when it does not start', () => {
    const { status, stderr } = run(startUnit('craned', 1), systemctl({ go: 'exit 5' }), shell)
    expect(status).toBe(1)
    expect(stderr).toContain('craned.service did not start')
  })
})

it('reads unit files again where they changed', () => {
  const fake = systemctl().replace('*NeedDaemonReload*) echo no', '*NeedDaemonReload*) echo yes')
  expect(run(restartUnit('craned', 0), fake).calls).toEqual(['daemon-reload', 'restart craned.service'])
})

it('names the unit and where to look', () => {
  expect(explainUnitFailure('x\ncraned.service stopped again (exit-code, exit status 1); last lines:\n')).toEqual({
    cause: 'craned.service stopped again (exit-code, exit status 1)',
    hint: 'run on the host: systemctl status craned.service; journalctl -u craned.service',
  })
  expect(explainUnitFailure('something else')).toBeUndefined()
})
