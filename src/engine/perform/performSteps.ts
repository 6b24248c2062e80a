// Runs the steps of a change on a host; the last exchange also repeats the probes that are still needed.
import { quoteShell } from '../../model/quoteShell.ts'
import type { Failure } from '../../model/result.ts'
import type { ControllerStep, ShellStep, SocketStep, Step, StepOutput } from '../../task/steps/step.ts'
import { StepFailed } from '../../task/steps/step.ts'
import type { Identity, PartReply, Reply, Session, ScriptPart, TransportFailure } from '../../transport/session.ts'
import type { ProbeBatch } from '../observe/probeBatch.ts'

export interface Performed {
  readonly outputs: readonly StepOutput[]
  /** The step that failed, if one did. */
  readonly failed?: { readonly output: StepOutput; readonly failure: Failure }
  /** The connection or the shell failed. */
  readonly lost?: TransportFailure
  /** All steps were made; only the probes after them were not answered. */
  readonly unanswered?: TransportFailure
  /** Replies to the probes that were asked after the steps; empty when there are none. */
  readonly replies: readonly PartReply[]
}

export interface Performance {
  readonly session: Session
  readonly identity: Identity
  readonly steps: readonly Step[]
  readonly environment: Readonly<Record<string, string>>
  /** Task, run and operator, as the log of the host names them. */
  readonly origin: string
  /** The steps stay out of traces. */
  readonly hidden?: boolean
  readonly after: ProbeBatch
  /** For all steps together. */
  readonly deadlineMs: number
  /** For the probes after them. */
  readonly probeDeadlineMs: number
  readonly clock: () => number
}

export async function performSteps(given: Performance): Promise<Performed> {
  const until = given.clock() + given.deadlineMs
  const performance: Timed = { ...given, leftMs: () => until - given.clock() }
  const outputs: StepOutput[] = []
  const segments = segmentsOf(performance.steps)
  for (const [i, segment] of segments.entries()) {
    const last = i === segments.length - 1
    if (performance.leftMs() <= 0) return { outputs, lost: overdue(performance, segment), replies: [] }
    if (isOwn(segment)) {
      const spoken = await speak(performance, segment)
      outputs.push(spoken.output)
      if (spoken.failure)
        return { ...(await finish(performance, outputs)), failed: { output: spoken.output, failure: spoken.failure } }
      if (last) return finish(performance, outputs)
      continue
    }
    const { reply, replies } = await send(performance, segment, last ? performance.after : undefined, outputs)
    const made = segment.flatMap((step, n) => outputOf(step, reply.parts[n]))
    outputs.push(...made)
    if (!reply.ok && last && made.length === segment.length && made.every((output) => output.status === 0))
      return { outputs, unanswered: reply.failure, replies: [] }
    if (!reply.ok)
      return {
        outputs,
        lost: { ...reply.failure, tried: reply.failure.tried ?? segment[made.length]?.label ?? 'apply' },
        replies: [],
      }
    const bad = made.find((output) => output.status !== 0)
    if (bad) {
      const failed = { output: bad, failure: stepFailure(bad) }
      return last ? { outputs, failed, replies } : { ...(await finish(performance, outputs)), failed }
    }
    if (last) return { outputs, replies }
  }
  return finish(performance, outputs)
}

/** A performance that has begun. */
interface Timed extends Performance {
  readonly leftMs: () => number
}

/** A step that the controller makes itself. */
type OwnStep = SocketStep | ControllerStep
type Segment = readonly ShellStep[] | OwnStep

const isOwn = (segment: Segment): segment is OwnStep => 'kind' in segment

/** The steps before took all the time there was: this one is not begun. */
const overdue = ({ deadlineMs }: Performance, segment: Segment): TransportFailure => ({
  kind: 'hung',
  cause: `the steps were not done within ${deadlineMs / 1000} s`,
  tried: (isOwn(segment) ? segment : segment[0])?.label ?? 'apply',
})

