// Parameter schemas that many task types share, each with the message shown for a value that does not fit.
import { Type } from 'typebox'

/**
 * The keyword `errorMessage` is read by the playbook's checks; the rest is plain JSON Schema. So is `hints`: pairs of a
 * pattern and the hint for a value that it matches, in which `$1` is its first group.
 */
const text = (pattern: string, errorMessage: string, more: object = {}) =>
  Type.String({ pattern, errorMessage, ...more })

/** A path such as `/etc/crane/config.yaml`: absolute, without `.` or `..`, without control characters. */
export const AbsolutePath = (description: string) =>
  text(
    '^/(?!.*(^|/)\\.\\.?(/|$))[^\\x00-\\x1f]*$',
    'must be an absolute path such as /etc/crane/config.yaml, without . or .. in it',
    { description },
  )

/** Permission bits such as `'0644'`. Quotes are needed because YAML reads 0644 as the number 644. */
export const Mode = (description = 'Permission bits, in quotes.') =>
  text('^[0-7]{3,4}$', "must be quoted octal digits such as '0644'", { description, examples: ['0644'] })

/** A user or group name, or a numeric id in quotes. */
export const Account = (description: string) =>
  text('^[^-:\\s\\x00-\\x1f/][^:\\x00-\\x1f/]*$', 'must be a user or group name', { description })

const IPV4 = '(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}'
/** At least two colons, and no character that an address cannot have. */
const IPV6 = '(?=.*:.*:)[0-9A-Fa-f:.]+'

/** An IP address, not a name: a node often resolves its own name to a loopback address. */
export const ReachableAddress = (description: string) =>
  text(
    `^(?!0\\.0\\.0\\.0$|127\\.|::1?$)(?:${IPV4}|${IPV6})$`,
    'must be an IP address at which other nodes reach this one',
    { description },
  )

/** An IP address, of either version. */
export const IpAddress = (description: string) =>
  text(`^(?:${IPV4}|${IPV6})$`, 'must be an IP address', { description })

/** The name of a systemd unit: `containerd` or `containerd.service`. */
export const UnitName = (description = 'The systemd unit. `.service` may be left out.') =>
  text('^[A-Za-z0-9:_.@\\\\-]+$', 'must be the name of a systemd unit such as containerd', { description })

/** A package name as apt and dnf write it. */
export const PackageName = (
  description = 'The name of the package in the package lists; for a file, an address or a group use `run`.',
) =>
  text('^[A-Za-z0-9][A-Za-z0-9+._-]*(:[a-z0-9-]+)?$', 'must be a package name such as containerd', {
    description,
    hints: [
      [
        '^@\\^?([\\w .-]+)$',
        `write run: { command: dnf -y group install '$1', unless: dnf -q group list --installed '$1' | grep -q . }`,
      ],
      [
        '^((?:https?://|/)[^\\s,{}]*[.]rpm)$',
        'write run: { command: dnf -y install $1, unless: rpm -q $(rpm -qp $1) }',
      ],
      [
        '^(/[^\\s,{}]*[.]deb)$',
        'write run: { command: apt-get -y install $1, unless: dpkg -s $(dpkg-deb -f $1 Package) }',
      ],
    ],
  })

/** A SHA-256 in hexadecimal. */
export const Sha256 = (description: string) =>
  text('^[0-9a-f]{64}$', 'must be the 64 hexadecimal digits that sha256sum prints, in lower case', { description })

/** The URL of something that a host fetches. */
export const Url = (description: string) =>
  text(
    '^(https?://[^/\\s]|file:///)[^\\s\\x00-\\x1f]*$',
    'must be a URL that begins with https://, http:// or file:///',
    {
      description,
    },
  )

/** The keys to set, nested as in the file. */
export const KeyTable = (description: string) =>
  Type.Record(Type.String(), Type.Unknown(), { description, minProperties: 1 })

/** The owner of a file or directory that a task makes. */
export const Owner = Type.Optional(Account('Default: unchanged; for a new one, the user the task runs as.'))

/** The group of a file or directory that a task makes. */
export const Group = Type.Optional(
  Account('Default: unchanged; for a new one, the group of the user the task runs as.'),
)

/** The command that a task runs on new content before it is put in place. */
export const Validate = Type.Optional(
  Type.String({
    description: 'A command that must accept the new content before it is put in place. %s is its path.',
    pattern: '%s',
    errorMessage: 'must contain %s where the path of the new content goes',
    examples: ['visudo -cf %s'],
  }),
)

/** Whether a task keeps the old content of a file that it replaces. */
export const Backup = Type.Optional(
  Type.Boolean({ description: 'Keep the old content beside the file, as PATH.TIMESTAMP~.', default: false }),
)

/** Whether a task follows symbolic links that another user can replace. */
export const Follow = Type.Optional(
  Type.Boolean({
    description: 'Follow symbolic links that a user other than root and the one the task runs as can replace.',
    default: false,
  }),
)
