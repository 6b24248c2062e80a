// Hosts at once, within the limit of open files.
import { expect, test } from 'vitest'
import { forksWithin } from '../../src/run/forksWithin.ts'

const limits = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft.padEnd(20)} 1048576              files     \n`

test.each<[string, number | undefined, number, number]>([
  [limits('1024'), undefined, 5000, 231],
  [limits('256'), undefined, 5000, 39],
  [limits('1048576'), undefined, 5000, 1000],
  [limits('unlimited'), undefined, 5000, 1000],
  ['nothing of the kind', undefined, 5000, 200],
  [limits('1024'), 200, 5000, 200],
  [limits('unlimited'), 5000, 5000, 5000],
  // Few hosts need few files, whatever is asked for.
  [limits('256'), 500, 20, 500],
])('%j, --forks %j, %d hosts', (text, asked, hosts, forks) => {
  expect(forksWithin(asked, hosts, text)).toMatchObject({ ok: true, value: forks })
})

test.each<[string, number | undefined, string, string]>([
  [
    '1024',
    500,
    '500 hosts at once can need 2100 open files; the limit of this process is 1024',
    'run `ulimit -n 2100`, or use --forks 231',
  ],
  [
    '64',
    undefined,
    'one host at a time can need 104 open files; the limit of this process is 64',
    'run `ulimit -n 104`',
  ],
])('a limit of %s is too low for --forks %j', (soft, asked, message, hint) => {
  const result = forksWithin(asked, 5000, limits(soft))
  expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'too-few-open-files', message, hint }] })
})
