// A stream to a unix socket as another user: a program under sudo carries the bytes, since ssh forwards as the login user.
import { randomBytes } from 'node:crypto'
import { Duplex } from 'node:stream'
import { quoteShell } from '../../model/quoteShell.ts'
import { becomeRefusal, type ShellCommand, wrongPassword } from './becomeSudo.ts'
import type { BytePipe } from './bytePipe.ts'
import { KeptBytes } from './keptBytes.ts'
import { SudoDialogue } from './sudoDialogue.ts'

// perl is part of every Debian, python3 of every RHEL. Both print the mark once the socket is connected.
const PERL = `use Socket;
($path, $mark) = @ARGV;
socket(S, PF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un($path)) or die "$!\\n";
sub put { my ($to, $bytes) = @_; while (length $bytes) { my $n = syswrite($to, $bytes) or exit 1; substr($bytes, 0, $n, "") } }
put(STDOUT, "$mark\\n");
vec($all, 0, 1) = 1; vec($all, fileno S, 1) = 1;
while (select($ready = $all, undef, undef, undef)) {
  if (vec($ready, 0, 1)) { sysread(STDIN, $bytes, 65536) or exit; put(S, $bytes) }
  if (vec($ready, fileno S, 1)) { sysread(S, $bytes, 65536) or exit; put(STDOUT, $bytes) }
}`

const PYTHON = `import os, select, socket, sys
path, mark = sys.argv[1:]
s = socket.socket(socket.AF_UNIX)
try: s.connect(path)
except OSError as error: sys.exit(error.strerror)
def put(bytes):
  while bytes: bytes = bytes[os.write(1, bytes):]
put(mark.encode() + b"\\n")
while True:
  ready = select.select([0, s], [], [])[0]
  if 0 in ready:
    bytes = os.read(0, 65536)
    if not bytes: sys.exit()
    s.sendall(bytes)
  if s in ready:
    bytes = s.recv(65536)
    if not bytes: sys.exit()
    put(bytes)`

/** Nothing but this line is sent before the mark has come: what else a shell reads ahead would be lost. */
function relayLine(path: string, mark: string): string {
  const [at, end] = [quoteShell(path), quoteShell(mark)]
  return [
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH; export LC_ALL=C',
    `if command -v perl >/dev/null; then exec perl -e ${quoteShell(PERL)} ${at} ${end}; fi`,
    `for p in python3 /usr/libexec/platform-python; do if command -v $p >/dev/null; then exec $p -c ${quoteShell(PYTHON)} ${at} ${end}; fi; done`,
    "echo 'neither perl nor python3 is on this host to carry its bytes' >&2; exit 1\n",
  ].join('; ')
}

const KEPT = 8 * 1024

/**
 * Takes the pipe of a shell of another user, just opened, and returns a stream to the socket at `path`.
 * Rejects with an Error whose message is for a person.
 */
export async function relayTo(path: string, user: string, pipe: BytePipe, command: ShellCommand): Promise<Duplex> {
  const said = new KeptBytes(0, KEPT)
  const hear = (chunk: Buffer) => said.push(chunk)
  if (command.dialogue) await passSudo(pipe, command.dialogue, user)
  pipe.stderr.on('data', hear)
  const mark = `relay:${randomBytes(16).toString('hex')}`
  const marked = untilMark(pipe, `${mark}\n`)
  pipe.write(relayLine(path, mark))
  const first = await marked
  if (first === undefined) {
    const end = await pipe.closed
    const words = said.bytes().toString('utf8').trim()
    const sudo = words.includes('sudo') ? becomeRefusal(user, words, end).cause : undefined
    throw new Error(
      `${path} on the host: ${sudo ?? end.lost ?? (words || `the relay ended with status ${end.status}`)}`,
    )
  }
  return duplexOf(pipe, first)
}

async function passSudo(pipe: BytePipe, texts: NonNullable<ShellCommand['dialogue']>, user: string): Promise<void> {
  const dialogue = new SudoDialogue(texts, (password) => pipe.write(password))
  const out = (chunk: Buffer) => dialogue.stdout(chunk)
  const err = (chunk: Buffer) => dialogue.stderr(chunk)
  pipe.stdout.on('data', out)
  pipe.stderr.on('data', err)
  void pipe.closed.then(() => dialogue.end())
  const answer = await dialogue.done
  pipe.stdout.off('data', out)
  pipe.stderr.off('data', err)
  if (answer === 'ready') return
  pipe.destroy()
  throw new Error((answer === 'wrong-password' ? wrongPassword(user) : becomeRefusal(user, dialogue.said, {})).cause)
}

/** The bytes after the mark, or undefined when the pipe ended before it. */
function untilMark(pipe: BytePipe, mark: string): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    let seen = Buffer.alloc(0)
    const read = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk])
      const at = seen.indexOf(mark)
      if (at < 0) {
        seen = seen.subarray(-mark.length)
        return
      }
      pipe.stdout.off('data', read)
      pipe.stdout.pause()
      resolve(seen.subarray(at + mark.length))
    }
    pipe.stdout.on('data', read)
    void pipe.closed.then(() => resolve(undefined))
  })
}

function duplexOf(pipe: BytePipe, first: Buffer): Duplex {
  const stream = new Duplex({
    read: () => void pipe.stdout.resume(),
    write(chunk: Buffer, _encoding, done) {
      pipe.write(chunk)
      done()
    },
    final(done) {
      pipe.end()
      done()
    },
    destroy(error, done) {
      pipe.destroy()
      done(error)
    },
  })
  if (first.length > 0) stream.push(first)
  pipe.stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) pipe.stdout.pause()
  })
  void pipe.closed.then(() => stream.push(null))
  return stream
}
