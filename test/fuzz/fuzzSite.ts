// A directory with keys and an SSH server on loopback, against which the command is run on inputs that are almost right.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type CommandRun, startCommand } from '../cli/runCommand.ts'
import { HARMFUL } from '../../src/report/escapeControl.ts'
import { keyPair, type TestServer, testServer } from '../transport/sshServer.ts'
import { type Answers, answeringShell, type PartAnswer, recordedShell } from './answeringShell.ts'

/** Of a run: a playbook may say that it waits, and a range may hold many hosts. Then it is interrupted. */
const PATIENCE_MS = 5000

/** The user that logs in to this machine's own shell. */
export const HONEST = 'honest'

export class FuzzSite {
  readonly #folder = mkdtempSync(join(tmpdir(), 'crane-play-fuzz-'))
  readonly server: TestServer
  /** What the hosts say, by the user that logs in; the others say nothing, and that all went well. */
  readonly #hosts: Map<string, Answers>
  /** The answers of an honest host, by request and part. */
  readonly recorded: readonly (readonly PartAnswer[])[]
  /** The command's options that lead to the server, without a configuration of ssh and known hosts. */
  readonly connect: readonly string[]
  /** These too. */
  readonly reach: readonly string[]

  private constructor(server: TestServer, hosts: Map<string, Answers>, recorded: PartAnswer[][]) {
    this.server = server
    this.#hosts = hosts
    this.recorded = recorded
    this.connect = ['--transport', 'ssh2', '--timeout', '5', '--private-key', this.path('key')]
    this.reach = [...this.connect, '--ssh-config', this.path('config'), '--known-hosts', this.path('known')]
    this.write('key', keyPair().private)
    this.write('known', `right ${this.hostKey}\n`)
    this.write('config', `Host *\n HostName 127.0.0.1\n Port ${server.port}\n HostKeyAlias right\n`)
    this.write('true.yml', '- hosts: all\n  tasks:\n    - run: { command: "true", readOnly: true }\n')
  }

  /** `asked` is a playbook that names `files`; its answers of an honest host are recorded, in check mode. */
  static async open(asked: string, files: ReadonlyMap<string, Uint8Array>): Promise<FuzzSite> {
    const hosts = new Map<string, Answers>()
    const recorded: PartAnswer[][] = []
    let recording = true
    const server = await testServer({
      exec(channel, _command, _connection, user) {
        if (user !== HONEST) return answeringShell(channel, hosts.get(user) ?? (() => ({ stdout: '', status: '0' })))
        recordedShell(channel, (request, answers) => {
          if (recording) recorded[request] = answers
        })
      },
    })
    const site = new FuzzSite(server, hosts, recorded)
    site.write('asked.yml', asked)
    for (const [name, content] of files) site.write(name, content)
    site.write('honest', `${HONEST} ansible_user=${HONEST}\n`)
    const argv = [site.path('asked.yml'), '-i', site.path('honest'), '--check', ...site.reach]
    const { status, err } = await startCommand(...argv).done
    recording = false
    if ((status !== 0 && status !== 2) || recorded.flat().length < 10) throw new Error(`nothing was recorded: ${err}`)
    return site
  }

  async close(): Promise<void> {
    await this.server.close()
    rmSync(this.#folder, { recursive: true })
  }

  /** As it stands in known_hosts. */
  get hostKey(): string {
    return this.server.hostKey.public.split(' ').slice(0, 2).join(' ')
  }

  path(name: string): string {
    return join(this.#folder, name)
  }

  write(name: string, text: string | Uint8Array): void {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), text, { mode: 0o600 })
  }

  host(user: string, answers: Answers): void {
    this.#hosts.set(user, answers)
  }

  /** Runs the command. Undefined: it ended as it should, whatever the input was, and `more` finds nothing either. */
  async problem(
    argv: readonly string[],
    more: (run: CommandRun) => string | undefined = () => undefined,
  ): Promise<string | undefined> {
    const running = startCommand(...argv)
    const impatient = setTimeout(() => running.signal('SIGINT'), PATIENCE_MS)
    let late: NodeJS.Timeout | undefined
    const stuck = new Promise<undefined>((resolve) => {
      late = setTimeout(resolve, 8 * PATIENCE_MS, undefined)
    })
    const run = await Promise.race([running.done, stuck])
    clearTimeout(impatient)
    clearTimeout(late)
    const said = `${running.text.err}${running.text.out}`
    if (run === undefined) return `it does not end:\n${said}`
    if (![0, 1, 2, 4, 130].includes(run.status)) return `it ends with status ${run.status}:\n${said}`
    if (/ threw in |this is a bug/.test(said)) return `something threw:\n${said}`
    const acts = HARMFUL.exec(said)
    if (acts)
      return `it prints ${JSON.stringify(acts[0])}, on which a terminal acts:\n${JSON.stringify(said.slice(Math.max(0, acts.index - 300), acts.index + 100))}`
    if (run.status === 1 && !/error\[|^crane-play: /m.test(run.err)) return `it does not say why:\n${said}`
    return more(run)
  }
}
