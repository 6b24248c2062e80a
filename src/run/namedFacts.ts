// The facts named on the command line: `os`, `service[sshd]`; all that need no key if none is named.
import { type Checked, checked, type Diagnostic, mistake, mistaken } from '../model/diagnostic.ts'
import { factInCel } from '../language/jinja/ansibleFacts.ts'
import { suggestion } from '../model/didYouMean.ts'
import type { FactType } from '../task/defineFact.ts'
import type { FactRequest } from './askFacts.ts'

export function namedFacts(names: readonly string[], facts: ReadonlyMap<string, FactType>): Checked<FactRequest[]> {
  if (names.length === 0)
    return checked([...facts.values()].flatMap((fact) => (fact.key ? [] : [{ label: fact.name, fact, key: '' }])))
  const mistakes: Diagnostic[] = []
  const requests = names.flatMap((label): FactRequest[] => {
    const [, name = label, quoted] = /^([A-Za-z]\w*)\[(.+)\]$/.exec(label) ?? []
    const key = quoted?.replace(/^(['"])(.*)\1$/, '$2')
    const fact = facts.get(name)
    if (!fact) {
      // In an expression a field is named; here the fact is shown with all of them.
      const path = (factInCel(name)?.text ?? name).replace(/^\W*facts\./, '')
      const [, whole = '', ofKey = ''] = /^([A-Za-z]\w*)(\[[^\]]+\])?/.exec(path) ?? []
      const ours = `${whole}${facts.get(whole)?.key ? ofKey : ''}`
      const hint = facts.has(whole) ? `write ${ours}` : suggestion(name, [...facts.keys()])
      mistakes.push(mistake('unknown-fact', `there is no fact '${name}'`, undefined, hint))
    } else if (fact.key && key === undefined) {
      mistakes.push(mistake('missing-key', `the fact '${name}' needs ${fact.key}`, undefined, `write ${name}[NAME]`))
    } else if (!fact.key && key !== undefined) {
      mistakes.push(mistake('unknown-key', `the fact '${name}' takes no key`, undefined, `write ${name}`))
    } else if (fact.keyPattern !== undefined && !new RegExp(fact.keyPattern).test(key ?? '')) {
      mistakes.push(
        mistake(
          'wrong-key',
          `'${key}' is not ${fact.key}`,
          undefined,
          `write ${fact.key} between the brackets of ${name}[…]`,
        ),
      )
    } else return [{ label, fact, key: key ?? '' }]
    return []
  })
  return mistakes.length > 0 ? mistaken(mistakes) : checked(requests)
}
