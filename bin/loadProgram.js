// Loads the program as V8 compiled it the last time: that saves a tenth of a second at each start.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

/**
 * A run is over before optimized code pays for having been made: the V8 of Node 20 would spend a third of its processor
 * time on that, so it is told to wait fifteen times longer. Later versions have a compiler that is cheap (Maglev). And
 * what a long run compiled at its start is not to be forgotten before it is kept at its end.
 */
export const v8Flags = [
  ...(process.version.startsWith('v20.') ? ['--interrupt-budget=1000000'] : []),
  '--no-flush-bytecode',
]

/** So many runs in turn add what they compiled: the first one checks, the next one changes, another has expressions. */
const RUNS_KEPT = 8

/** Of the later runs this share looks whether it has more to add, which takes some fifteen milliseconds. */
const LATER = 1 / 8

/** Bytes of compiled code that are worth being added by a later run. */
const WORTH_ADDING = 16 * 1024

/**
 * Returns what the CommonJS file exports. Node has a cache of compiled code only from version 22 on, and in a folder
 * that everybody may write to. A cache that does not fit is refused by V8, and one that is missing costs time only.
 */
export function loadProgram(file) {
  for (const flag of v8Flags) setFlagsFromString(flag)
  const cache = cacheOf(file)
  const cachedData = cache && read(cache.path(cache.runs))
  const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`
  const script = new Script(text, { filename: file, ...(cachedData && { cachedData }) })
  const module = { exports: {} }
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file))
  // Functions are compiled when they are first called, so a cache is worth keeping only after a run.
  const runs = cachedData && !script.cachedDataRejected ? cache.runs : 0
  if (cache && (runs < RUNS_KEPT || Math.random() < LATER)) {
    process.once('exit', () => {
      if (!module.exports.hasRun()) return
      const data = script.createCachedData()
      const more = runs === 0 ? data.length : data.length - cachedData.length
      if (runs < RUNS_KEPT) write(cache.path(runs + 1), more > 0 ? data : cachedData)
      else if (more > WORTH_ADDING) write(cache.path(runs), data)
    })
  }
  return module.exports
}

/** The cache of a file after the most runs; undefined where there is no folder that is surely the user's own: compiled code is code. */
function cacheOf(file) {
  try {
    const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'crane-play')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(folder)
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return undefined
    // V8 compares little more than the length of the text.
    const { size, mtimeMs } = statSync(file)
    const stem = `${basename(file)}-${size}-${Math.trunc(mtimeMs)}-${process.version}-${process.arch}.`
    const name = /^(\d)\.v8$/
    const runs = readdirSync(folder).map((one) =>
      one.startsWith(stem) ? Number(name.exec(one.slice(stem.length))?.[1] ?? 0) : 0,
    )
    return { runs: Math.max(0, ...runs), path: (after) => join(folder, `${stem}${after}.v8`) }
  } catch {
    return undefined
  }
}

function read(path) {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

function write(path, data) {
  const draft = `${path}.${process.pid}`
  try {
    const others = readdirSync(dirname(path)).filter((name) => name.endsWith('.v8'))
    writeFileSync(draft, data, { mode: 0o600 })
    renameSync(draft, path)
    for (const name of others) if (name !== basename(path)) rmSync(join(dirname(path), name), { force: true })
  } catch {
    // A full disk or a folder that became read-only: the next start is as slow as this one.
  }
}
