// What a source line shows of the secrets in it: their length, and nothing else.
import { expect, test } from 'vitest'
import { hideSecrets } from '../../src/report/hideSecrets.ts'

test.each([
  ['a x=1', 'a x=1'],
  ['a ansible_password=abc x=1', 'a ansible_password=*** x=1'],
  ['a ansible_become_pass="a b" x=1', 'a ansible_become_pass=***** x=1'],
  ['a ansible_password=a"b c"d\\ e x', 'a ansible_password=********** x'],
  ['a ansible_password="abc def', 'a ansible_password=********'],
  ['a ansible_password = abc', 'a ansible_password = ***'],
  ['ansible_password = a b', 'ansible_password = ***'],
  ['a pass=1 token=22', 'a pass=* token=**'],
  ['  db_passwd: a, b', '  db_passwd: ****'],
  ["ansible_become_pass: 'x' # why", 'ansible_become_pass: *** # why'],
  ['db_password: "a" b', 'db_password: *****'],
  ['a: {"API_TOKEN": "x", "b": 1}', 'a: {"API_TOKEN": ***, "b": 1}'],
  ['{"token":"x"}', '{"token":***}'],
  ['{ token: a b, secret: c }', '{ token: ***, secret: * }'],
  ['ansible_pasword=a b', 'ansible_pasword=***'],
  ['a passenger', 'a passenger'],
  ['crane-tokens:22', 'crane-tokens:22'],
  ["when: token == 'x'", "when: token == 'x'"],
  ["ensureKey: { token: '{{ api_token }}' }", "ensureKey: { token: '{{ api_token }}' }"],
  ['  api_token: { type: string, sensitive: true }', '  api_token: { type: string, sensitive: true }'],
  ['- ensureSecret: { path: /etc/x, password: y }', '- ensureSecret: { path: /etc/x, password: * }'],
])('%s', (line, shown) => {
  expect(hideSecrets(line)).toBe(shown)
})

test('a line of a megabyte takes no time', () => {
  const line = `{${'"token": {"a": 1}, '.repeat(60_000)}"secret": "x"}`
  expect(hideSecrets(line).endsWith('"secret": ***}')).toBe(true)
  expect(hideSecrets('pass'.repeat(250_000))).toHaveLength(1_000_000)
})
