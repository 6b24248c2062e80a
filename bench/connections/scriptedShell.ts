// A simulated shell: reads the requests that our transport writes and answers between their marks without starting a process.
import { StringDecoder } from 'node:string_decoder'
import { PART_VARIABLE, PREAMBLE } from '../../src/transport/shell/requestText.ts'
import type { PartReply, ScriptPart } from '../../src/transport/session.ts'
import { commandsOf, shellWords } from '../fleet/shellWords.ts'
import { ShellLines } from './shellLines.ts'

/** What answers a part: a simulated host. */
export interface Answering {
  answer(part: ScriptPart): PartReply
}

/** The two streams of a channel, and who counts. */
export interface Saying {
  stdout(bytes: string | Buffer): void
  stderr(bytes: string): void
  /** A request begins. */
  request?(): void
}

/**
 * Understands the few forms of a line that src/transport/requestText.ts writes, each at once as a shell would, and
 * throws at any other. Every mark and every output is a write of its own, as the built-in `echo` and the commands of a
 * real shell make them: sshd makes a packet of each.
 */
export class ScriptedShell {
  readonly #host: Answering
  readonly #say: Saying
  readonly #pid: number
  readonly #decoder = new StringDecoder('utf8')
  readonly #lines = new ShellLines()
  readonly #functions = new Set<string>()
  /** What of the preamble is still to come. */
  #greeting = PREAMBLE
  #status = 0
  /** `_failed`: a step failed, and those after it are not run. */
  #failed = false
  #skipping = false

  /** `pid`: the process that it claims to be. */
  constructor(host: Answering, pid: number, say: Saying) {
    this.#host = host
    this.#pid = pid
    this.#say = say
  }

  push(chunk: Buffer): void {
    let text = this.#decoder.write(chunk)
    if (this.#greeting !== '') {
      const greeting = text.slice(0, this.#greeting.length)
      if (!this.#greeting.startsWith(greeting)) throw new Error(`this is not the preamble: ${shown(greeting)}`)
      this.#greeting = this.#greeting.slice(greeting.length)
      text = text.slice(greeting.length)
    }
    for (const line of this.#lines.push(text)) this.#do(line)
  }

  #do(line: string): void {
    const [command, ...words] = shellWords(line)
    if (command?.startsWith(`${PART_VARIABLE}=`)) return
    switch (command) {
      case 'command':
        return this.#define(words[1] ?? '')
      case '_failed=':
        this.#failed = false
        return
      case '_end':
        if (words[1] === 'start') return this.#start(words[0] ?? '')
        return this.#end(words, this.#status)
      case '(':
      case '{':
      case 'printf':
        return this.#run([command, ...words])
      // A step: `case $_failed in`, `'') _body() { … part …`, `}`, `_step …`, `_end_step … ;;`, `*) _end … not-run ;;`,
      // `esac`.
      case 'case':
        this.#skipping = this.#failed
        return
      case ')':
        if (!this.#skipping) this.#run(words.slice(words.indexOf('{') + 1))
        return
      case '}':
      case '_step':
        return
      case '_end_step':
        if (this.#skipping) return
        this.#failed ||= this.#status !== 0
        return this.#end(words, this.#status)
      case '*)':
        if (this.#skipping) this.#end(words.slice(1), 'not-run')
        return
      case 'esac':
        return
      default:
        throw new Error(`no shell of the benchmark reads this: ${shown(line)}`)
    }
  }

  #define(text: string): void {
    const name = /^(\w+)\(\) \{\n/.exec(text)?.[1]
    if (name === undefined) throw new Error(`this defines no function: ${shown(text)}`)
    this.#functions.add(name)
  }

  #start(boundary: string): void {
    this.#say.request?.()
    this.#say.stdout(`\n${boundary} start ${this.#pid} ${this.#pid}\n`)
    this.#say.stderr(`\n${boundary} start\n`)
  }

  #end([boundary, index]: readonly string[], how: number | 'not-run'): void {
    this.#say.stdout(`\n${boundary} ${index} ${how}\n`)
    this.#say.stderr(`\n${boundary} ${index}\n`)
  }

  /**
   * `( export A=b; eval SCRIPT ) </dev/null`, with or without `printf %s TEXT 2>/dev/null |` and `base64 -d |` before it,
   * or `{ command eval SCRIPT`.
   */
  #run(words: readonly string[]): void {
    const open = Math.max(0, words.indexOf('('))
    const script = words[words.indexOf('eval', open) + 1] ?? ''
    const stdin = words[0] === 'printf' ? payload(words.slice(0, open)) : {}
    const missing = commandsOf(script).find(([name = '']) => name !== 'echo' && !this.#functions.has(name))
    if (missing) {
      this.#say.stderr(`sh: ${missing[0]}: not found\n`)
      this.#status = 127
      return
    }
    const { stdout, stderr, status } = this.#host.answer({ as: 'probe', script, ...stdin })
    if (stdout.length > 0) this.#say.stdout(stdout)
    if (stderr !== '') this.#say.stderr(stderr)
    this.#status = status
  }
}

function payload(feed: readonly string[]): Pick<ScriptPart, 'stdin'> {
  const text = feed[2] ?? ''
  return { stdin: feed.includes('base64') ? Buffer.from(text, 'base64') : text }
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 100))
