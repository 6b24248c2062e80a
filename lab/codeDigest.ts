/** A digest of the lab's own sources, so that `up` does not keep hosts of an older one. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files that only start things; hosts are the same whatever they say. */
const apart = ['cli.ts', 'demo.ts', 'matrix.ts', 'README.md']

/** Digest of all that ends up on a host or decides how one is booted. */
export function codeDigest(): string {
  const hash = createHash('sha256')
  const files = readdirSync(import.meta.dirname, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !apart.includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  for (const file of files) hash.update(file.slice(import.meta.dirname.length)).update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}
