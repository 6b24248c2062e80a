/** The spec files of the RPM hosts' packages, and the versions taken from Debian's file names. */
import { expect, test } from 'vitest'
import { rpmPackages } from '../../../lab/rpm/rpmPackages.ts'
import { labRepo } from '../../../lab/rpm/rpmRepository.ts'
import { rpmSpec, versionOf } from '../../../lab/rpm/rpmSpec.ts'

test.each([
  ['containerd_1.7.24~ds1-6+deb13u1_amd64.deb', '1.7.24'],
  ['containerd_2.1.9+ds1-5_amd64.deb', '2.1.9'],
  ['file_1%3a5.44-3_amd64.deb', '5.44'],
  ['tree_2.1.0-1_amd64.deb', '2.1.0'],
])('the version of %s is %s', (file, version) => {
  expect(versionOf(file)).toBe(version)
})

test('a spec has the tags that were asked for, and keeps the files of /etc on an upgrade', () => {
  const spec = rpmSpec(
    {
      name: 'chrony',
      epoch: 1,
      provides: ['ntp-daemon'],
      obsoletes: ['ntp < 5'],
      conflicts: ['ntpd'],
      requires: ['tree'],
    },
    '4.5',
    ['/etc/chrony.conf', '/usr/bin/chronyc'],
    '/payload',
  )
  for (const line of ['Epoch: 1', 'Provides: ntp-daemon', 'Obsoletes: ntp < 5', 'Conflicts: ntpd', 'Requires: tree'])
    expect(spec.split('\n')).toContain(line)
  expect(spec).toContain('%files\n%config(noreplace) "/etc/chrony.conf"\n"/usr/bin/chronyc"\n')
})

test('a package with a policy of the bus has it read', () => {
  const spec = (file: string) => rpmSpec({ name: 'x' }, '1', [file], '/payload')
  expect(spec('/usr/share/dbus-1/system.d/x.conf')).toContain('%post\nsystemctl reload dbus || :\n%files')
  expect(spec('/usr/bin/x')).not.toContain('%post')
})

test('the repository has the traps that tasks are tried on', () => {
  const has = (what: (one: (typeof rpmPackages)[number]) => unknown) => rpmPackages.some(what)
  expect(has((one) => (one.epoch ?? 0) > 0)).toBe(true)
  expect(has((one) => one.provides && !one.debian)).toBe(true)
  expect(has((one) => one.obsoletes)).toBe(true)
  expect(rpmPackages.filter(({ name }) => name === 'tree')).toHaveLength(2)
})

test('a host is offered one generation of containerd', () => {
  expect(labRepo('2.1')).toContain('baseurl=file:///srv/rpm/containerd-2.1\n')
  expect(labRepo('2.1')).not.toContain('containerd-1.7')
})
