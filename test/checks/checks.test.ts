// Each check finds the fault that it is for, and nothing on healthy hosts; all are asked in one exchange with each host.
import { spawnSync } from 'node:child_process'
import { describe, expect, it, test } from 'vitest'
import type { AnyCheckArea, CheckedHost, Role } from '../../src/container/index.ts'
import { diagnose } from '../../src/run/diagnose.ts'
import { loadChecks } from '../../src/run/loadChecks.ts'
import { localSession } from '../../src/transport/localSession.ts'
import type { Session } from '../../src/transport/session.ts'
import { SHELLS } from '../task/runShell.ts'
import { testHost } from '../transport/shells.ts'
import { HEALTHY, HEALTHY_CONTROL, HEALTHY_CRIO } from './healthy.ts'
import { PLANTS } from './plants.ts'
import { SYMPTOMS } from './symptoms.ts'

const AREAS = await loadChecks()
const COMPUTE = ['crane02', 'crane03', 'crane04']
const ALL = [...AREAS].flatMap(([name, area]) => area.checks.map((check) => [check.name, name, area] as const))

const hostOf = (name: string, roles: readonly Role[]): CheckedHost => ({
  name,
  roles: new Set(roles),
  computeNodes: COMPUTE,
})

/** Names of the checks that find something, with the evidence. */
function findings(
  area: AnyCheckArea,
  hosts: readonly (readonly [CheckedHost, object])[],
): Readonly<Record<string, string>> {
  const read = hosts.flatMap(([host, observed]) => {
    const facts = area.read(observed as never, host)
    return facts === undefined ? [] : [{ host, facts }]
  })
  const found: Record<string, string> = {}
  for (const check of area.checks) {
    const evidence =
      'compare' in check
        ? check.compare(read).map(([, text]) => text)
        : read.map(({ host, facts }) => check.find(facts, host))
    for (const text of evidence) if (text !== undefined) found[check.name] = text
  }
  return found
}

const CLUSTERS = { containerd: {}, 'CRI-O': HEALTHY_CRIO } satisfies Record<string, typeof HEALTHY>

function healthy(area: string, roles: readonly Role[], more: typeof HEALTHY = {}): object {
  const observed = HEALTHY[area]
  if (!observed) throw new Error(`no healthy answers for ${area}`)
  return { ...observed, ...more[area], ...(roles.includes('control') ? HEALTHY_CONTROL[area] : {}) }
}

describe.each(Object.entries(CLUSTERS))('healthy hosts with %s', (_runtime, more) => {
  test.each([...AREAS])('%s finds nothing', (name, area) => {
    const hosts = [hostOf('crane01', ['control']), hostOf('crane02', ['compute']), hostOf('login1', ['login'])]
    const asked = hosts.filter(({ roles }) => area.on.some((role) => roles.has(role)))
    expect(
      findings(
        area,
        asked.map((host) => [host, healthy(name, [...host.roles], more)]),
      ),
    ).toEqual({})
  })
})

test.each(ALL)('%s finds its fault', (check, name, area) => {
  const plant = PLANTS[name]?.[check]
  if (!plant) throw new Error(`no fault is planted for ${name}.${check}`)
  const roles = plant.roles ?? ['compute']
  const control = [hostOf('crane01', ['control']), { ...healthy(name, ['control']), ...plant.beside }] as const
  const planted = [hostOf('crane02', roles), { ...healthy(name, roles), ...plant.observed }] as const
  const found = findings(area, roles.includes('control') ? [planted] : [control, planted])
  expect(found[check]).toContain(plant.seen)
})

it('has no planted fault that no check is for', () => {
  const planted = Object.entries(PLANTS).flatMap(([area, plants]) =>
    Object.keys(plants).map((check) => `${area}.${check}`),
  )
  expect(planted.filter((one) => !ALL.some(([check, area]) => one === `${area}.${check}`))).toEqual([])
})

it('has a check for each symptom, and a symptom for each check', () => {
  const rows = Object.values(SYMPTOMS).flat()
  const named = new Set(rows.flatMap(([, checks]) => (typeof checks === 'string' ? [] : checks)))
  expect([...named].toSorted()).toEqual(ALL.map(([check]) => check).toSorted())
  expect(rows.filter(([, checks]) => checks.length === 0)).toEqual([])
})

it('has checks with names of their own, and English that is a clause', () => {
  const names = ALL.map(([check]) => check)
  expect(names).toHaveLength(new Set(names).size)
  for (const [, , area] of ALL)
    for (const { symptom, cause, fix } of area.checks)
      for (const text of [symptom, cause, fix])
        expect(text).not.toMatch(/^[A-Z](?!DI|RI|NI|PU)[a-z]+ (?!aneSched)[a-z]|\.$/)
})

const NAMES = ['crane01', ...Array.from({ length: 19 }, (_, i) => `crane${String(i + 2).padStart(2, '0')}`)]

function world(session: (name: string) => Session) {
  const hosts = new Map(NAMES.map((name) => [name, { ...testHost(), name }]))
  const groups = new Map([
    ['control', { name: 'control', hosts: ['crane01'] }],
    ['compute', { name: 'compute', hosts: NAMES.slice(1) }],
  ])
  return {
    inventory: { hosts, groups, origin: () => undefined } as never,
    hosts: [...hosts.values()],
    transport: {
      connect: async ({ name }: { name: string }) => ({ ok: true as const, session: session(name) }),
      close: async () => {},
    },
    connect: { deadlineMs: 5000 } as never,
    forks: 32,
    deadlineMs: 60_000,
  }
}

it('asks 20 hosts once each for all checks', async () => {
  const asked: Record<string, number> = {}
  const session = (name: string) =>
    ({
      ...localSession(testHost()),
      run: async (_identity: unknown, script: { parts: readonly unknown[] }) => {
        asked[name] = (asked[name] ?? 0) + 1
        const silent = { ran: true, status: 0, stdout: Buffer.from('2\n0\n'), stderr: '', dropped: 0 }
        return { ok: true, parts: script.parts.map(() => silent) }
      },
      close: async () => {},
    }) as unknown as Session
  const { checks, hosts } = await diagnose({ ...world(session), areas: AREAS.values() })
  expect(asked).toEqual(Object.fromEntries(NAMES.map((name) => [name, 1])))
  expect(hosts).toBe(20)
  expect(checks).toBeGreaterThan(100)
})

test.each(SHELLS.map((shell) => ({ shell })))(
  'asks in scripts that $shell can read',
  ({ shell: [name, ...options] }) => {
    const probes = [...AREAS.values()].flatMap((area) => Object.values(area.observe(hostOf('crane02', ['compute']))))
    const scripts = new Map(probes.flatMap((one) => (one?.kind.name === 'reading' ? [[one.subject, one.detail]] : [])))
    expect(scripts.size).toBeGreaterThan(20)
    for (const [what, script] of scripts) {
      const { status, stderr } = spawnSync(name, [...options, '-n', '-c', String(script)], { encoding: 'utf8' })
      expect([what, status, stderr]).toEqual([what, 0, ''])
    }
  },
)

it('asks in scripts that a real shell runs to their end', async () => {
  const { hosts, ...rest } = world((name) => localSession({ ...testHost(), name }))
  const { unanswered } = await diagnose({ ...rest, hosts: hosts.slice(0, 2), areas: AREAS.values() })
  // A machine that systemd did not boot has no units to tell of.
  expect(unanswered.filter(({ cause }) => !cause.includes('systemctl did not answer'))).toEqual([])
})
