// facts.os: the distribution and its version.
import { defineFact, reading, Type } from 'crane-play/task'

/** Families by the names that distributions give themselves and those they are like: os-release(5), ID and ID_LIKE. */
const FAMILIES = ['debian', 'rhel', 'fedora', 'suse', 'arch', 'alpine', 'gentoo']

export default defineFact({
  name: 'os',
  summary: 'The distribution and its version, from /etc/os-release.',
  type: Type.Object({
    family: Type.String({ description: 'debian, redhat, suse, arch, alpine, gentoo, or the id where it is like none' }),
    id: Type.String(),
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
    const [id = '', like = '', version = '', codename = '', pretty = ''] = text.split('\n')
    const family = [id, ...like.split(' ')].find((name) => FAMILIES.includes(name)) ?? id
    return { family: family === 'rhel' || family === 'fedora' ? 'redhat' : family, id, version, codename, pretty }
  },
})
