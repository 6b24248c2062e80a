// ensureToml: keys of a TOML file have the given values; the rest is unchanged.
import { defineKeyedFileTask, parseToml, patchToml } from 'crane-play/task'

export default defineKeyedFileTask({
  name: 'ensureToml',
  format: 'TOML',
  patch: patchToml,
  parse: parseToml,
  noNull: true,
})
