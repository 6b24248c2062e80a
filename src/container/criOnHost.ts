// Asks a container runtime on its own host, for when the controller may not reach the socket: under sudo.
import { quoteShell } from '../model/quoteShell.ts'
import { type CriDemands, judge, speaksNoCri, STATUS_PATH, VERSION_PATH } from './cri.ts'
import { type CriReport, firstMessage, grpcFrame, readReport, STATUS_REQUEST, VERSION_REQUEST } from './criMessages.ts'
import { StepFailed } from '../task/index.ts'

// Both questions are ready-made HTTP/2 bytes, so that all a host needs is something that carries bytes to a socket and
// back: perl is on every Debian, python3 on every RHEL, and curl is a common third. They stop after two ended streams.
const PERL = `use Socket; socket(S,PF_UNIX,SOCK_STREAM,0)&&connect(S,sockaddr_un($ARGV[0]))||die "$ARGV[0]: $!\\n";
binmode STDIN;binmode STDOUT;local $/;syswrite(S,<STDIN>);alarm 5;my($b,$p,$e,$c)=("",0,0,"");
while($e<2&&sysread(S,$c,65536)){$b.=$c;while(length($b)>=$p+9){my $l=unpack("N","\\0".substr($b,$p,3));
last if length($b)<$p+9+$l;$e++ if ord(substr($b,$p+3,1))<2&&ord(substr($b,$p+4,1))&1;$p+=9+$l}}print $b`

const PYTHON = `import socket,sys
s=socket.socket(socket.AF_UNIX);s.settimeout(5);s.connect(sys.argv[1]);s.sendall(sys.stdin.buffer.read())
b=b"";p=e=0
while e<2:
  c=s.recv(65536)
  if not c: break
  b+=c
  while len(b)>=p+9:
    l=int.from_bytes(b[p:p+3],"big")
    if len(b)<p+9+l: break
    e+=b[p+3]<2 and b[p+4]&1; p+=9+l
sys.stdout.buffer.write(b)`

const ASK_CRI = `socket=$1 frames=$2 patience=$3 wanted=$4
python=$(command -v python3 || command -v /usr/libexec/platform-python)
ask() {
  if command -v perl >/dev/null; then printf %s "$frames" | base64 -d | perl -e "$5" "$socket"
  elif [ "$python" ]; then printf %s "$frames" | base64 -d | "$python" -c "$6" "$socket"
  elif command -v curl >/dev/null; then
    for call in "$7 " "$8 \\010\\001"; do
      message=\${call#* }; [ "$message" ] && length='\\002' || length='\\000'
      printf "\\\\000\\\\000\\\\000\\\\000$length$message" | curl -sS -m 5 --http2-prior-knowledge --unix-socket "$socket" \\
        -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @- "http://localhost\${call%% *}"
    done
  else echo 'neither perl, python3 nor curl is here to ask the runtime with' >&2; return 99; fi
}
answer=$(mktemp) || return
trap 'rm -f -- "$answer"' EXIT
while :; do
  ask "$@" >"$answer" 2>"$answer.said"; status=$?
  said=$(cat "$answer.said"); rm -f "$answer.said"
  [ "$status" -ne 99 ] || { echo "$said" >&2; return 99; }
  unready=
  for condition in $wanted; do grep -aq "$condition$(printf '\\020\\001')" "$answer" || unready=1; done
  if [ -z "$unready" ] || [ "$patience" -le 0 ]; then break; fi
  patience=$((patience - 1)); sleep 1
done
[ -s "$answer" ] || { echo "nothing answers at $socket: $said" >&2; return 1; }
base64 -w0 "$answer"`

/** The part of a shell step that asks a runtime: its script, the functions it calls, and how to read its stdout. */
export interface AskOnHost {
  readonly script: string
  readonly functions: Readonly<Record<string, string>>
  /** Returns the report; throws a `StepFailed` when the runtime does not meet the demands. */
  readonly read: (stdout: Buffer) => CriReport
}

