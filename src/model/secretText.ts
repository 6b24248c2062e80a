// Finds secrets in text, in every form in which they can appear, and replaces them.
import { Buffer } from 'node:buffer'

/** A shorter secret, or form of one, would hide half of every line. */
const SHORTEST = 3
/** A line of a longer secret is a secret of its own from this many characters on, blanks around it not counted. */
const SHORTEST_LINE = 4
/** Base64 of a part of a longer input; shorter pieces are found in other words. */
const SHORTEST_BASE64 = 8

export class SecretText {
  /** Forms by their first three characters, the longest first. */
  readonly #forms = new Map<string, string[]>()
  /** Whether some form begins with the character. */
  readonly #begins = new Uint8Array(0x10000)

  constructor(secrets: Iterable<string>) {
    const all = new Set<string>()
    for (const secret of secrets) if (secret.length >= SHORTEST) for (const form of formsOf(secret)) all.add(form)
    for (const form of all) {
      if (form.length < SHORTEST) continue
      this.#begins[form.charCodeAt(0)] = 1
      const head = form.slice(0, SHORTEST)
      const known = this.#forms.get(head)
      if (known) known.push(form)
      else this.#forms.set(head, [form])
    }
    for (const forms of this.#forms.values()) forms.sort((a, b) => b.length - a.length)
  }

  get empty(): boolean {
    return this.#forms.size === 0
  }

  /** The text with `mask(secret)` for each secret; the same string where there is none. Takes time in proportion to the text. */
  hide(text: string, mask: (found: string) => string): string {
    if (this.empty) return text
    let hidden = ''
    let done = 0
    for (let i = 0; i <= text.length - SHORTEST; i++) {
      if (this.#begins[text.charCodeAt(i)] === 0) continue
      const found = this.#forms.get(text.slice(i, i + SHORTEST))?.find((form) => text.startsWith(form, i))
      if (found === undefined) continue
      hidden += text.slice(done, i) + mask(found)
      done = i + found.length
      i = done - 1
    }
    return done === 0 ? text : hidden + text.slice(done)
  }

  /** Whether the number, written out, is a secret. */
  isSecret(value: number): boolean {
    const text = String(value)
    return !this.empty && this.#forms.get(text.slice(0, SHORTEST))?.includes(text) === true
  }
}

function* formsOf(secret: string): Iterable<string> {
  const plain = new Set([secret, secret.trim(), secret.replaceAll('\n', ''), secret.trim().replaceAll('\n', ' ')])
  if (/[\r\n]/.test(secret)) {
    plain.add(secret.replace(/\r?\n/g, '\r\n'))
    for (const line of secret.split(/[\r\n]+/)) {
      if (line.trim().length >= SHORTEST_LINE) plain.add(line).add(line.trim())
    }
  }
  // A number can come back in another spelling: 0123 as 123, 1.50 as 1.5.
  const value = Number(secret)
  if (secret.trim() !== '' && Number.isFinite(value)) plain.add(String(value))
  for (const text of plain) {
    if (text.length < SHORTEST) continue
    yield text
    yield* quotedForms(text)
    yield* encodedForms(text)
  }
}

function* quotedForms(text: string): Iterable<string> {
  // A POSIX shell: within single quotes (two habits), within double quotes, with backslashes.
  const single = text.replaceAll("'", `'\\''`)
  yield single
  // A quoted word of a command that is itself an argument of `sh -c`.
  yield single.replaceAll("'", `'\\''`)
  yield text.replaceAll("'", `'"'"'`)
  yield text.replace(/["\\$`]/g, '\\$&')
  yield text.replace(/[^\w@%+=:,./-]/g, '\\$&')
  // YAML within single quotes.
  yield text.replaceAll("'", "''")
  // JSON, and YAML within double quotes; JSON inside of JSON; with a line's control characters or all but ASCII escaped.
  const json = JSON.stringify(text).slice(1, -1)
  yield json
  yield json.replaceAll("'", `'\\''`)
  yield json.replaceAll('/', '\\/')
  yield JSON.stringify(json).slice(1, -1)
  yield json.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function* encodedForms(text: string): Iterable<string> {
  const bytes = Buffer.from(text)
  // Half a surrogate pair has no code in a URL.
  const url = encodeURIComponent(bytes.toString())
  const strict = url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  for (const form of [url, strict]) {
    yield form
    yield form.replace(/%../g, (code) => code.toLowerCase())
    yield form.replaceAll('%20', '+')
  }
  for (const [whole, cut] of [
    [bytes, 0],
    [Buffer.concat([bytes, Buffer.from('\n')]), 0],
    [bytes, 1],
    [bytes, 2],
  ] as const) {
    const base64 = cut === 0 ? whole.toString('base64') : middleOf(whole, cut)
    if (cut > 0 && base64.length < SHORTEST_BASE64) continue
    yield base64
    yield base64.replaceAll('+', '-').replaceAll('/', '_')
    if (base64.endsWith('=')) yield base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  }
  const inside = middleOf(bytes, 0)
  if (inside.length >= SHORTEST_BASE64) yield inside
}

/** What base64 makes of the bytes after `before` other ones and before any: the characters that only they decide. */
function middleOf(bytes: Buffer, before: 0 | 1 | 2): string {
  const padded = Buffer.concat([Buffer.alloc(before), bytes])
  const first = [0, 2, 3][before] ?? 0
  return padded.toString('base64').slice(first, Math.floor((padded.length * 8) / 6))
}
