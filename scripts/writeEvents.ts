// Writes docs/events.md and docs/events.schema.json: `npm run docs`. A test fails when one is out of date.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventReference, eventSchema } from './eventSchema.ts'

/** File below docs/ → its text. */
export const EVENT_FILES: Readonly<Record<string, () => string>> = {
  'events.md': eventReference,
  'events.schema.json': () => `${JSON.stringify(eventSchema, null, 1)}\n`,
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [name, text] of Object.entries(EVENT_FILES))
    writeFileSync(new URL(`../docs/${name}`, import.meta.url), text())
