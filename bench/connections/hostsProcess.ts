// Starts the process of the simulated hosts and talks to it.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { HostsOrder, HostsWord } from './hostsProgram.ts'
import type { HostCounts } from './sshHosts.ts'

const END_WITHIN_MS = 5000

export interface HostsProcess {
  readonly pid: number | undefined

  readonly port: number
  readonly knownHosts: string
  /** Counts since they were last taken. */
  takeCounts(): Promise<HostCounts>
  end(): Promise<void>
}

/** `program`: hostsProgram.ts, built. Rejects when it ends before it listens. */
export async function startHosts(program: string, order: HostsOrder): Promise<HostsProcess> {
  const child = fork(program, [JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Not what this process was started with, such as a compiler of TypeScript.
    execArgv: [],
  })
  const exited = once(child, 'exit')
  const ended = exited.then(([status, signal]): never => {
    throw new Error(`the simulated hosts ended (${status ?? signal})`)
  })
  ended.catch(() => {})
  const hear = async (): Promise<HostsWord> => {
    const [word] = await Promise.race([once(child, 'message'), ended])
    return word as HostsWord
  }
  const first = await hear()
  if (!('port' in first)) throw new Error('the simulated hosts do not say where they are')
  return {
    ...first,
    pid: child.pid,
    async takeCounts() {
      const answer = hear()
      child.send('counts')
      const word = await answer
      if (!('counts' in word)) throw new Error('the simulated hosts do not say what they counted')
      return word.counts
    },
    async end() {
      if (child.connected) child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS)
      await exited
      clearTimeout(timer)
    },
  }
}
