// Compiles a template file: expressions, `for`, `if` and `set`, each checked where it stands.
import { mistake } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import { Findings } from '../../text/findings.ts'
import type { SourceText } from '../../text/sourceText.ts'
import { type Expression, ExpressionFailure } from '../attemptExpression.ts'
import { compileExpression, type Fits, rightAmong } from '../compileExpression.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { asText, type Compiled, insideText, withHoles } from '../compileTemplate.ts'
import { isReadableName } from '../readableName.ts'
import { asCondition } from '../repairs.ts'
import type { TextPlace } from '../scalarOffsets.ts'
import { ANY, BOOLEAN, INTEGER, MAP, recordOf, TEXT, typeWords, type ValueType } from '../valueType.ts'
import { splitBlocks, type TemplatePiece } from './splitBlocks.ts'

type Scope = Record<string, unknown>
type Render = (scope: Scope) => string

/** `loop` is a reserved word of CEL: inside expressions it has this name of the same length. */
const LOOP_NAME = 'lo_p'

const LOOP: ValueType = recordOf('state of the loop', {
  index: INTEGER,
  index0: INTEGER,
  first: BOOLEAN,
  last: BOOLEAN,
  length: INTEGER,
})

/** A string for a scope. The scope is the vocabulary's; what the template sets is its own. */
export function compileTemplateFile(source: SourceText, vocabulary: Vocabulary, findings: Findings): Compiled {
  const at = source.span(0)
  const pieces = splitBlocks(source.text)
  if ('message' in pieces) {
    findings.error('bad-template', pieces.message, source.span(pieces.offset, 2))
    return { at, expressions: [], type: TEXT, render: () => '' }
  }
  const compiler = new TemplateCompiler(pieces, source, vocabulary, findings)
  const render = compiler.whole()
  return {
    at,
    expressions: compiler.outer(),
    type: TEXT,
    render: (scope, holes, pointer = '') => withHoles(holes, pointer, () => render({ ...scope })),
  }
}

class TemplateCompiler {
  readonly #pieces: readonly TemplatePiece[]
  readonly #source: SourceText
  readonly #outer: Vocabulary
  readonly #findings: Findings
  readonly #expressions: Expression[] = []
  readonly #own = new Set<string>()
  #types: ReadonlyMap<string, ValueType>
  #at = 0

  constructor(pieces: readonly TemplatePiece[], source: SourceText, outer: Vocabulary, findings: Findings) {
    this.#pieces = pieces
    this.#source = source
    this.#outer = outer
    this.#findings = findings
    this.#types = outer.types
  }

