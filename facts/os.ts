// facts.os: the distribution and its version.
import { defineFact, reading, Type } from 'crane-play/task'

/** Families by the names that distributions give themselves and those they are like: os-release(5), ID and ID_LIKE. */
const FAMILIES: Readonly<Record<string, string>> = {
  debian: 'debian',
  ubuntu: 'debian',
  rhel: 'redhat',
  fedora: 'redhat',
  centos: 'redhat',
  rocky: 'redhat',
  almalinux: 'redhat',
  suse: 'suse',
  sles: 'suse',
  arch: 'arch',
  alpine: 'alpine',
  gentoo: 'gentoo',
}
const NAMES = [...new Set(Object.values(FAMILIES))]
/** What counts with a family is not one. */
const MEMBERS = Object.keys(FAMILIES).filter((id) => !NAMES.includes(id))

export default defineFact({
  name: 'os',
  summary: 'The distribution and its version, from /etc/os-release.',
  type: Type.Object({
    family: Type.String({
      description: `${NAMES.join(', ')}, or the id where it is like none`,
      pattern: `^(?!(${MEMBERS.join('|')})$)[^A-Z]*$`,
      examples: NAMES,
    }),
    id: Type.String({ description: 'ID, in lower case', pattern: '^[^A-Z]*$' }),
    version: Type.String({ description: 'VERSION_ID; empty for a rolling release' }),
    codename: Type.String(),
    pretty: Type.String(),
  }),
  probe: reading(
    'os',
    `for file in /etc/os-release /usr/lib/os-release; do [ -r $file ] && . $file && break; done
printf '%s\\n' "$ID" "$ID_LIKE" "$VERSION_ID" "\${VERSION_CODENAME-}" "$PRETTY_NAME"`,
  ),
  read(text) {
    const [name = '', like = '', version = '', codename = '', pretty = ''] = text.split('\n')
    const id = name.toLowerCase()
    const known = [id, ...like.toLowerCase().split(' ')].find((one) => Object.hasOwn(FAMILIES, one))
    return { family: known === undefined ? id : (FAMILIES[known] ?? id), id, version, codename, pretty }
  },
})
