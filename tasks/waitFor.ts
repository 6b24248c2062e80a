// waitFor: waits until a port answers, a path or a unit is there, or a command succeeds, for a bounded time.
import {
  AbsolutePath,
  commandOutput,
  defineTask,
  inode,
  ok,
  quoteShell,
  refuse,
  script,
  Type,
  UnitName,
  unit,
  unitName,
  UNKNOWN,
  verify,
} from 'crane-play/task'

const PATIENCE = 60
const NEAR = '127.0.0.1'
/** A firewall that drops packets gives no answer at all. */
const CONNECT_SECONDS = 3

interface What {
  readonly port?: number
  readonly host?: string
  readonly path?: string
  readonly unit?: string
  readonly command?: string
}

/** bash connects by itself; where there is none, nc does. */
const connects = (host: string, port: number) => {
  const where = `${quoteShell(host)} ${port}`
  return `if command -v bash >/dev/null; then timeout ${CONNECT_SECONDS} bash -c ': </dev/tcp/"$0"/"$1"' ${where}; else nc -z -w ${CONNECT_SECONDS} ${where}; fi`
}

/** A test that succeeds when it is there. */
const test = ({ port, host = NEAR, path = '', unit, command }: What): string =>
  port !== undefined
    ? connects(host, port)
    : unit !== undefined
      ? `systemctl is-active -q ${quoteShell(unitName(unit))}`
      : command !== undefined
        ? `sh -c ${quoteShell(command)}`
        : `[ -e ${quoteShell(path)} ]`

/** As a person says it, for both states. */
const says = ({ port, host = NEAR, path, unit, command }: What, absent: boolean): string =>
  port !== undefined
    ? `${host} port ${port} ${absent ? 'refuses connections' : 'accepts connections'}`
    : unit !== undefined
      ? `${unitName(unit)} is ${absent ? 'not active' : 'active'}`
      : command !== undefined
        ? `\`${command}\` ${absent ? 'fails' : 'succeeds'}`
        : `${path} ${absent ? 'does not exist' : 'exists'}`

export default defineTask({
  name: 'waitFor',
  summary: 'Waits until a port accepts connections, a path exists, a unit is active or a command succeeds.',
  params: Type.Object({
    port: Type.Optional(
      Type.Integer({ description: 'A TCP port that accepts connections.', minimum: 1, maximum: 65535 }),
    ),
    host: Type.Optional(
      Type.String({
        description: 'With port: the address that the host connects to.',
        pattern: '^[A-Za-z0-9.:_-]+$',
        errorMessage: 'must be a host name or an address',
        default: NEAR,
      }),
    ),
    path: Type.Optional(AbsolutePath('A path that exists.')),
    unit: Type.Optional(UnitName('A systemd unit that is active. `.service` may be left out.')),
    command: Type.Optional(
      Type.String({
        description: 'A read-only command that exits with status 0. It is run again and again.',
        minLength: 1,
      }),
    ),
    state: Type.Optional(
      Type.Union([Type.Literal('present'), Type.Literal('absent')], {
        description: 'absent: waits for the opposite.',
        default: 'present',
      }),
    ),
    patience: Type.Optional(
      Type.Integer({ description: 'Seconds to wait at most.', minimum: 0, maximum: 86400, default: PATIENCE }),
    ),
  }),
  check({ port, host, path, unit, command }) {
    const given = [port, path, unit, command].filter((one) => one !== undefined).length
    if (given !== 1) return [{ path: '', message: 'needs exactly one of port, path, unit and command' }]
    if (host !== undefined && port === undefined) return [{ path: '/host', message: 'host belongs to port' }]
    return []
  },
  followsOthers: true,
  observe: (params) => ({
    ...(params.path !== undefined && { path: inode(params.path) }),
    ...(params.unit !== undefined && { unit: unit(params.unit) }),
    ...((params.port !== undefined || params.command !== undefined) && { answer: commandOutput(test(params)) }),
  }),
  decide({ params, observed }) {
    const { path, unit, answer } = observed
    if (path?.type === 'denied') return refuse(`permission denied: ${params.path}`, 'add `become: true`')
    const absent = params.state === 'absent'
    const there = path ? path.type !== 'absent' : unit ? unit.active === 'active' : answer?.status === 0
    if (there !== absent) return ok({ note: says(params, absent) })
    return verify({
      note: `wait until ${says(params, absent)}`,
      after: { ...(path && { path: UNKNOWN }), ...(unit && { unit: UNKNOWN }), ...(answer && { answer: UNKNOWN }) },
      plan: {},
    })
  },
  apply({ params }) {
    const { patience = PATIENCE } = params
    const absent = params.state === 'absent'
    return [
      script(
        `wait until ${says(params, absent)}`,
        `end=$(($(date +%s) + ${patience}))
while :; do
  if ( ${test(params)} ) >/dev/null 2>&1 </dev/null; then now=present; else now=absent; fi
  [ $now = ${absent ? 'absent' : 'present'} ] && break
  [ "$(date +%s)" -lt "$end" ] || { echo 'the time is up' >&2; ${params.unit === undefined ? '' : `systemctl status ${quoteShell(unitName(params.unit))} >&2; `}exit 1; }
  sleep 0.5
done`,
      ),
    ]
  },
  explain: ({ stderr }, params) => {
    if (!stderr.includes('the time is up')) return undefined
    const { patience = PATIENCE } = params
    return {
      cause: `not within ${patience} s: ${says(params, params.state === 'absent')}`,
      hint: HINTS[params.port !== undefined ? 'port' : params.unit !== undefined ? 'unit' : 'other'],
    }
  },
  deadlineSeconds: ({ patience = PATIENCE }) => patience + 30,
})

const HINTS = {
  port: 'check that the service listens on that address, and which firewalls lie between',
  unit: 'see `systemctl status` and `journalctl -u` of it on the host',
  other: 'raise `patience` if it only takes longer',
}
