// Misspelt words and the one that each was probably meant to be.
import { describe, expect, test } from 'vitest'
import { didYouMean } from '../../src/model/didYouMean.ts'

describe('didYouMean', () => {
  test.each([
    ['a letter wrong', 'comptue', ['control', 'compute'], 'compute'],
    ['a letter missing', 'instalPackage', ['installPackage', 'ensureService'], 'installPackage'],
    ['a letter too many', 'hostss', ['hosts', 'vars'], 'hosts'],
    ['two letters swapped counts as one slip', 'hots', ['host', 'hats2'], 'host'],
    ['another case', 'ENSURETOML', ['ensureToml', 'ensureYaml'], 'ensureToml'],
    ['the nearest of several', 'ensureTml', ['ensureYaml', 'ensureToml'], 'ensureToml'],
    ['the first of equally near ones', 'crane0', ['crane01', 'crane02'], 'crane01'],
    ['nothing near', 'banana', ['control', 'compute'], undefined],
    ['a short word is not turned into any other', 'db', ['me', 'ww'], undefined],
    ['the empty word', '', ['a', 'ab'], undefined],
    ['no candidates', 'control', [], undefined],
    ['the word itself is no suggestion', 'control', ['control'], undefined],
  ] as const)('%s', (_case, word, candidates, expected) => {
    expect(didYouMean(word, candidates)).toBe(expected)
  })
})
