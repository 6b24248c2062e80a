// Hosts at once, from the limit of open files.
import { expect, test } from 'vitest'
import { defaultForks } from '../../src/cli/defaultForks.ts'

const limits = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft.padEnd(20)} 1048576              files     \n`

test.each([
  [limits('1024'), 231],
  [limits('256'), 39],
  [limits('64'), 8],
  [limits('1048576'), 1000],
  [limits('unlimited'), 1000],
  ['nothing of the kind', 200],
])('%j', (text, forks) => {
  expect(defaultForks(text)).toBe(forks)
})

test('this machine has some limit', () => {
  expect(defaultForks()).toBeGreaterThanOrEqual(8)
})
