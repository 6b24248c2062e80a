// ensureYaml: keys of a YAML file have the given values; every other byte is unchanged.
import { defineKeyedFileTask, parseYaml, patchYaml } from 'crane-play/task'

export default defineKeyedFileTask({ name: 'ensureYaml', format: 'YAML', patch: patchYaml, parse: parseYaml })
