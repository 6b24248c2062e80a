// facts.cgroups: the version of control groups.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'cgroups',
  summary: 'The version of control groups that is mounted: 1, 2, or 0 for none.',
  type: Type.Integer(),
  probe: reading(
    'cgroups',
    'if [ -f /sys/fs/cgroup/cgroup.controllers ]; then echo 2; elif [ -d /sys/fs/cgroup/memory ]; then echo 1; else echo 0; fi',
  ),
  read: (text) => Number(/^[012]$/m.exec(text)?.[0] ?? 0),
})
