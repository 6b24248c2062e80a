// The programs of this machine that unit tests call.
import { existsSync } from 'node:fs'
import { installTools, type Tools } from '../lab/machine.ts'

/** Shells that scripts for hosts are tried in, what these scripts call, and the OpenSSH client whose agent and files are read. */
const TOOLS: Tools = {
  '/usr/bin/dash': 'dash',
  '/usr/bin/bash': 'bash',
  '/usr/bin/busybox': 'busybox',
  '/usr/bin/ssh': 'openssh-client',
  '/usr/bin/ps': 'procps',
  '/usr/bin/curl': 'curl',
}

const isThere = (path: string): boolean => existsSync(path) || existsSync(path.replace('/usr', ''))

/** For a program's name, such as `busybox`. */
export const isHere = (name: string): boolean => isThere(`/usr/bin/${name}`)

/** Before the first unit test. Root gets what is missing; for others the cases in a missing shell are left out. */
export default async function setup(): Promise<void> {
  const missing = Object.fromEntries(Object.entries(TOOLS).filter(([path]) => !isThere(path)))
  if (Object.keys(missing).length === 0) return
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  if (process.getuid?.() === 0) await installTools(say, missing)
  else say(`Not on this machine, so what is tried with them is left out: ${Object.values(missing).join(', ')}`)
}
