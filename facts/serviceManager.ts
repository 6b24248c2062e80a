// facts.serviceManager: what starts services.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'serviceManager',
  summary: 'The name of process 1 where it manages services: systemd, or what else runs there.',
  type: Type.String(),
  probe: reading('serviceManager', 'if [ -d /run/systemd/system ]; then echo systemd; else cat /proc/1/comm; fi'),
  read: (text) => text.trim(),
})
