// facts.virtualization: whether the host is a guest or a container.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'virtualization',
  summary: 'What the host runs in, as `systemd-detect-virt` names it: none, kvm, vmware, lxc, docker.',
  type: Type.String(),
  probe: reading('virtualization', 'systemd-detect-virt || :'),
  read: (text) => text.trim() || 'none',
})
