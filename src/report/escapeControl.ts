// Makes text from a host or a file harmless to a terminal: control sequences are shown, not sent.

/**
 * C0 and C1 controls, DEL, line and paragraph separators, the marks that reorder or hide text (Trojan Source), and
 * surrogates without a partner. Newline and tab are kept by `escapeControl` and shown by `escapeLine`.
 */
export const HARMFUL =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu

const NAMED: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', '\t': '\\t' }

function show(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return NAMED[character] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`)
}

/** Characters of one string that are shown at most; the rest is counted. */
export const TEXT_LIMIT = 64 * 1024

/**
 * The text with every control character but newline and tab written as `\x1b` or `\u{202e}`; CRLF becomes a newline.
 * Longer than `limit` UTF-16 units: cut, with a note that says how much is missing. What was escaped is not escaped again.
 */
export function escapeControl(text: string, limit = TEXT_LIMIT): string {
  const cut = text.length > limit ? text.slice(0, limit) : text
  const shown = cut.replace(/\r\n/g, '\n').replace(HARMFUL, show)
  return cut === text ? shown : `${shown}... (${text.length - limit} more characters)`
}

/** The same for a string that must stay on one line: newlines and tabs are shown as `\n` and `\t`. */
export function escapeLine(text: string, limit = 2000): string {
  return escapeControl(text.trimEnd(), limit).replace(/[\n\t]/g, show)
}

/** Escapes what JSON leaves raw though a terminal acts on it, as `\uXXXX`: the JSON means the same. */
export function escapeJson(json: string): string {
  // Nearly all lines are, and the search above takes as long as writing the JSON.
  if (/^[ -~]*$/.test(json)) return json
  return json.replace(HARMFUL, (character) => {
    let escaped = ''
    for (let i = 0; i < character.length; i++) {
      escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
    }
    return escaped
  })
}
