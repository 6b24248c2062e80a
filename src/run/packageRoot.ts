// Where the product is installed: its version, playbooks and task types.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Package {
  readonly root: string
  readonly version: string
}

let found: Package | undefined

/** The nearest directory upwards whose package.json is ours; a bundle may have put this code at another depth. */
export function ownPackage(): Package {
  if (found) return found
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    const version = readOwnVersion(join(directory, 'package.json'))
    if (version !== undefined) {
      found = { root: directory, version }
      return found
    }
    if (dirname(directory) === directory) throw new Error('crane-play does not find its own package.json')
  }
}

function readOwnVersion(file: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8'))
    return name === 'crane-play' ? version : undefined
  } catch {
    return undefined
  }
}
