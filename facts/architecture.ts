// facts.architecture: the kind of processor.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'architecture',
  summary: 'The machine as `uname -m` prints it: x86_64, aarch64.',
  // What Debian and Go call them, `uname` never does.
  type: Type.String({ pattern: '^(?!(amd64|x64|arm64)$)', examples: ['x86_64', 'aarch64', 'ppc64le', 'riscv64'] }),
  probe: reading('architecture', 'uname -m'),
  read: (text) => text.trim(),
})
