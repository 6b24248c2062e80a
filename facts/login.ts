// facts.login: the user that crane-play runs as on the host.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'login',
  summary: 'The user that the task runs as: its name, number, home directory and groups.',
  type: Type.Object({
    user: Type.String(),
    uid: Type.Integer(),
    home: Type.String(),
    groups: Type.Array(Type.String()),
  }),
  probe: reading('login', 'id -un; id -u; echo ~; id -Gn', { changes: true }),
  read(text) {
    const [user = '', uid = '', home = '', groups = ''] = text.split('\n')
    return { user, uid: Number(/^\d{1,10}$/.exec(uid)?.[0] ?? 0), home, groups: groups.split(' ').filter(Boolean) }
  },
})
