// facts.file: what is at a path.
import { AbsolutePath, defineFact, inode, Type, UNKNOWN } from 'crane-play/task'

export default defineFact({
  name: 'file',
  summary: 'What is at a path: its type, mode, owner, size and last write. The same probe as of the tasks for files.',
  key: 'an absolute path',
  keyType: AbsolutePath(''),
  type: Type.Object({
    exists: Type.Boolean(),
    type: Type.Enum(['absent', 'denied', 'dangling-link', 'file', 'directory', 'socket', 'other']),
    mode: Type.String({ description: 'four octal digits, such as 0644; empty when nothing is there' }),
    owner: Type.String(),
    group: Type.String(),
    size: Type.Integer({ description: 'bytes' }),
    mtime: Type.Integer({
      description:
        'seconds since 1970 by the clock of the host; 0 when nothing is there; not known of a file that a task would write',
    }),
  }),
  probe: inode,
  read: (fact) =>
    fact.type === 'absent' || fact.type === 'denied' || fact.type === 'dangling-link'
      ? { exists: false, type: fact.type, mode: '', owner: '', group: '', size: 0, mtime: 0 }
      : {
          exists: true,
          type: fact.type,
          mode: fact.mode,
          owner: fact.owner,
          group: fact.group,
          size: fact.size,
          mtime: secondsOf(fact.writtenAt),
        },
})

/** Not known of a file that check mode predicts: expressions that read it are undecided. */
const secondsOf = (microseconds: number | undefined): number =>
  microseconds === undefined ? (UNKNOWN as never) : Math.floor(microseconds / 1e6)