/** Shell steps that follow each other travel together, unless one needs what those before it gave back. */
function segmentsOf(steps: readonly Step[]): Segment[] {
  const segments: (ShellStep[] | OwnStep)[] = []
  for (const step of steps) {
    const last = segments.at(-1)
    if (step.kind !== 'shell') segments.push(step)
    else if (Array.isArray(last) && typeof step.stdin !== 'function') last.push(step)
    else segments.push([step])
  }
  return segments
}

async function send(
  performance: Timed,
  steps: readonly ShellStep[],
  after: ProbeBatch | undefined,
  outputs: readonly StepOutput[] = [],
): Promise<{ reply: Reply; replies: readonly PartReply[] }> {
  const probes = after?.parts() ?? { parts: [], functions: {} }
  const parts = steps.map(
    ({ script, stdin, environment, log }): ScriptPart => ({
      as: 'step',
      script: log === undefined ? script : logged(script, `${log} (${performance.origin})`),
      ...(performance.hidden && { hidden: true }),
      ...(stdin !== undefined && { stdin: typeof stdin === 'function' ? stdin(outputs) : stdin }),
      environment: { ...performance.environment, ...environment },
    }),
  )
  const reply = await performance.session.run(performance.identity, {
    parts: [...parts, ...probes.parts],
    functions: Object.assign(probes.functions, ...steps.map((step) => step.functions ?? {})),
    ...(parts.length > 0 && { stepDeadlineMs: performance.leftMs(), stepLimitMs: performance.deadlineMs }),
    deadlineMs: performance.probeDeadlineMs,
  })
  return { reply, replies: reply.parts.slice(steps.length) }
}

/** A host without a log keeps none. */
const logged = (script: string, line: string): string =>
  `{\n${script}\n} && { logger -t crane-play -- ${quoteShell(line.replace(/\s+/g, ' '))} || :; }`

/** Only the probes. */
async function finish(performance: Timed, outputs: readonly StepOutput[]): Promise<Performed> {
  const { reply, replies } = await send(performance, [], performance.after)
  return reply.ok ? { outputs, replies } : { outputs, unanswered: reply.failure, replies: [] }
}

interface Spoken {
  readonly output: StepOutput
  readonly failure?: Failure
}

async function speak(performance: Timed, step: OwnStep): Promise<Spoken> {
  const { session, identity } = performance
  const done = (stdout: string) => ({ output: { label: step.label, stdout, stderr: '', status: 0 } })
  // A step that does not catch it did nothing wrong: it is the host, or the connection, that failed.
  let undialed: unknown
  const dial = (path: string) =>
    session.dialUnix(path, identity).catch((error: unknown) => {
      undialed = error
      throw error
    })
  try {
    if (step.kind === 'controller') return done(await step.work())
    return done(await step.talk(() => dial(step.path), performance.leftMs()))
  } catch (error) {
    if (!(error instanceof StepFailed) && !(error instanceof Error && error === undialed)) throw error
    const hint = error instanceof StepFailed ? error.hint : undefined
    const output = { label: step.label, stdout: '', stderr: error.message, status: 1 }
    return {
      output,
      failure: {
        cause: error.message,
        tried: step.label,
        ...(hint !== undefined && { hint }),
      },
    }
  }
}

function outputOf(step: ShellStep, reply: PartReply | undefined): StepOutput[] {
  if (!reply?.ran) return []
  return [{ label: step.label, stdout: reply.stdout.toString('utf8'), stderr: reply.stderr, status: reply.status }]
}

function stepFailure(output: StepOutput): Failure {
  const lastLines = tail(output.stderr.trim() || output.stdout.trim())
  return {
    cause: `\`${output.label}\` failed`,
    tried: output.label,
    exitStatus: output.status,
    ...(lastLines && { lastLines }),
  }
}

const LAST_LINES = 12

const tail = (text: string) => text.split('\n').slice(-LAST_LINES).join('\n')