/**
 * Does what `awaitCri` does with a script on the host, for a socket that the login user cannot open. Takes the demands
 * and how many seconds to wait until the runtime is ready.
 */
export function askCriOnHost(demands: CriDemands, patienceSeconds: number): AskOnHost {
  const conditions = ['RuntimeReady', ...(demands.network ? ['NetworkReady'] : [])].join(' ')
  const frames = questionFrames().toString('base64')
  const words = [demands.socket, frames, String(patienceSeconds), conditions, PERL, PYTHON, VERSION_PATH, STATUS_PATH]
  return {
    script: `ask_cri ${words.map(quoteShell).join(' ')}`,
    functions: { ask_cri: ASK_CRI },
    read: (stdout: Buffer): CriReport => {
      const report = readAnswer(Buffer.from(stdout.toString('latin1'), 'base64'), demands.socket)
      const wrong = judge(report, demands)
      if (wrong) throw wrong
      return report
    },
  }
}

const DATA = 0
const HEADERS = 1
const SETTINGS = 4
const END_STREAM = 1
const END_HEADERS = 4
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
/** One request each; a client's streams have odd numbers. */
const VERSION_STREAM = 1
const STATUS_STREAM = 3

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** HPACK without its dictionary: each header spelt out, names from the static table where they are in it. */
function requestHeaders(path: string): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
  return Buffer.concat([
    Buffer.from([0x83, 0x86, 0x04]), // :method POST, :scheme http, :path
    text(path),
    Buffer.from([0x01]), // :authority
    text('localhost'),
    Buffer.from([0x0f, 0x10]), // content-type
    text('application/grpc'),
    Buffer.from([0x00]),
    text('te'),
    text('trailers'),
  ])
}

/** All that is sent: the preface and both questions. */
function questionFrames(): Buffer {
  const ask = (stream: number, path: string, message: Buffer) => [
    frame(HEADERS, END_HEADERS, stream, requestHeaders(path)),
    frame(DATA, END_STREAM, stream, grpcFrame(message)),
  ]
  // INITIAL_WINDOW_SIZE 1 MiB, so that no answer waits for a window.
  const settings = Buffer.from([0x00, 0x04, 0x00, 0x10, 0x00, 0x00])
  return Buffer.concat([
    Buffer.from(PREFACE),
    frame(SETTINGS, 0, 0, settings),
    ...ask(VERSION_STREAM, VERSION_PATH, VERSION_REQUEST),
    ...ask(STATUS_STREAM, STATUS_PATH, STATUS_REQUEST),
  ])
}

/** From HTTP/2 frames, or from two bodies one after the other as curl prints them. */
function readAnswer(bytes: Buffer, socket: string): CriReport {
  const bodies = streamBodies(bytes) ?? twoMessages(bytes)
  const [version, status] = bodies.map(firstMessage)
  if (!version || !status) throw speaksNoCri(socket)
  try {
    return readReport(version, status)
  } catch (error) {
    if (error instanceof RangeError) throw new StepFailed(`what answers at ${socket} does not speak CRI`)
    throw error
  }
}

/** Undefined when the bytes are no HTTP/2 frames: a server's first one is SETTINGS. */
function streamBodies(bytes: Buffer): Buffer[] | undefined {
  if (bytes[3] !== SETTINGS) return undefined
  const bodies = new Map<number, Buffer[]>([
    [VERSION_STREAM, []],
    [STATUS_STREAM, []],
  ])
  for (let at = 0; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3)
    if (bytes[at + 3] === DATA) bodies.get(bytes.readUInt32BE(at + 5))?.push(bytes.subarray(at + 9, at + 9 + length))
    at += 9 + length
  }
  return [...bodies.values()].map((chunks) => Buffer.concat(chunks))
}

function twoMessages(bytes: Buffer): Buffer[] {
  const first = firstMessage(bytes)
  return first ? [bytes.subarray(0, 5 + first.length), bytes.subarray(5 + first.length)] : []
}
