// Writes what is made from the table of arrows: `npm run docs`. A test fails when a file is out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { arrowOverrides, arrowTable } from './arrows.mjs'

const TABLE = /(?<=<!-- written from scripts\/arrows\.mjs by `npm run docs` -->\n)[\s\S]*?(?=\n\n)/

/** File of the project's root → what it is to be, from what it is now. */
export const ARROW_FILES = {
  '.oxlint-arrows.json': () => {
    const lines = arrowOverrides().map((override) => JSON.stringify(override))
    return `{ "overrides": [\n${lines.join(',\n')}\n] }\n`
  },
  'CONTRIBUTING.md': (now) => now.replace(TABLE, arrowTable()),
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, make] of Object.entries(ARROW_FILES)) {
    const path = fileURLToPath(new URL(`../${name}`, import.meta.url))
    writeFileSync(path, make(existsSync(path) ? readFileSync(path, 'utf8') : ''))
  }
}
