// facts.hostname: the host name that the host itself reports.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'hostname',
  summary: 'The name that the host has for itself, up to the first dot.',
  type: Type.String(),
  probe: reading('hostname', 'cat /proc/sys/kernel/hostname', { changes: 'by commands' }),
  read: (text) => text.trim().split('.')[0] ?? '',
})
