// Edits of texts cost what the text is long: ten times the input takes ten times the steps, not a hundred.
import { patchToml, patchYaml } from 'crane-play/task'
import { describe, expect, it } from 'vitest'

/** Characters that the string methods used by edits look at or copy while `work` runs. */
function stepsOf(work: () => unknown): number {
  let steps = 0
  const original = {
    slice: String.prototype.slice,
    indexOf: String.prototype.indexOf,
    lastIndexOf: String.prototype.lastIndexOf,
  }
  const { prototype } = String
  prototype.slice = function (this: string, ...args) {
    const result = original.slice.apply(this, args)
    steps += 1 + result.length
    return result
  }
  prototype.indexOf = function (this: string, ...args) {
    const found = original.indexOf.apply(this, args)
    steps += 1 + Math.abs((found < 0 ? this.length : found) - (args[1] ?? 0))
    return found
  }
  prototype.lastIndexOf = function (this: string, ...args) {
    const found = original.lastIndexOf.apply(this, args)
    steps += 1 + Math.abs((args[1] ?? this.length) - Math.max(found, 0))
    return found
  }
  try {
    work()
  } finally {
    Object.assign(prototype, original)
  }
  return steps
}

const lines = (n: number, line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join('')
const keys = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 2]))

const TEXTS: readonly (readonly [string, (n: number) => () => unknown])[] = [
  ['TOML: blank lines', (n) => () => patchToml(`a = 1\n${'\n'.repeat(n)}b = 1\n`, { a: 2, c: { d: 1 } })],
  ['TOML: blank lines at the end', (n) => () => patchToml(`a = 1\n${'\n'.repeat(n)}`, { c: { d: 1 } })],
  ['TOML: comments before a table', (n) => () => patchToml(`${'# x\n'.repeat(n)}[a]\n`, { b: 1 })],
  [
    'TOML: many keys, all set',
    (n) => () =>
      patchToml(
        lines(n, (i) => `k${i} = 1\n`),
        keys(n),
      ),
  ],
  [
    'TOML: many tables',
    (n) => () =>
      patchToml(
        lines(n, (i) => `[t${i}]\na = 1\n`),
        { t0: { b: 1 }, u: { a: 1 } },
      ),
  ],
  ['YAML: blank lines', (n) => () => patchYaml(`a: 1\n${'\n'.repeat(n)}b: 1\n`, { a: 2, c: { d: 1 } })],
  [
    'YAML: many keys, all set',
    (n) => () =>
      patchYaml(
        lines(n, (i) => `k${i}: 1\n`),
        keys(n),
      ),
  ],
  ['YAML: a long list', (n) => () => patchYaml(`a:\n${lines(n, (i) => `  - ${i}\n`)}`, { a: [1, 2] })],
  ['YAML: a long flow map', (n) => () => patchYaml(`a: { ${lines(n, (i) => `k${i}: 1, `)}z: 1 }\n`, { a: keys(n) })],
]

describe.each(TEXTS)('%s', (_, edit) => {
  it('grows with the text', () => {
    const few = stepsOf(edit(40))
    const many = stepsOf(edit(400))
    expect(few).toBeGreaterThan(40)
    expect(many / few).toBeLessThan(15)
  })
})

it('sees what grows with the square', () => {
  const square = (n: number) => () => {
    let text = 'x\n'.repeat(n)
    for (let i = 0; i < n; i++) text = `y${text.slice(1)}`
  }
  expect(stepsOf(square(400)) / stepsOf(square(40))).toBeGreaterThan(50)
})