  /** What the template reads from outside. */
  outer(): readonly Expression[] {
    return this.#expressions.map((one) => ({
      ...one,
      needs: one.needs.filter((name) => !this.#own.has(name)),
      paths: one.paths.filter(({ root }) => !this.#own.has(root.name)),
    }))
  }

  whole(): Render {
    const { render, end } = this.#body([])
    if (end) this.#mistake(end, `'${wordOf(end)}' ends nothing`)
    return render
  }

  /** Up to a statement with one of these words. */
  #body(ends: readonly string[]): { render: Render; end: TemplatePiece | undefined } {
    const parts: Render[] = []
    const render: Render = (scope) => parts.map((part) => part(scope)).join('')
    for (;;) {
      const piece = this.#pieces[this.#at++]
      if (!piece) return { render, end: undefined }
      if (piece.kind === 'text') parts.push(() => piece.text)
      else if (piece.kind === 'expression') parts.push(this.#output(piece))
      else if (ends.includes(wordOf(piece)) || /^(end|else|elif)/.test(wordOf(piece))) return { render, end: piece }
      else parts.push(this.#statement(piece))
    }
  }

  #statement(piece: TemplatePiece): Render {
    switch (wordOf(piece)) {
      case 'for':
        return this.#for(piece)
      case 'if':
        return this.#if(piece)
      case 'set':
        return this.#set(piece)
      default:
        this.#mistake(piece, `'${wordOf(piece)}' is not supported in a template`, STATEMENT_HINTS[wordOf(piece)])
        return () => ''
    }
  }

  #output(piece: TemplatePiece): Render {
    const expression = this.#expression(piece, piece.text, 0, insideText)
    if (!expression) return () => ''
    if (!insideText(expression.type)) {
      const hint = expression.type.kind === 'list' ? "join it: list.join(',')" : 'take a field of it'
      this.#findings.error(
        'type-mismatch',
        `${typeWords(expression.type)} cannot be part of a string`,
        expression.at(),
        hint,
      )
    }
    return (scope) => asText(expression.run(scope), expression)
  }

  #for(piece: TemplatePiece): Render {
    const match = /^(\s*for\s+)(\w+)\s*(?:,\s*(\w+)\s*)?in\s+([\s\S]*)$/.exec(piece.text)
    if (!match) {
      this.#mistake(piece, "'for' needs a name and a list", 'write {% for x in list %}')
      return this.#skip('endfor')
    }
    const [, , name = '', second, list = ''] = match
    // `for k, v in map.items()` goes over the map itself.
    const text = second === undefined ? list : list.replace(/\.items\(\)\s*$/, '')
    const over = this.#expression(piece, text, piece.text.length - list.length, goesOver)
    if (over && !goesOver(over.type))
      this.#findings.error('type-mismatch', `'for' goes over a list or a map, not ${typeWords(over.type)}`, over.at())
    const before = this.#types
    const item = over?.type.kind === 'list' ? over.type.of : over?.type.kind === 'map' ? MAP : ANY
    const inner = new Map(before).set(LOOP_NAME, LOOP)
    for (const one of [name, second]) {
      if (one === undefined) continue
      if (!isReadableName(one)) this.#mistake(piece, `'${one}' is not a valid variable name`)
      this.#own.add(one)
    }
    this.#own.add(LOOP_NAME)
    inner.set(name, second === undefined ? item : over?.type.kind === 'map' ? TEXT : ANY)
    if (second !== undefined) inner.set(second, ANY)
    this.#types = inner
    const { render, end } = this.#body(['endfor', 'else'])
    this.#types = before
    const otherwise = end && wordOf(end) === 'else' ? this.#body(['endfor']) : undefined
    this.#close(piece, otherwise ? otherwise.end : end, 'endfor')
    return (scope) => {
      const items = over ? pairsOf(over.run(scope), second !== undefined, over) : []
      if (items.length === 0) return otherwise?.render(scope) ?? ''
      return items
        .map(([first, value], index) =>
          render({
            ...scope,
            [name]: first,
            ...(second !== undefined && { [second]: value }),
            [LOOP_NAME]: {
              index: index + 1,
              index0: index,
              first: index === 0,
              last: index === items.length - 1,
              length: items.length,
            },
          }),
        )
        .join('')
    }
  }

  #if(first: TemplatePiece): Render {
    const branches: { holds: (scope: Scope) => boolean; render: Render }[] = []
    let piece: TemplatePiece | undefined = first
    while (piece && wordOf(piece) !== 'endif') {
      const isElse = wordOf(piece) === 'else'
      if (!isElse && !/^(if|elif)$/.test(wordOf(piece))) break
      const holds = isElse ? () => true : this.#condition(piece)
      const body = this.#body(['elif', 'else', 'endif'])
      branches.push({ holds, render: body.render })
      piece = body.end
    }
    this.#close(first, piece, 'endif')
    return (scope) => branches.find(({ holds }) => holds(scope))?.render(scope) ?? ''
  }

  #condition(piece: TemplatePiece): (scope: Scope) => boolean {
    const start = /^\s*\w+/.exec(piece.text)?.[0].length ?? 0
    const text = piece.text.slice(start)
    const expression = this.#expression(piece, text, start, isCondition)
    if (!expression) return () => false
    if (!isCondition(expression.type)) {
      const right = rightAmong(asCondition(text, expression.type.kind), this.#vocabulary(), isCondition)
      const what = `'if' must be true or false, not ${typeWords(expression.type)}`
      this.#findings.error('type-mismatch', what, expression.at(), right && `write ${right}`)
    }
    return (scope) => {
      const value = expression.run(scope)
      if (typeof value === 'boolean') return value
      throw new ExpressionFailure(mistake('type-mismatch', "'if' must be true or false", expression.at()))
    }
  }

  #set(piece: TemplatePiece): Render {
    const match = /^(\s*set\s+)(\w+)\s*=\s*([\s\S]*)$/.exec(piece.text)
    if (!match) {
      this.#mistake(piece, "'set' needs a name and a value", 'write {% set x = value %}')
      return () => ''
    }
    const [, , name = '', value = ''] = match
    const expression = this.#expression(piece, value, piece.text.length - value.length)
    this.#own.add(name)
    this.#types = new Map(this.#types).set(name, expression?.type ?? ANY)
    return (scope) => {
      if (expression) scope[name] = expression.run(scope)
      return ''
    }
  }

  /** After a mistake in a statement: its body is read all the same. */
  #skip(end: string): Render {
    this.#body([end])
    return () => ''
  }

  #close(from: TemplatePiece, end: TemplatePiece | undefined, word: string): void {
    if (end && wordOf(end) === word) return
    this.#mistake(from, `'${wordOf(from)}' has no '${word}'`)
  }

  #vocabulary(): Vocabulary {
    return { ...this.#outer, types: this.#types }
  }

  #expression(piece: TemplatePiece, text: string, start: number, fits?: Fits): Expression | undefined {
    const place: TextPlace = { at: (offset, length) => this.#source.span(piece.offset + start + offset, length) }
    const found = new Findings()
    const marked = text.replace(/(?<![\w.])loop(?=\s*\.)/g, LOOP_NAME)
    const expression = compileExpression(marked, place, this.#vocabulary(), found, fits)
    const said = (words: string) => words.replaceAll(LOOP_NAME, 'loop')
    for (const { message, hint, ...one } of found.all)
      this.#findings.add({ ...one, message: said(message), ...(hint !== undefined && { hint: said(hint) }) })
    if (expression) this.#expressions.push(expression)
    return expression
  }

  #mistake(piece: TemplatePiece, message: string, hint?: string): void {
    const blanks = piece.text.length - piece.text.trimStart().length
    this.#findings.error(
      'bad-template',
      message,
      this.#source.span(piece.offset + blanks, piece.text.trim().length),
      hint,
    )
  }
}

const wordOf = ({ text }: TemplatePiece): string => /^\s*(\w+)/.exec(text)?.[1] ?? ''

const isCondition: Fits = ({ kind }) => kind === 'boolean' || kind === 'any'
const goesOver: Fits = ({ kind }) => kind === 'list' || kind === 'map' || kind === 'any'

/** Items, or keys with their values; of a list of pairs, both parts of each. */
function pairsOf(value: Json, both: boolean, { at }: Expression): readonly (readonly [Json, Json])[] {
  if (Array.isArray(value))
    return value.map((item: Json) => (both && Array.isArray(item) ? [item[0] ?? null, item[1] ?? null] : [item, null]))
  if (typeof value === 'object' && value !== null) return Object.entries(value)
  throw new ExpressionFailure(mistake('type-mismatch', "'for' goes over a list or a map", at()))
}

const STATEMENT_HINTS: Readonly<Record<string, string>> = {
  include: 'write its lines here',
  macro: "use 'set', or a 'for' over the values",
  with: "use 'set'",
  debug: "delete it; a task with 'print' shows a value",
  block: 'delete the line: templates do not extend each other',
  extends: 'delete the line: templates do not extend each other',
  filter: 'write {{ value.method() }}',
}
