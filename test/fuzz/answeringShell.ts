// The far end of an SSH channel: a shell that runs nothing, and answers each part of a request as it is told.
import { spawn } from 'node:child_process'
import type { ServerChannel } from 'ssh2'

export interface PartAnswer {
  readonly stdout: string
  readonly status: string
}

/** What a host says to a part of a request, both counted from 0; a string in place of an answer is the last it says. */
export type Answers = (request: number, part: number) => PartAnswer | string

const START = /_end ([0-9a-f]{32}) start/

/** Speaks the protocol of a shell of ours, so that what `answers` gives reaches those who read it. */
export function answeringShell(channel: ServerChannel, answers: Answers): void {
  let text = ''
  let boundary = ''
  let request = -1
  const say = (stdout: string, stderr: string) => {
    channel.write(Buffer.from(stdout, 'latin1'))
    channel.stderr.write(Buffer.from(stderr, 'latin1'))
  }
  const end = () => {
    channel.exit(0)
    channel.end()
  }
  const scan = (): void => {
    for (;;) {
      const part = boundary === '' ? null : new RegExp(`_end(_step)? ${boundary} (\\d+) \\$`).exec(text)
      const start = START.exec(text)
      if (part && (!start || part.index < start.index)) {
        const answer = answers(request, Number(part[2]))
        if (typeof answer === 'string') {
          say(answer.replaceAll('BOUNDARY', boundary), '')
          return end()
        }
        say(`${answer.stdout}\n${boundary} ${part[2]} ${answer.status}\n`, `\n${boundary} ${part[2]}\n`)
        text = text.slice(part.index + part[0].length)
      } else if (start) {
        boundary = start[1] as string
        request++
        say(`\n${boundary} start 7 7\n`, `\n${boundary} start\n`)
        text = text.slice(start.index + start[0].length)
      } else return
    }
  }
  channel.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    scan()
  })
  channel.on('end', end)
  channel.on('error', () => {})
}

/** The answers of this machine's own shell, in the order of the parts: what an honest host says. */
export function recordedShell(channel: ServerChannel, record: (request: number, answers: PartAnswer[]) => void): void {
  const child = spawn('/bin/sh', { stdio: 'pipe' })
  const requests: { boundary: string; said: string; answers: PartAnswer[] }[] = []
  channel.on('data', (chunk: Buffer) => {
    const boundary = START.exec(chunk.toString('latin1'))?.[1]
    if (boundary !== undefined) {
      const answers: PartAnswer[] = []
      record(requests.length, answers)
      requests.push({ boundary, said: '', answers })
    }
    child.stdin.write(chunk)
  })
  channel.on('end', () => child.stdin.end())
  channel.on('error', () => child.kill())
  child.stdin.on('error', () => {})
  child.stdout.on('data', (chunk: Buffer) => {
    const now = requests.at(-1)
    if (now) {
      now.said += chunk.toString('latin1')
      const parts = now.said.split(new RegExp(`\\n${now.boundary} (?:start .*|\\d+ (.*))\\n`))
      // What stands before the first mark, an unmatched group, and from there on an answer and its status in turn.
      now.answers.length = 0
      for (let at = 2; at + 1 < parts.length; at += 2)
        now.answers.push({ stdout: parts[at] as string, status: parts[at + 1] as string })
    }
    channel.write(chunk)
  })
  child.stderr.pipe(channel.stderr, { end: false })
  child.on('close', (status) => {
    channel.exit(status ?? 0)
    channel.end()
  })
}
