// Extracts the message from ccon’s output, where it is colored and stamped or precedes a long usage text.

/**
 * Takes what ccon printed and returns its message: the text after `[ERRO]` or `Error:`, without colors and time stamp.
 * Of anything else it is the first line; empty when there is none.
 */
export function cconMessage(printed: string): string {
  const lines = printed
    // Colors are sent also where nothing is a terminal.
    .replace(/\x1b\[[0-9;]*m/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  for (const pattern of [/^(?:.* )?\[ERRO\]\s*(.+)$/, /^Error: (.+)$/]) {
    const message = lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined)
    if (message !== undefined) return message
  }
  return lines.find((line) => !/\[(WARN|INFO|DEBU)\]/.test(line)) ?? ''
}
