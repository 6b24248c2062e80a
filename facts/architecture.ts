// facts.architecture: the kind of processor.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'architecture',
  summary: 'The machine as `uname -m` prints it: x86_64, aarch64.',
  type: Type.String(),
  probe: reading('architecture', 'uname -m'),
  read: (text) => text.trim(),
})
