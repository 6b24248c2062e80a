// Never more connections than the limit says, those included that are still being closed.
import { expect, test } from 'vitest'
import { SessionPool } from '../../src/engine/sessionPool.ts'
import type { Host } from '../../src/model/inventory.ts'
import type { Session } from '../../src/transport/session.ts'

const turn = () => new Promise((resolve) => void setImmediate(resolve))

class SlowLine {
  open = 0
  most = 0
  closed = 0

  session(host: Host): Session {
    this.open++
    this.most = Math.max(this.most, this.open)
    return {
      host,
      how: 'test',
      roundTrips: 0,
      run: () => Promise.reject(new Error('not used')),
      dialUnix: () => Promise.reject(new Error('not used')),
      cancel: async () => ({ state: 'idle' }),
      close: async () => {
        await turn()
        await turn()
        this.open--
        this.closed++
      },
    }
  }
}

const hostNamed = (name: string) => ({ name }) as Host

test.each([1, 2, 7])('%d connections at once for forty hosts, twice each', async (limit) => {
  const line = new SlowLine()
  const pool = new SessionPool(limit, async (host) => {
    await turn()
    return { ok: true, session: line.session(host) }
  })
  const hosts = Array.from({ length: 40 }, (_, i) => hostNamed(`h${i}`))
  const used: string[] = []
  const use = (host: Host) =>
    pool.use(host, async (connected) => {
      await turn()
      used.push(connected.ok ? connected.session.host.name : 'none')
    })
  await Promise.all(hosts.map(use))
  await Promise.all(hosts.map(use))
  await pool.close()
  expect(used.toSorted()).toEqual([...hosts, ...hosts].map(({ name }) => name).sort())
  expect(line.most).toBe(limit)
  expect(line.open).toBe(0)
})

test('a connection that was dropped while it was in use leaves its place to the next host', async () => {
  const line = new SlowLine()
  const pool = new SessionPool(1, async (host) => ({ ok: true, session: line.session(host) }))
  const seen: string[] = []
  await Promise.all([
    pool.use(hostNamed('a'), async () => {
      await pool.drop('a')
      seen.push('a')
    }),
    pool.use(hostNamed('b'), async () => {
      seen.push('b')
    }),
  ])
  expect(seen).toEqual(['a', 'b'])
  expect(line.most).toBe(1)
})
