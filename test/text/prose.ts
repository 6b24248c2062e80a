// What people read in a source file: its comments and its strings, each with its line.

export interface Prose {
  readonly line: number
  readonly kind: 'comment' | 'string'
  readonly text: string
}

/** In the order in which one of these begins, so that a quote in a comment or a comment mark in a string is neither. */
const TOKEN =
  /\/\/(?<line>.*)|\/\*(?<block>[\s\S]*?)\*\/|'(?<single>(?:[^'\\\n]|\\.)*)'|"(?<double>(?:[^"\\\n]|\\.)*)"|`|(?<=[(,=:[!&|?{};+\n]\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g

/** Of TypeScript or JavaScript. In a template, each `${…}` is one `…`; strings inside of it come separately. */
export function proseOf(source: string): readonly Prose[] {
  const found: Prose[] = []
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length
  scan(0, false)
  return found

  /** To the end, or to the brace that closes a `${`. */
  function scan(from: number, inTemplate: boolean): number {
    let at = from
    let depth = 0
    while (at < source.length) {
      TOKEN.lastIndex = at
      const token = TOKEN.exec(source)
      const end = token?.index ?? source.length
      if (inTemplate)
        for (let i = at; i < end; i++) {
          if (source[i] === '{') depth++
          else if (source[i] === '}' && depth-- === 0) return i + 1
        }
      if (!token) return source.length
      at = token[0] === '`' ? template(end + 1) : end + token[0].length
      const { line, block, single, double } = token.groups ?? {}
      const comment = line ?? block
      if (comment !== undefined) {
        const text = comment.replaceAll(/^[ \t]*\*[ \t]?/gm, '').trim()
        found.push({ line: lineAt(end), kind: 'comment', text })
      }
      const string = single ?? double
      if (string !== undefined) found.push({ line: lineAt(end), kind: 'string', text: unescaped(string) })
    }
    return at
  }

  function template(from: number): number {
    let text = ''
    let at = from
    while (at < source.length && source[at] !== '`') {
      if (source[at] === '\\') {
        text += source.slice(at, at + 2)
        at += 2
      } else if (source.startsWith('${', at)) {
        text += '…'
        at = scan(at + 2, true)
      } else text += source[at++]
    }
    found.push({ line: lineAt(from), kind: 'string', text: unescaped(text) })
    return at + 1
  }
}

const unescaped = (text: string) => text.replaceAll(/\\([^\n])/g, (_, char: string) => (char === 'n' ? '\n' : char))
