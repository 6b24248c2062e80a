// facts.file: what is at a path.
import { AbsolutePath, defineFact, inode, Type } from 'crane-play/task'

export default defineFact({
  name: 'file',
  summary: 'What is at a path: its type, mode, owner and size. The same probe as of the tasks for files.',
  key: 'an absolute path',
  keyType: AbsolutePath(''),
  type: Type.Object({
    exists: Type.Boolean(),
    type: Type.Enum(['absent', 'denied', 'dangling-link', 'file', 'directory', 'socket', 'other']),
    mode: Type.String({ description: 'four octal digits, such as 0644; empty when nothing is there' }),
    owner: Type.String(),
    group: Type.String(),
    size: Type.Integer({ description: 'bytes' }),
  }),
  probe: inode,
  read(fact) {
    if (fact.type === 'absent' || fact.type === 'denied' || fact.type === 'dangling-link')
      return { exists: false, type: fact.type, mode: '', owner: '', group: '', size: 0 }
    const { type, mode, owner, group, size } = fact
    return { exists: true, type, mode, owner, group, size }
  },
})
