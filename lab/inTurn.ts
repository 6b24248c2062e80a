/** Lets the commands of one lab, and those that change what all labs share, work one after another. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { LabProblem, runtimeDirectory } from './machine.ts'

/**
 * Runs `work` while no other process of this machine holds the lock called `what`; waits at most five minutes.
 * @param what a lab's name, or `machine` for the image, the installed tools and the numbers of labs
 */
export async function inTurn<T>(what: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(runtimeDirectory, { recursive: true })
  const lock = join(runtimeDirectory, `${what}.lock`)
  const giveUp = Date.now() + 300_000
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch {
      const holder = existsSync(lock) ? readFileSync(lock, 'utf8') : ''
      if (holder && !existsSync(`/proc/${holder}`)) rmSync(lock, { force: true })
      else if (Date.now() > giveUp)
        throw new LabProblem(`another lab command (process ${holder}) has been at work for five minutes: wait for it`)
      else await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  // The layers' directories become the hosts' own, so a strict umask of the caller's would lock their users out.
  const before = isMainThread ? process.umask(0o022) : undefined
  try {
    return await work()
  } finally {
    if (before !== undefined) process.umask(before)
    rmSync(lock, { force: true })
  }
}
