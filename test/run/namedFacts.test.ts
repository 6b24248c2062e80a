// What a person may write for a fact, and what is said of what is not one.
import { expect, test } from 'vitest'
import { loadFacts } from '../../src/run/loadFacts.ts'
import { namedFacts } from '../../src/run/namedFacts.ts'

const facts = await loadFacts()

test.each([
  [['os', 'service[sshd]', `file['/etc/a b']`], 'os: service:sshd file:/etc/a b'],
  [['oss'], "unknown-fact there is no fact 'oss'; did you mean 'os'?"],
  [['os.family'], "unknown-fact there is no fact 'os.family'; write os"],
  [['facts.kernel'], "unknown-fact there is no fact 'facts.kernel'; write kernel"],
  [['facts.service[sshd].active'], "unknown-fact there is no fact 'facts.service[sshd].active'; write service[sshd]"],
  [['ansible_os_family'], "unknown-fact there is no fact 'ansible_os_family'; write os"],
  [['ansible_selinux.status'], "unknown-fact there is no fact 'ansible_selinux.status'; write selinux"],
  [['service'], "missing-key the fact 'service' needs the name of a unit; write service[NAME]"],
  [['os[x]'], "unknown-key the fact 'os' takes no key; write os"],
  [['file[etc]'], "wrong-key 'etc' is not an absolute path; write an absolute path between the brackets of file[…]"],
])('%j', (names, expected) => {
  const named = namedFacts(names, facts)
  const shown = named.ok
    ? named.value.map(({ fact, key }) => `${fact.name}:${key}`)
    : named.diagnostics.map(({ code, message, hint }) => `${code} ${message}; ${hint}`)
  expect(shown.join(' ')).toBe(expected)
})

test('without names: all that need no key', () => {
  const named = namedFacts([], facts)
  expect(named.ok && named.value.map(({ label }) => label)).toEqual(
    [...facts.values()].filter(({ key }) => key === undefined).map(({ name }) => name),
  )
})
