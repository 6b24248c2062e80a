// facts.kernel: the running kernel.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'kernel',
  summary: 'The release of the running kernel, as `uname -r` prints it.',
  type: Type.String(),
  probe: reading('kernel', 'uname -r'),
  read: (text) => text.trim(),
})
