// Renders values as YAML that readers of version 1.1 and of 1.2 understand alike.
import { Document, isCollection, isScalar, parse, visit } from 'yaml'

export interface YamlStyle {
  /** Spaces of one level. */
  readonly indent: number
  /** Blanks inside brackets and braces. */
  readonly padding: boolean
}

/** Lines of a block, each with its line end, at column 0. */
export function renderBlock(value: unknown, { indent, padding }: YamlStyle): string {
  return prepared(value, false).toString({ lineWidth: 0, indent, flowCollectionPadding: padding })
}

/** The same on one line, as it is written after a key or inside brackets. */
export function renderInline(value: unknown, { padding }: Pick<YamlStyle, 'padding'>): string {
  return prepared(value, true).toString({ lineWidth: 0, flowCollectionPadding: padding }).replace(/\n+$/, '')
}

function prepared(value: unknown, inline: boolean): Document {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, (_, node) => {
    if (inline && isCollection(node)) node.flow = true
    if (!isScalar(node) || typeof node.value !== 'string') return
    if (isAmbiguous(node.value) || (inline && /[\n\r]/.test(node.value))) node.type = 'QUOTE_DOUBLE'
  })
  return document
}

/** What one of the versions would read as another type: `NO`, `12:30:00`, `1_000`, `2024-01-01`, `0o17`, `=`. */
function isAmbiguous(text: string): boolean {
  if (!/^[\w.+=<~-][\w.:+-]*$/.test(text) && !/^\d{4}-\d/.test(text)) return false
  if (text === '=' || text === '<<') return true
  return (['1.1', '1.2'] as const).some((version) => {
    try {
      return parse(text, { version, logLevel: 'silent' }) !== text
    } catch {
      return true
    }
  })
}
