/** Which lab is meant: each checkout has one of its own, and any number of others by name. */
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { LabProblem } from './machine.ts'

/** The checkout this file belongs to. */
export const projectRoot = join(import.meta.dirname, '..')

/** The name of a checkout's own lab: its directory's name, and a digest of the path, since many are called alike. */
export function ownName(checkout: string): string {
  const slug = basename(checkout)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `${slug.slice(0, 24) || 'lab'}-${digestOf(checkout)}`
}

/** The name of another lab of a checkout, which no other checkout uses. */
export const ownLab = (purpose: string, checkout: string = projectRoot): string => `${purpose}-${digestOf(checkout)}`

const digestOf = (checkout: string): string => createHash('sha256').update(checkout).digest('hex').slice(0, 4)

/**
 * The lab's name: as asked, else from CRANE_PLAY_LAB, else the checkout's own.
 * @throws LabProblem when it cannot be part of a path
 */
export function labName(asked: string | undefined = process.env['CRANE_PLAY_LAB']): string {
  if (!asked) return ownName(projectRoot)
  if (/^[a-z0-9][a-z0-9-]{0,30}$/.test(asked)) return asked
  throw new LabProblem(`'${asked}' is not a name for a lab: use up to 31 lower-case letters, digits and hyphens`)
}

export interface LabFiles {
  /** INI inventory, absolute path. */
  inventory: string
  knownHosts: string
  privateKey: string
  /** A copy of what /run says of the lab. */
  state: string
}

/** Where a checkout keeps the files of a lab: `.lab` for its own one, `.lab/NAME` for others. */
export function labFiles(name: string, checkout: string = projectRoot): LabFiles {
  const directory = name === ownName(checkout) ? join(checkout, '.lab') : join(checkout, '.lab', name)
  return {
    inventory: join(directory, 'hosts'),
    knownHosts: join(directory, 'known_hosts'),
    privateKey: join(directory, 'id_ed25519'),
    state: join(directory, 'state.json'),
  }
}
