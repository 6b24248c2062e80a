// facts.command: where a program is.
import { defineFact, quoteShell, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'command',
  summary: 'Where a program is found in PATH; empty when it is not.',
  key: 'the name of a program',
  keyType: Type.String({ pattern: '^[^/\\s\\x00-\\x1f]+$' }),
  type: Type.Object({ exists: Type.Boolean(), path: Type.String() }),
  probe: (name) => reading(`command ${name}`, `command -v -- ${quoteShell(name)}`, { changes: true }),
  read(text) {
    const path = text.trim()
    return { exists: path !== '', path }
  },
})
