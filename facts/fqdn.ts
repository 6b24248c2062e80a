// facts.fqdn: the full name of the host.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'fqdn',
  summary: 'The full name, as `hostname -f` resolves it; the plain name where it cannot be resolved.',
  type: Type.String(),
  probe: reading('fqdn', 'hostname -f || cat /proc/sys/kernel/hostname', { changes: true }),
  read: (text) => text.trim(),
})
