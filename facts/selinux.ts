// facts.selinux: whether SELinux is in force.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'selinux',
  summary: 'The state of SELinux: enforcing, permissive or disabled.',
  type: Type.Enum(['enforcing', 'permissive', 'disabled']),
  probe: reading('selinux', 'cat /sys/fs/selinux/enforce', { changes: 'by commands' }),
  read(text) {
    const state = text.trim()
    return state === '1' ? 'enforcing' : state === '0' ? 'permissive' : 'disabled'
  },
})
