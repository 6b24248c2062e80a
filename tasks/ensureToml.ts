// ensureToml: keys of a TOML file have the given values; the rest of it stays as it was.
import { defineKeyedFileTask, parseToml, patchToml } from 'crane-play/task'

export default defineKeyedFileTask({
  name: 'ensureToml',
  format: 'TOML',
  patch: patchToml,
  parse: parseToml,
  noNull: true,
})
