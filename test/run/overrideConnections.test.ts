// The command line before the inventory; a password that was typed after it.
import { expect, test } from 'vitest'
import { type Passwords, overrideConnections } from '../../src/run/overrideConnections.ts'
import type { Connection, Inventory } from '../../src/model/inventory.ts'

const GIVEN: Connection = {
  transport: 'auto',
  address: '10.0.0.2',
  user: 'root',
  become: { enabled: false, user: 'root' },
}

const inventory = (connection: Connection): Inventory => ({
  hosts: new Map([['crane02', { name: 'crane02', groups: [], vars: {}, connection }]]),
  groups: new Map(),
  origin: () => undefined,
})

type Said = Parameters<typeof overrideConnections>[1]

test.each<[string, Partial<Connection>, Partial<Said>, Passwords, Partial<Connection>]>([
  ['nothing', {}, {}, {}, {}],
  ['the user', {}, { user: 'admin' }, {}, { user: 'admin' }],
  ['the key', { privateKeyFile: 'a' }, { privateKey: 'b' }, {}, { privateKeyFile: 'b' }],
  ['the transport', { transport: 'openssh' }, { transport: 'local' }, {}, { transport: 'local' }],
  ['become', {}, { become: true }, {}, { become: { enabled: true, user: 'root' } }],
  [
    'user to become with sudo, default root, where the inventory becomes',
    { become: { enabled: true, user: 'a' } },
    { becomeUser: 'b' },
    {},
    { become: { enabled: true, user: 'b' } },
  ],
  [
    'user to become with sudo, default root does not become',
    {},
    { becomeUser: 'b' },
    {},
    { become: { enabled: false, user: 'b' } },
  ],
  ['a typed password', {}, {}, { login: 'x', become: 'y' }, { password: 'x', becomePassword: 'y' }],
  ['a typed password and one of the host', { password: 'own' }, {}, { login: 'x' }, { password: 'own' }],
])('%s', (_case, given, said, passwords, expected) => {
  const before = inventory({ ...GIVEN, ...given })
  const after = overrideConnections(before, { become: false, ...said }, passwords)
  expect(after.hosts.get('crane02')?.connection).toEqual({ ...GIVEN, ...given, ...expected })
  expect(before.hosts.get('crane02')?.connection).toEqual({ ...GIVEN, ...given })
})
