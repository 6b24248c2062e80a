/** Expands CraneSched's node lists (`crane[02-04]`) by the rules of its daemons, which differ from pdsh's. */

export type HostListResult = { names: string[] } | { error: string }

const illegal = { error: 'Illegal node name string format.' }

/** Names in order, without removing doubles; an error where the daemons refuse the list. */
export function expandHostList(text: string): HostListResult {
  const names: string[] = []
  const items = splitOutsideBrackets(text.replaceAll(' ', ''))
  if (items === undefined) return illegal
  for (const item of items) {
    if (item === '') continue
    const expanded = expandItem(item)
    if (expanded === undefined) return illegal
    names.push(...expanded)
  }
  return { names }
}

function splitOutsideBrackets(text: string): string[] | undefined {
  const items = ['']
  let open = false
  for (const letter of text) {
    if ((letter === '[' && open) || (letter === ']' && !open)) return undefined
    if (letter === '[') open = true
    if (letter === ']') open = false
    if (letter === ',' && !open) items.push('')
    else items[items.length - 1] += letter
  }
  return open ? undefined : items
}

function expandItem(item: string): string[] | undefined {
  const parts = item.split(/[[\]]/)
  const tail = parts.at(-1) ?? ''
  // After the last bracket only a domain may follow; anything else makes the whole item one literal name.
  if (parts.length > 1 && tail !== '' && !tail.startsWith('.')) return [item]
  let names = ['']
  for (const [index, part] of parts.entries()) {
    const choices = index % 2 === 0 ? [part] : expandRanges(part)
    if (choices === undefined) return undefined
    names = names.flatMap((name) => choices.map((choice) => name + choice))
  }
  return names
}

function expandRanges(text: string): string[] | undefined {
  const out: string[] = []
  for (const range of text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range)
    if (!match) return undefined
    const [, first = '', last] = match
    if (last === undefined) out.push(first)
    // A range that runs backwards yields nothing, and is no error.
    else for (let n = Number(first); n <= Number(last); n++) out.push(String(n).padStart(first.length, '0'))
  }
  return out
}
