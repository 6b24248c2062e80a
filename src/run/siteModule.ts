// Loads a file of TypeScript that a site wrote, and finds the place of what keeps it from loading.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Diagnostic, mistake, type SourceSpan } from '../model/diagnostic.ts'
import { suggestion } from '../model/didYouMean.ts'
import { SourceText } from '../text/sourceText.ts'

/** The default export of a user's file. It is compiled as it is loaded; its `crane-play/task` and `crane-play/container` are our own. */
export async function importModule(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti')
  const virtualModules = {
    'crane-play/task': strict('crane-play/task', await import('../task/index.ts')),
    'crane-play/container': strict('crane-play/container', await import('../container/index.ts')),
  }
  const jiti = createJiti(import.meta.url, { virtualModules, interopDefault: false, fsCache: false })
  return jiti.import<unknown>(resolve(path), { default: true })
}

/** What the compiled file asks of a module besides what its author wrote. */
const ASKED_BY_THE_COMPILER = ['__esModule', 'default', 'then']

/** Compiled imports are looked up when they are used: a name that is not there would be undefined. */
function strict<Exports extends object>(name: string, module: Exports): Exports {
  return new Proxy(module, {
    get(exports, key) {
      if (typeof key === 'symbol' || key in exports || ASKED_BY_THE_COMPILER.includes(key))
        return Reflect.get(exports, key)
      const hint = suggestion(key, Object.keys(exports).sort())
      throw new Error(`${name} has no export '${key}'${hint === undefined ? '' : `: ${hint}`}`)
    },
  })
}

/** Why a file cannot be loaded, with the line that the compiler or the stack names. */
export function loadMistake(path: string, error: unknown): Diagnostic {
  const at = placeIn(path, error)
  const reason = reasonOf(error)
  return mistake('unloadable-task-type', at ? `cannot be loaded: ${reason}` : `${path} cannot be loaded: ${reason}`, at)
}

/** `_task.` is what the compiler makes of an import. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/\n.*/s, '')
    .replace(/^ParseError: /, '')
    .replace(/\(0, _\w+\.(\w+)\)|\b_(?:task|container)\d*\./g, '$1')
    .trim()

/** A parser counts columns from 0 and its column is exact; that of a stack is one of the compiled line, so the whole line is underlined. */
function placeIn(path: string, error: unknown): SourceSpan | undefined {
  if (!(error instanceof Error)) return undefined
  const absolute = resolve(path)
  const named = (text: string) =>
    [...text.matchAll(/([^\s(]+):(\d+):(\d+)/g)].find(([, file]) => file?.replace('file://', '') === absolute)
  const parsed = named(error.message)
  const found = parsed ?? named(error.stack ?? '')
  if (!found) return undefined
  const [line, column] = [Number(found[2]), Number(found[3])]
  const source = new SourceText(path, readFileSync(absolute, 'utf8'))
  if (parsed) return source.inLine(line, column, 1)
  const text = source.inLine(line, 0, 1).text
  return source.inLine(line, text.length - text.trimStart().length, text.length)
}
