// Which room may import which. The lint rules and the table in CONTRIBUTING are generated from this file.

const PUBLISHED = ['crane-play/task', 'crane-play/container']

/** Room → what it makes, and what it may import. What those may import, it may import too. */
const TABLE = {
  'src/model': ['the shared nouns: types and pure functions', []],
  'src/text': ['what the user wrote → a tree that knows its lines and columns; the list of mistakes', ['model']],
  'src/language': ['expressions and templates: compiled, checked, evaluated', ['text']],
  'src/inventory': ['inventory files → `Inventory`', ['text']],
  'src/playbook': ['playbook files → `ValidPlaybook`, or every mistake with its position', ['language']],
  'src/task': ['the contract of a task type, published as `crane-play/task`', ['model']],
  'src/container': ['what is known of runtimes, CNI and CraneSched, published as `crane-play/container`', ['task']],
  'src/transport': ['bytes to a host and back', ['model']],
  'src/engine': ['playbook × inventory × task types → events', ['task', 'transport']],
  'src/run': ['a request → a prepared run', ['playbook', 'inventory', 'engine', 'container']],
  'src/report': ['events → what people and programs read', ['model']],
  'src/cli': ['arguments, environment, signals, exit statuses', ['run', 'report']],
  tasks: ['task types, one file each', PUBLISHED],
  facts: ['facts of a host, one file each', PUBLISHED],
  checks: ['what doctor looks for, one file for each area', PUBLISHED],
  lab: ['real hosts in namespaces of this machine', []],
  bench: ['the benchmark', ['run', 'report', 'lab']],
  test: ['the tests; they mirror the rooms', ['cli', 'tasks', 'facts', 'checks', 'lab', 'bench']],
}

/** Rooms that may read the process: its arguments, environment and streams. */
const OUTER = ['report', 'cli', 'lab', 'bench', 'test']
const PROCESS = 'only cli reads arguments and the environment, prints and ends the process'

export const ROOMS = Object.entries(TABLE).map(([directory, [makes, imports]]) => ({
  name: directory.replace('src/', ''),
  directory,
  makes,
  imports,
}))

/**
 * Every room that `name` may import: those of its row, and theirs.
 * @param {string} name
 * @returns {Set<string>}
 */
export function importable(name) {
  const { imports = [] } = ROOMS.find((room) => room.name === name) ?? {}
  return new Set(imports.flatMap((next) => [next, ...importable(next)]))
}

/** The overrides of oxlint that hold the arrows, and keep the process out of the inner rooms. */
export function arrowOverrides() {
  const inner = ROOMS.filter(({ name }) => !OUTER.includes(name)).map(({ directory }) => `${directory}/**`)
  return [
    ...ROOMS.flatMap((room) => {
      const patterns = [...arrowPatterns(room), ...(OUTER.includes(room.name) ? [] : [PROCESS_PATTERN])]
      if (patterns.length === 0) return []
      return { files: [`${room.directory}/**`], rules: { 'no-restricted-imports': ['error', { patterns }] } }
    }),
    {
      files: inner,
      rules: {
        'no-restricted-globals': ['error', { name: 'process', message: PROCESS }],
        'no-restricted-properties': ['error', { object: 'globalThis', property: 'process', message: PROCESS }],
      },
    },
  ]
}

const PROCESS_PATTERN = { group: ['node:process', 'process'], message: PROCESS }

/** Files that only use what is published are as a site's: they import neither each other nor the program. */
function arrowPatterns({ name, imports }) {
  const allowed = importable(name)
  const denied = imports.includes('crane-play/task')
    ? ['../**', './**', '**/src/**']
    : ROOMS.filter((other) => other.name !== name && !allowed.has(other.name)).map((other) => `**/${other.name}/**`)
  return denied.length === 0 ? [] : [{ group: denied, message: `${name} may import ${sayList(imports)}` }]
}

/** The table that CONTRIBUTING prints. */
export function arrowTable() {
  return [
    '| room | what it makes | may import, with what those import |',
    '| --- | --- | --- |',
    ...ROOMS.map(({ directory, makes, imports }) => `| \`${directory}\` | ${makes} | ${sayList(imports)} |`),
  ].join('\n')
}

const sayList = (imports) => (imports.length === 0 ? 'nothing of ours' : imports.join(', '))
