// Compiles `when:`, whose whole text is one expression that must be true or false.
import { mistake } from '../model/diagnostic.ts'
import { compileExpression, ExpressionFailure, type Vocabulary } from './compileExpression.ts'
import { type Compiled, constantOf } from './compileTemplate.ts'
import type { Findings } from '../text/findings.ts'
import { placesIn } from './scalarOffsets.ts'
import { typeOf, typeWords } from './valueType.ts'
import { isText, placeOf, type YamlNode, type YamlScalar } from '../text/yamlTree.ts'

/** `when:` and its kin: the whole text is one expression. */
export function compileCondition(node: YamlNode, word: string, vocabulary: Vocabulary, findings: Findings): Compiled {
  const at = placeOf(node)
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return constantOf(node.value, at)
  const failed = constantOf(true, at)
  if (!isText(node)) {
    findings.error('wrong-type', `'${word}' must be an expression`, at, "write 'when: result.changed'")
    return failed
  }
  const { value } = node as YamlScalar & { value: string }
  const place = placesIn(node)
  const braces = value.indexOf('{{')
  if (braces >= 0 && !/["'].*\{\{.*["']/.test(value)) {
    const bare = /^\s*\{\{(.*)\}\}\s*$/s.exec(value)?.[1]?.trim()
    findings.error(
      'braces-in-condition',
      `'${word}' is already an expression and takes no {{ … }}`,
      place.at(braces, 2),
      bare ? `write ${bare}` : 'remove the braces',
    )
    return failed
  }
  const expression = compileExpression(value, place, vocabulary, findings)
  if (!expression) return failed
  const { kind } = expression.type
  if (kind !== 'boolean' && kind !== 'any') {
    const hint = {
      text: "compare it: x == 'yes', x != ''",
      integer: 'compare it: x > 0',
      number: 'compare it: x > 0',
      list: 'check its size: size(x) > 0',
      map: 'check its size: size(x) > 0',
      record: 'read one of its fields: x.changed',
      hostvars: undefined,
    }[kind]
    const length = value.trimEnd().length
    findings.error(
      'type-mismatch',
      `'${word}' must be true or false, not ${typeWords(expression.type)}`,
      place.at(0, length),
      hint,
    )
    return failed
  }
  return {
    at,
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
          typeof result === 'string' ? 'convert it: bool(x)' : undefined,
        ),
      )
    },
  }
}
