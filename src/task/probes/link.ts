// Whether a path is a symbolic link, and what it points to.
import { commandLine } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'

/** What is at a path, without following a link there. */
export type LinkFact =
  | { readonly type: 'absent' | 'denied' | 'directory' | 'other' }
  /** `target` is what the link holds, which need not exist. */
  | { readonly type: 'link'; readonly target: string }

// The target follows its length, since it may hold line feeds.
const PROBE_LINKS = `for p; do
  p=/\${p#/}
  if [ -L "$p" ]; then
    target=$(readlink -- "$p"; echo x); target=\${target%?x}
    echo "link \${#target}"; printf '%s\\n' "$target"
  elif [ -d "$p" ]; then echo directory
  elif [ -e "$p" ]; then echo other
  else
    d=$p; while [ "$d" ] && [ ! -e "$d" ]; do d=\${d%/*}; done
    if [ -d "\${d:-/}" ] && [ ! -x "\${d:-/}" ]; then echo denied; else echo absent; fi
  fi
done`

const linkKind: ProbeKind<null, LinkFact> = {
  name: 'link',
  functions: { probe_links: PROBE_LINKS },
  isAbsent: (fact) => fact.type === 'absent',
  nowhere: { type: 'absent' },
  script: (questions) => commandLine(['probe_links', ...questions.map((question) => question.subject)]),
  read(stdout, questions) {
    let rest = stdout
    const take = (length: number): string => {
      if (length < 0 || rest[length] !== 0x0a) throw new GarbledAnswer('the answer about links is incomplete')
      const text = rest.toString('utf8', 0, length)
      rest = rest.subarray(length + 1)
      return text
    }
    return questions.map((): LinkFact => {
      const head = take(rest.indexOf(0x0a))
      const length = /^link (\d{1,5})$/.exec(head)?.[1]
      if (length !== undefined) return Object.freeze({ type: 'link', target: take(Number(length)) })
      if (head !== 'absent' && head !== 'denied' && head !== 'directory' && head !== 'other')
        throw new GarbledAnswer(`a path is ${JSON.stringify(head.slice(0, 80))}`)
      return Object.freeze({ type: head })
    })
  },
}

/**
 * What is at an absolute path, without following a link there.
 *
 * @param path - An absolute path. Links in its directories are followed.
 */
export const link = (path: string): Probe<LinkFact> => probe(linkKind, path, null)
