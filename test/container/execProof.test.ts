// The proof of streams, with a ccon of the test's: which commands it runs, and what counts as reached.
import { readFileSync, writeFileSync } from 'node:fs'
import { explainCconFailure, proveExec } from 'crane-play/container'
import { describe, expect, it } from 'vitest'
import { makeCommands, runScript, type Shell, SHELLS, temporaryDirectory } from '../task/runShell.ts'

const directory = temporaryDirectory()
const INSPECTED = JSON.stringify({ job_id: 7, step_id: 1, status: 1, craned_list: 'crane02' }, null, 2)

const attempt = (scheme: string) =>
  `echo 'Nov 26 22:17:27.359 [INFO] Stream attempt 1/3 for URL: ${scheme}://10.0.0.2:10350/x' >&2`

/** `attach` is shell text; the token is the last word of `exec`. */
const ccon = (attach: string) => `
echo "$*" >>"$LOG"
for last; do :; done
case " $* " in
  *" run "*) echo 'Container submitted successfully. Job ID: 7, Step ID: 1' ;;
  *" inspect "*) cat <<'END'
${INSPECTED}
END
    ;;
  *" exec "*) ${attempt('https')}; echo "$last" | tee "$LOG.token" ;;
  *" attach "*) ${attach} ;;
esac`

function prove(attach: string, shell: Shell, more: object = {}) {
  const commands = makeCommands({ ccon: ccon(attach) })
  writeFileSync(`${commands}/log`, '')
  const proof = { partition: 'CPU', image: 'alpine:latest', nodes: ['crane02'], account: '', directory }
  const step = proveExec({ ...proof, timeoutSeconds: 5, tls: true, attach: true, ...more })
  const { status, stdout, stderr } = runScript(step, { shell, commands })
  const calls = readFileSync(`${commands}/log`, 'utf8').trim().split('\n')
  return { status, stdout: stdout.toString(), calls, cause: explainCconFailure(stderr)?.cause }
}

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  it('reads what the container prints, and leaves an attachment that would last', () => {
    const { status, stdout, calls } = prove(`${attempt('https')}; while cat "$LOG.token"; do sleep 1; done`, shell)
    expect({ status, stdout }).toEqual({ status: 0, stdout: '7 crane02 https://10.0.0.2:10350\n' })
    const [, token] = /echo (crane-play-[0-9a-f]{16}); sleep 1/.exec(calls[0] ?? '') ?? []
    expect(calls.filter((call) => !call.includes('inspect')).slice(1)).toEqual([
      `exec 7.1 echo ${token}`,
      'attach --stdin=false --tty=false 7.1',
      'stop 7.1',
    ])
  })

  it('asks for nothing but a command where attaching is not asked for', () => {
    const { status, calls } = prove('exit 1', shell, { attach: false })
    expect(status).toBe(0)
    expect(calls.join('\n')).not.toMatch(/attach|echo crane-play-\S+; sleep/)
  })

  it.each([
    ['that shows nothing', attempt('https'), 'stream: ccon attach shows nothing of what the container prints'],
    ['that shows another line', `${attempt('https')}; echo hello`, 'stream: hello'],
    ['that is refused', `${attempt('https')}; echo 'Error: Attach failed: no'; exit 4`, 'stream: Attach failed: no'],
    ['without TLS', `${attempt('http')}; cat "$LOG.token"`, 'encryption of streams'],
  ])('refuses an attachment %s', (_, attach, cause) => {
    const proved = prove(attach, shell)
    expect(proved.status).toBe(1)
    expect(proved.cause).toContain(`crane02: ${cause}`)
    expect(proved.stdout).toBe('')
  })
})
