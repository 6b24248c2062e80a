// What crane-play/container exports is documented, and crane-play/task exports nothing of containers.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as container from 'crane-play/container'
import * as task from 'crane-play/task'
import { expect, it } from 'vitest'

const room = fileURLToPath(new URL('../../src/container/', import.meta.url))
const sources = readdirSync(room, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(room, file), 'utf8'))

/** The names that index.ts hands on, types included. */
const exported = [...readFileSync(join(room, 'index.ts'), 'utf8').matchAll(/\{([^}]*)\}/g)].flatMap(([, names = '']) =>
  names
    .split(',')
    .map((name) => name.replace('type ', '').trim())
    .filter(Boolean),
)

/** Whether a declaration of the name follows a doc comment. */
const isDocumented = (name: string) =>
  sources.some((text) =>
    new RegExp(`\\*/\\nexport (async function|function|const|interface|type|class) ${name}\\b`).test(text),
  )

it('every export has a docstring', () => {
  expect(exported.length).toBeGreaterThan(10)
  expect(exported.filter((name) => !isDocumented(name))).toEqual([])
  expect(isDocumented('delegatesOf')).toBe(false)
})

it('the two entry points share no name', () => {
  expect(Object.keys(container).filter((name) => name in task)).toEqual([])
})
