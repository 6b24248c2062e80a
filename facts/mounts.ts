// facts.mounts: what is mounted where.
import { defineFact, reading, Type } from 'crane-play/task'

/** proc(5): blanks in /proc/self/mounts are written in octal. */
const unescape = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)))

export default defineFact({
  name: 'mounts',
  summary: 'Mounted file systems by their directory, from /proc/self/mounts; none of them is touched.',
  type: Type.Record(
    Type.String(),
    Type.Object({ source: Type.String(), type: Type.String(), options: Type.Array(Type.String()) }),
  ),
  probe: reading('mounts', 'cat /proc/self/mounts', { changes: true }),
  read: (text) =>
    Object.fromEntries(
      text.split('\n').flatMap((line) => {
        const [source, path, type, options = ''] = line.split(' ')
        if (source === undefined || path === undefined || type === undefined) return []
        return [[unescape(path), { source: unescape(source), type, options: options.split(',') }]]
      }),
    ),
})
