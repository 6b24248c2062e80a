/** The spec file of one package of the RPM hosts' repository. */
import { RELEASE, type RpmPackage } from './rpmPackages.ts'

const lines = (tag: string, values: readonly string[] = []): string[] => values.map((value) => `${tag}: ${value}`)

/**
 * Takes a package, its version, and the paths of its files below `payload`; returns the text for rpmbuild.
 * Dependencies are not computed: nothing in the hosts' RPM database provides what Debian's own files do.
 */
export function rpmSpec(one: RpmPackage, version: string, files: readonly string[], payload: string): string {
  const what = one.debian ?? one.files?.[0]
  const about = what ? `Debian's files of ${what} as an RPM` : 'a package for tests, of no use otherwise'
  return [
    `Name: ${one.name}`,
    ...(one.epoch === undefined ? [] : [`Epoch: ${one.epoch}`]),
    `Version: ${version}`,
    `Release: ${RELEASE}`,
    `Summary: Lab stand-in: ${about}`,
    'License: as the files',
    'AutoReqProv: no',
    ...lines('Provides', one.provides),
    ...lines('Requires', one.requires),
    ...lines('Conflicts', one.conflicts),
    ...lines('Obsoletes', one.obsoletes),
    '%description',
    `Made by crane-play's lab.`,
    '%install',
    `mkdir -p %{buildroot}`,
    `cp -a ${payload}/. %{buildroot}/`,
    // The bus reads a new policy only on request; Debian has a trigger for it.
    ...(files.some((file) => file.includes('/dbus-1/system.d/')) ? ['%post', 'systemctl reload dbus || :'] : []),
    '%files',
    ...files.map((file) => `${file.startsWith('/etc/') ? '%config(noreplace) ' : ''}"${file}"`),
    '',
  ].join('\n')
}

/** The unit file of a service that only sleeps. */
export const sleepingUnit = (name: string): string =>
  `[Unit]\nDescription=Lab stand-in for ${name}\n\n[Service]\nExecStart=/usr/bin/sleep infinity\n\n[Install]\nWantedBy=multi-user.target\n`

/** `1.7.24` of `containerd_1.7.24~ds1-6+deb13u1_amd64.deb`: RPM has no use for Debian's own suffixes. */
export const versionOf = (file: string): string => /_(?:\d+%3a)?([0-9][0-9.]*[0-9])/.exec(file)?.[1] ?? '0'
