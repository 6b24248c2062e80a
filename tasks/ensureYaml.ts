// ensureYaml: keys of a YAML file have the given values; every other byte of it stays as it was.
import { defineKeyedFileTask, parseYaml, patchYaml } from 'crane-play/task'

export default defineKeyedFileTask({ name: 'ensureYaml', format: 'YAML', patch: patchYaml, parse: parseYaml })
