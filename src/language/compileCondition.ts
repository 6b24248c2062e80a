// Compiles `when:`, whose whole text is one expression that must be true or false.
import { mistake } from '../model/diagnostic.ts'
import { ExpressionFailure } from './attemptExpression.ts'
import { compileExpression, type Fits, rightAmong } from './compileExpression.ts'
import type { Vocabulary } from './vocabulary.ts'
import { type Compiled, constantOf } from './compileTemplate.ts'
import type { Findings } from '../text/findings.ts'
import { asCondition } from './repairs.ts'
import { placesIn } from './scalarOffsets.ts'
import { typeOf, typeWords } from './valueType.ts'
import { isText, placeOf, type YamlNode, type YamlScalar } from '../text/yamlTree.ts'

/** What may be asked whether it holds. */
const holds: Fits = ({ kind }) => kind === 'boolean' || kind === 'any'

/** `when:`, `until:` and the like: the whole text is one expression. */
export function compileCondition(node: YamlNode, word: string, vocabulary: Vocabulary, findings: Findings): Compiled {
  const at = placeOf(node)
  if (node.kind === 'scalar' && typeof node.value === 'boolean')
    return { ...constantOf(node.value, at), text: String(node.value) }
  const failed = constantOf(true, at)
  if (!isText(node)) {
    findings.error(
      'wrong-type',
      `'${word}' must be an expression`,
      at,
      'write true, false or an expression such as size(group_names) > 0',
    )
    return failed
  }
  const { value } = node as YamlScalar & { value: string }
  const place = placesIn(node)
  const braces = value.indexOf('{{')
  if (braces >= 0 && !/["'].*\{\{.*["']/.test(value)) {
    const bare = value
      .replaceAll(/\{\{-?|-?\}\}/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
    const right = rightAmong([bare], vocabulary, holds)
    findings.error(
      'braces-in-condition',
      `'${word}' is already an expression and takes no {{ … }}`,
      place.at(braces, 2),
      right === undefined ? 'remove the braces' : `write ${right}`,
    )
    return failed
  }
  const expression = compileExpression(value, place, vocabulary, findings, holds)
  if (!expression) return failed
  if (!holds(expression.type)) {
    const right = rightAmong(asCondition(value, expression.type.kind), vocabulary, holds)
    findings.error(
      'type-mismatch',
      `'${word}' must be true or false, not ${typeWords(expression.type)}`,
      place.at(0, value.trimEnd().length),
      right && `write ${right}`,
    )
    return failed
  }
  return {
    at,
    text: value.trim().replaceAll(/\s+/g, ' '),
    expressions: [expression],
    type: expression.type,
    render(scope) {
      const result = expression.run(scope)
      if (typeof result === 'boolean') return result
      throw new ExpressionFailure(
        mistake(
          'type-mismatch',
          `'${word}' must be true or false, not ${typeWords(typeOf(result))}`,
          place.at(0, value.length),
          typeof result === 'string' ? `write ${asTruth(value, result)}` : undefined,
        ),
      )
    },
  }
}

/** For a string where true or false is needed. `bool()` reads what CEL calls a boolean, not `yes`. */
function asTruth(expression: string, value: string): string {
  const [notEmpty = ''] = asCondition(expression, 'string')
  if (/^(yes|no|on|off)$/i.test(value)) return notEmpty.replace(/!= ''$/, `== '${value}'`)
  return /^(true|false)$/.test(value) ? `bool(${expression.trim()})` : notEmpty
}
