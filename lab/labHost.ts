/** A handle on one running host: its addresses and files, and commands in it past sshd. */
import { join } from 'node:path'
import { $ } from 'zx'
import { powerOff } from './endHost.ts'
import { hostDirectory, hostRoot } from './hostDisk.ts'
import { labName, projectRoot } from './labName.ts'
import { findHost, hostIsUp, readState, requireOwn } from './labState.ts'

export interface LabHost {
  name: string
  address: string
  /** The host's root file system, to read and write from the controller. */
  root: string
  /** Where /var/lib/containerd and its like really lie. */
  disk: string
  /** The plain words that start a program inside the host, past sshd and as root, when they stand before it. */
  enter(): readonly string[]
  /** Runs a shell command inside the host, past sshd; never throws on a non-zero status. */
  exec(command: string): Promise<{ stdout: string; stderr: string; exitCode: number }>
  /** Ends the host as a power cut does; labReset starts it again. */
  powerOff(): Promise<void>
  isUp(): boolean
}

const CLEAN = ['env', '-i', 'HOME=/root', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']

/**
 * Handle of one host, good until the lab ends: a host that was reset is another process.
 * @param lab the lab's name; default: as `labName`
 */
export function labHost(name: string, lab: string = labName()): LabHost {
  const ownLab = () => requireOwn(lab, readState(lab), projectRoot)
  const now = () => findHost(ownLab(), name)
  const { disks } = ownLab()
  const enter = () => ['nsenter', '-t', String(now().pid), '-a', ...CLEAN]
  return {
    name,
    address: now().address,
    root: hostRoot(disks, name),
    disk: join(hostDirectory(disks, name), 'disk'),
    enter,
    async exec(command) {
      const lax = $({ quiet: true, nothrow: true, stdio: ['ignore', 'pipe', 'pipe'] })
      const result = await lax`${enter()} /bin/sh -c ${command}`
      return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode ?? 255 }
    },
    powerOff: () => powerOff(now()),
    isUp: () => hostIsUp(now()),
  }
}
