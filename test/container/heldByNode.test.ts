// Which certificates are for a node, and which are somebody else's.
import { expect, it } from 'vitest'
import { heldByNode } from 'crane-play/container'

const node = { names: ['node2', 'crane02'], addresses: ['192.0.2.12', 'fd00::2', 'fe80::1%eth0'] }

it.each([
  [['DNS:crane02'], true],
  [['DNS:Crane02.cluster.example'], true],
  [['DNS:other', 'DNS:node2'], true],
  [['IPAddress:192.0.2.12'], true],
  [['IPAddress:FD00:0:0:0:0:0:0:2'], true],
  [['DNS:*.cluster.example'], true],
  [['DNS:crane03', 'IPAddress:192.0.2.13'], false],
  [['DNS:crane021'], false],
  [['DNS:x.crane02'], false],
  [['IPAddress:FD00:0:0:0:0:0:0:3'], false],
  [['email:crane02', 'URI:crane02'], false],
  [[], false],
])('%j: %s', (holders, expected) => {
  expect(heldByNode(holders, node)).toBe(expected)
})

it('takes a name with a domain for that of another domain', () => {
  expect(heldByNode(['DNS:crane02.b'], { names: ['crane02.a'], addresses: [] })).toBe(false)
  expect(heldByNode(['DNS:crane02'], { names: ['crane02.a'], addresses: [] })).toBe(true)
})
