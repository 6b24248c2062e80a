// Parameter types that many tasks share, each with the message a person gets when a value does not fit.
import { Type } from 'typebox'

/** The keyword `errorMessage` is read by the playbook's checks; the rest is plain JSON Schema. */
const text = (pattern: string, errorMessage: string, more: object = {}) =>
  Type.String({ pattern, errorMessage, ...more })

/** `/etc/crane/config.yaml`: absolute, no `.` or `..` in it, no control characters. */
export const AbsolutePath = (description: string) =>
  text(
    '^/(?!.*(^|/)\\.\\.?(/|$))[^\\x00-\\x1f]*$',
    'must be an absolute path such as /etc/crane/config.yaml, without . or .. in it',
    { description },
  )

/** `'0644'`: quoted, since YAML reads 0644 as the number 644. */
export const Mode = (description = 'Permission bits, quoted.') =>
  text('^[0-7]{3,4}$', "must be quoted octal digits such as '0644'", { description, examples: ['0644'] })

/** A user or group name, or a numeric id in quotes. */
export const Account = (description: string) =>
  text('^[A-Za-z0-9_][A-Za-z0-9_.-]*\\$?$', 'must be a user or group name', { description })

const IPV4 = '(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}'
/** Near enough: two colons at least, and nothing that no address holds. */
const IPV6 = '(?=.*:.*:)[0-9A-Fa-f:.]+'

/** An address and not a name: a node often takes its own name for an address of its loopback interface. */
export const ReachableAddress = (description: string) =>
  text(
    `^(?!0\\.0\\.0\\.0$|127\\.|::1?$)(?:${IPV4}|${IPV6})$`,
    'must be an IP address by which other nodes reach this one',
    { description },
  )

/** A systemd unit: `containerd` or `containerd.service`. */
export const UnitName = (description = 'The systemd unit; `.service` may be left out.') =>
  text('^[A-Za-z0-9:_.@\\\\-]+$', 'must be the name of a systemd unit such as containerd', { description })

/** A package name as apt and dnf know it. */
export const PackageName = (description = 'The name of the package.') =>
  text('^[A-Za-z0-9][A-Za-z0-9+._-]*$', 'must be a package name such as containerd', { description })

/** A table of keys to set, nested as in the file. */
export const KeyTable = (description: string) =>
  Type.Record(Type.String(), Type.Unknown(), { description, minProperties: 1 })
