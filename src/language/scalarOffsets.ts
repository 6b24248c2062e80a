// Where in the source a character of a YAML scalar's value was written.
import type { SourceSpan } from '../model/diagnostic.ts'
import type { YamlScalar } from '../text/yamlTree.ts'

/** A place inside a text value, for a mistake in an expression that the text holds. */
export interface TextPlace {
  at(offset: number, length?: number): SourceSpan
  /** How a text is written there; absent: as it is. */
  written?(text: string): string
}

const ESCAPE_LENGTHS: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 }

/** Maps offsets of a scalar's value to its source; where a text was folded beyond recognition, its beginning. */
export function placesIn(node: YamlScalar): TextPlace {
  let offsets: readonly number[] | undefined
  return {
    at(offset, length = 1) {
      offsets ??= alignScalar(node)
      const start = offsets[offset] ?? (offset > 0 ? (offsets[offset - 1] ?? node.start - 1) + 1 : node.start)
      const last = offsets[offset + length - 1]
      return node.source.span(start, last === undefined ? length : last - start + 1)
    },
    ...(node.style === 'double' && { written: (text: string) => text.replace(/[\\"]/g, '\\$&') }),
  }
}

function alignScalar(node: YamlScalar): readonly number[] {
  const value = String(node.value)
  const { text } = node.source
  const offsets: number[] = []
  let from = node.start
  let indent = ''
  if (node.style === 'single' || node.style === 'double') from++
  if (node.style === 'literal' || node.style === 'folded') {
    from = text.indexOf('\n', node.start) + 1
    const body = text.slice(from, node.end)
    const explicit = /[1-9]/.exec(text.slice(node.start, from))
    indent = explicit ? '' : (/^(?:[ \t]*\r?\n)*( *)/.exec(body)?.[1] ?? '')
    if (text.startsWith(indent, from)) from += indent.length
  }
  for (let i = 0; i < value.length; ) {
    const wanted = value[i] as string
    const there = text[from]
    if (there === undefined || from >= node.end) break
    if (there === '\r' || (there === '\n' && wanted !== '\n')) {
      // A folded line end: it stands for the blank in the value, or for nothing at all.
      const blank = wanted === ' ' && there === '\n'
      if (blank) offsets[i++] = from
      from = skipLineStart(text, from + 1, indent)
      continue
    }
    if (there === '\n') {
      offsets[i++] = from
      from = skipLineStart(text, from + 1, indent)
      continue
    }
    if (node.style === 'double' && there === '\\') {
      const next = text[from + 1] ?? ''
      if (next === '\n' || next === '\r') {
        from = skipLineStart(text, text.indexOf('\n', from) + 1, indent)
        continue
      }
      const length = ESCAPE_LENGTHS[next] ?? 2
      const units = next === 'U' && Number.parseInt(text.slice(from + 2, from + 10), 16) > 0xffff ? 2 : 1
      for (let unit = 0; unit < units; unit++) offsets[i++] = from
      from += length
      continue
    }
    if (node.style === 'single' && there === "'") {
      offsets[i++] = from
      from += 2
      continue
    }
    if (there !== wanted && (there === ' ' || there === '\t')) {
      // Blanks before a folded line end are dropped from the value.
      from++
      continue
    }
    offsets[i++] = from++
  }
  return offsets
}

/** Past the indentation of a line: all of it in a flow scalar, only the block's own in a block scalar. */
function skipLineStart(text: string, from: number, indent: string): number {
  if (indent) return text.startsWith(indent, from) ? from + indent.length : from
  while (text[from] === ' ' || text[from] === '\t') from++
  return from
}
