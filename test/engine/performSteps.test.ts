// How long steps may take, told by what is asked of the host.
import { expect, it } from 'vitest'
import { ProbeBatch } from '../../src/engine/observe/probeBatch.ts'
import { performSteps } from '../../src/engine/perform/performSteps.ts'
import { commandOutput } from '../../src/task/probes/commandOutput.ts'
import { type ControllerStep, script, type SocketStep, type Step, StepFailed } from '../../src/task/steps/step.ts'
import type { Identity, Script, Session } from '../../src/transport/session.ts'

/** Each exchange, and each word over a socket, takes so long by the clock. */
async function perform(steps: readonly Step[], tookMs: number) {
  let now = 5000
  const scripts: Pick<Script, 'stepDeadlineMs' | 'stepLimitMs' | 'deadlineMs'>[] = []
  const spoken: number[] = []
  const sent: string[] = []
  const session = {
    run: async (_identity: Identity, { parts, stepDeadlineMs, stepLimitMs, deadlineMs }: Script) => {
      now += tookMs
      sent.push(...parts.map(({ script }) => script))
      scripts.push({ deadlineMs, ...(stepDeadlineMs !== undefined && { stepDeadlineMs, stepLimitMs }) })
      const reply = { ran: true, stdout: Buffer.alloc(0), stderr: '', status: 0, dropped: 0 }
      return { ok: true, parts: parts.map(() => reply) }
    },
  } as unknown as Session
  const after = new ProbeBatch()
  after.add(commandOutput('true'))
  const socket: SocketStep = {
    kind: 'socket',
    label: 'speak',
    path: '/run/socket',
    async talk(_dial, deadlineMs) {
      now += tookMs
      spoken.push(deadlineMs)
      return ''
    },
  }
  const performed = await performSteps({
    session,
    identity: {},
    steps: steps.map((step) => (step.kind === 'socket' ? socket : step)),
    environment: {},
    origin: "task 'a task', run of T by root@admin1",
    after,
    deadlineMs: 1000,
    probeDeadlineMs: 60_000,
    clock: () => now,
  })
  return { scripts, sent, spoken, lost: performed.lost, outputs: performed.outputs, failed: performed.failed }
}

const one = script('one', 'true')
/** It waits for what the one before gives back, so it travels by itself. */
const next = script('next', 'cat', { stdin: () => '' })
const spoke = { kind: 'socket' } as SocketStep

it.each<{ what: string; steps: readonly Step[]; tookMs: number; scripts: readonly object[]; spoken?: number[] }>([
  {
    what: 'steps have the deadline of the task, and the probes behind them their own',
    steps: [one, one],
    tookMs: 400,
    scripts: [{ stepDeadlineMs: 1000, stepLimitMs: 1000, deadlineMs: 60_000 }],
  },
  {
    what: 'steps that travel one after the other have it together, and its whole is what a failure names',
    steps: [one, next, next],
    tookMs: 400,
    scripts: [1000, 600, 200].map((stepDeadlineMs) => ({ stepDeadlineMs, stepLimitMs: 1000, deadlineMs: 60_000 })),
  },
  {
    what: 'words over a socket count too',
    steps: [one, spoke],
    tookMs: 300,
    scripts: [{ stepDeadlineMs: 1000, stepLimitMs: 1000, deadlineMs: 60_000 }, { deadlineMs: 60_000 }],
    spoken: [700],
  },
])('$what', async ({ steps, tookMs, scripts, spoken = [] }) => {
  const performed = await perform(steps, tookMs)
  const { sent: _, ...rest } = performed
  expect({ ...rest, outputs: [] }).toEqual({ scripts, spoken, lost: undefined, outputs: [], failed: undefined })
})

it('a step for which no time is left is not begun', async () => {
  const { scripts, lost } = await perform([one, next], 1000)
  expect(scripts).toHaveLength(1)
  expect(lost).toEqual({ kind: 'hung', cause: 'the steps were not done within 1 s', tried: 'next' })
})

it('a socket that cannot be reached is the failure of the step, not an error of the task type', async () => {
  const failing = { dialUnix: async () => Promise.reject(new Error('the session is closed')) } as unknown as Session
  const after = new ProbeBatch()
  const talk = async (dial: () => Promise<unknown>) => String(await dial())
  const step = { kind: 'socket', label: 'ask', path: '/run/x', talk } as SocketStep
  const more = { environment: {}, origin: '', after, deadlineMs: 1000, probeDeadlineMs: 1000, clock: () => 0 }
  const asked = { ...failing, run: async () => ({ ok: true, parts: [] }) } as unknown as Session
  const { failed } = await performSteps({ session: asked, identity: {}, steps: [step], ...more })
  expect(failed?.failure).toEqual({ cause: 'the session is closed', tried: 'ask' })
  const clumsy = { ...step, talk: async () => Promise.reject(new Error('a bug')) }
  await expect(performSteps({ session: asked, identity: {}, steps: [clumsy], ...more })).rejects.toThrow('a bug')
})

const onController = (work: () => Promise<string>): ControllerStep => ({ kind: 'controller', label: 'sign', work })

it('what the controller makes is there for the step after it', async () => {
  let seen: unknown
  const write = script('write', 'cat', { stdin: (outputs) => String((seen = [...outputs])) })
  const { outputs } = await perform([onController(async () => 'signed'), write], 1)
  expect(seen).toMatchObject([{ label: 'sign', stdout: 'signed' }])
  expect(outputs.map(({ label }) => label)).toEqual(['sign', 'write'])
})

it('what the controller refuses fails the task, and nothing is sent after it', async () => {
  const refuse = async () => Promise.reject(new StepFailed('no authority', 'make one'))
  const { failed, scripts } = await perform([onController(refuse), one], 1)
  expect(failed?.failure).toEqual({ cause: 'no authority', tried: 'sign', hint: 'make one' })
  // The probes alone.
  expect(scripts).toEqual([{ deadlineMs: 60_000 }])
})

it('writes a line into the log of the host once a step is made', async () => {
  const { sent } = await perform([{ ...one, log: "drained crane02: it's due" }], 0)
  expect(sent[0]).toBe(
    `{\ntrue\n} && { logger -t crane-play -- 'drained crane02: it'\\''s due (task '\\''a task'\\'', run of T by root@admin1)' || :; }`,
  )
})
