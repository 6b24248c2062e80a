// What a pattern demands is said in words: a regular expression alone tells an administrator little.
import { expect, it } from 'vitest'
import { catalogue } from './catalogue.ts'

/** Pointers of all schemas with a pattern and without words for it. */
function wordless(schema: unknown, pointer = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const own = 'pattern' in schema && typeof schema.pattern === 'string' && !('errorMessage' in schema) ? [pointer] : []
  return [...own, ...Object.entries(schema).flatMap(([key, inner]) => wordless(inner, `${pointer}/${key}`))]
}

it.each(catalogue.map(({ name, type }) => ({ name, type })))('every pattern of $name has words', ({ type }) => {
  expect(wordless(type.params)).toEqual([])
})

it('finds a pattern without words', () => {
  expect(wordless({ properties: { a: { type: 'string', pattern: '^a$' } } })).toEqual(['/properties/a'])
})
