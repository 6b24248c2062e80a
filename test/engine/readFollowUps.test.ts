// After a failure files of other hosts are read: by host name, and without a host's trouble becoming that of the run.
import { expect, it } from 'vitest'
import { readFollowUps } from '../../src/engine/perform/readFollowUps.ts'
import { SessionPool } from '../../src/engine/sessionPool.ts'
import type { Host } from '../../src/model/inventory.ts'
import type { Connected, Script, Session } from '../../src/transport/session.ts'

const hosts = ['crane01', 'crane02', 'crane03.cluster', 'crane04', 'crane05'].map((name) => ({ name }) as Host)
const asked: string[] = []

/** crane04 cannot be reached; each file of the others but /none has the name of its host. */
async function connect(host: Host): Promise<Connected> {
  if (host.name === 'crane04') return { ok: false, failure: { kind: 'unreachable', cause: 'no route' } }
  const run = async (_identity: object, { parts }: Script) => {
    if (host.name === 'crane05') throw new Error('a session that does not keep its word')
    asked.push(...parts.map(({ script }) => `${host.name} ${script}`))
    return {
      ok: true as const,
      parts: parts.map(({ script }) => ({
        ran: true,
        stdout: Buffer.from(host.name),
        stderr: '',
        status: script.includes('/none') ? 1 : 0,
        dropped: 0,
      })),
    }
  }
  return { ok: true, session: { host, how: 'fake', run, close: async () => {} } as unknown as Session }
}

it('reads what can be read', async () => {
  const inventory = new Map(hosts.map((host) => [host.name, host]))
  const wanted = [
    { host: 'crane02', path: "/it's" },
    { host: 'crane02', path: '/none' },
    { host: 'crane03', path: '/x' },
    { host: 'crane04', path: '/x' },
    { host: 'crane05', path: '/x' },
    { host: 'other', path: '/x' },
  ]
  const pool = new SessionPool(1, connect)
  expect(await readFollowUps(wanted, { hosts: inventory, pool, identity: () => ({}) })).toEqual([
    { host: 'crane02', path: "/it's", text: 'crane02' },
    { host: 'crane03', path: '/x', text: 'crane03.cluster' },
  ])
  expect(asked).toEqual([
    "crane02 tail -c 16384 -- '/it'\\''s'",
    'crane02 tail -c 16384 -- /none',
    'crane03.cluster tail -c 16384 -- /x',
  ])
})
