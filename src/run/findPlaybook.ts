// Resolves the name of a playbook: a file, or one of the product's own.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { type Checked, checked, mistake, mistaken } from '../model/diagnostic.ts'
import { didYouMean } from '../model/didYouMean.ts'

export interface FoundPlaybook {
  readonly path: string
  /** True: the user named a playbook of the product, and has no file of that name. */
  readonly own: boolean
}

/** A user's own file always wins; only a bare name is looked up among the product's. */
export function findPlaybook(name: string, ownDirectory: string): Checked<FoundPlaybook> {
  if (existsSync(name)) {
    if (!statSync(name).isDirectory()) return checked({ path: name, own: false })
    return mistaken([mistake('playbook-is-a-directory', `'${name}' is a directory, not a playbook`)])
  }
  const bare = !name.includes('/') && !name.includes(sep)
  const own = bare ? ownPlaybooks(ownDirectory) : []
  const match = own.find((file) => file === name || file === `${name}.yml`)
  if (match) return checked({ path: join(ownDirectory, match), own: true })
  const near = didYouMean(name, [...playbooksBeside(name), ...own])
  const ownOnes = `the product's own playbooks: ${own.join(', ')}`
  // A pattern of hosts, as `ansible` takes it.
  const pattern = bare && !/\.ya?ml$/.test(name) ? `; to see hosts: \`crane-play inventory PATTERN -i INVENTORY\`` : ''
  const hint = near ? `did you mean '${near}'?` : bare ? `${ownOnes}${pattern}` : undefined
  return mistaken([mistake('no-such-playbook', `there is no playbook '${name}'`, undefined, hint)])
}

/** In the directory that the name names, written as it is. */
function playbooksBeside(name: string): string[] {
  const start = name.slice(0, name.length - basename(name).length)
  return filesIn(dirname(name), /\.ya?ml$/).map((file) => start + file)
}

const ownPlaybooks = (directory: string): string[] => filesIn(directory, /\.yml$/)

function filesIn(directory: string, ending: RegExp): string[] {
  try {
    return readdirSync(directory)
      .filter((file) => ending.test(file))
      .sort()
  } catch {
    return []
  }
}
