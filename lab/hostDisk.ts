/** The directories of a host's disk: where they lie, and how their content is thrown away. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'

export const hostDirectory = (disks: string, name: string): string => join(disks, name)
/** The host's whole root file system as the controller sees it. */
export const hostRoot = (disks: string, name: string): string => join(disks, name, 'root')
export const sharedHome = (disks: string): string => join(disks, 'home')

/** Empties a cleared host's disk; the old content is moved aside at once and deleted in the background. */
export function wipeDisk(disks: string, name: string): void {
  const directory = hostDirectory(disks, name)
  const trash = join(disks, `trash-${name}-${process.pid}-${Date.now()}`)
  const used = ['upper', 'work', 'disk'].filter((part) => existsSync(join(directory, part)))
  if (used.length === 0) return
  mkdirSync(trash)
  for (const part of used) renameSync(join(directory, part), join(trash, part))
  remove([trash])
}

/** Deletes what an interrupted deletion left. */
export const emptyTrash = (disks: string): void =>
  remove(
    readdirSync(disks)
      .filter((name) => name.startsWith('trash-'))
      .map((name) => join(disks, name)),
  )

function remove(directories: string[]): void {
  if (directories.length > 0) spawn('nice', ['rm', '-rf', ...directories], { detached: true, stdio: 'ignore' }).unref()
}
