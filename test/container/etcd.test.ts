// Whether etcd answers a node: the node's curl against servers that answer as etcd does, and against others.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import {
  askEtcd,
  type EtcdFiles,
  etcdEndpoints,
  issueCertificateStep,
  issuedPair,
  readEtcd,
} from 'crane-play/container'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isHere } from '../machine.ts'
import { temporaryDirectory } from '../task/runShell.ts'

const directory = temporaryDirectory()
const at = (name: string) => `${directory}/${name}`
const servers: Server[] = []

const answering =
  (status: number, body: string): RequestListener =>
  (request, response) => {
    response.writeHead(request.url === '/health' ? status : 404, { 'content-type': 'application/json' })
    response.end(body)
  }
const HEALTHY = answering(200, '{"health":"true"}\n')

async function listening(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A pair of an authority that is made here under its name. */
async function pairOf(name: string, authority: string, addresses: string[], now = Date.now()) {
  const files = { certificate: at(`${authority}/ca.crt`), key: at(`${authority}/ca.key`) }
  const step = issueCertificateStep({ authority: files, names: [name], addresses, days: 1, now })
  const pair = issuedPair([{ label: step.label, stdout: await step.work(), stderr: '', status: 0 }])
  writeFileSync(at(`${name}.crt`), pair.certificate)
  writeFileSync(at(`${name}.key`), pair.key)
  return { cert: pair.certificate, key: pair.key }
}

async function faults(endpoints: readonly string[], files: EtcdFiles = {}): Promise<(string | undefined)[]> {
  const { subject } = askEtcd(endpoints, files)
  const printed = await new Promise<string>((resolve) =>
    execFile('sh', ['-c', subject], (_, stdout) => resolve(stdout)),
  )
  return readEtcd(printed, endpoints).map(({ fault }) => fault)
}

afterAll(() => servers.forEach((server) => server.close()))

it.each([
  ['https://a:2379', ['https://a:2379']],
  ['https://a:2379/, https://b:2379', ['https://a:2379', 'https://b:2379']],
  [['http://a:2379'], ['http://a:2379']],
])('reads the endpoints of %j', (given, read) => expect(etcdEndpoints(given)).toEqual(read))

describe.skipIf(!isHere('curl'))('without TLS (needs curl, which nobody but root can install here)', () => {
  it('is healthy, is not, is something else, or is not there', async () => {
    const closed = createServer()
    const port = await listening(closed)
    closed.close()
    const ports = await Promise.all(
      [
        HEALTHY,
        answering(503, '{"health":"false","reason":"RAFT NO LEADER"}\n'),
        answering(200, '<html>\n.\n {"health":"true"}'),
        answering(404, 'no such page\n200\n'),
      ].map((one) => listening(createServer(one))),
    )
    expect(await faults([...ports, port].map((one) => `http://127.0.0.1:${one}`))).toEqual([
      undefined,
      'is not healthy: RAFT NO LEADER',
      'it answers with status 200: it is not etcd',
      'it answers with status 404: it is not etcd',
      'nothing answers there',
    ])
  })
})

describe.skipIf(!isHere('curl'))('with TLS (needs curl, which nobody but root can install here)', () => {
  let endpoint: string
  const client = { ca: at('site/ca.crt'), cert: at('node.crt'), key: at('node.key') }

  beforeAll(async () => {
    const pair = await pairOf('etcd', 'site', ['127.0.0.1'])
    await pairOf('node', 'site', [])
    await pairOf('stranger', 'other', [])
    const { readFileSync } = await import('node:fs')
    const ca = readFileSync(client.ca)
    endpoint = `https://127.0.0.1:${await listening(createTlsServer({ ...pair, ca, requestCert: true, rejectUnauthorized: true }, HEALTHY))}`
  })

  it('takes the certificate of the node', async () => expect(await faults([endpoint], client)).toEqual([undefined]))

  it.each<[string, EtcdFiles, string]>([
    ['another CA', { ...client, ca: at('other/ca.crt') }, 'its certificate is not from that CA'],
    ['a CA that is not one', { ...client, ca: at('node.key') }, 'the CA file cannot be used'],
    ['no certificate', { ca: client.ca }, 'another client certificate'],
    [
      "another's certificate",
      { ...client, cert: at('stranger.crt'), key: at('stranger.key') },
      'another client certificate',
    ],
    [
      'a key of another certificate',
      { ...client, key: at('stranger.key') },
      'the certificate and its key cannot be used',
    ],
  ])('refuses %s', async (_, files, says) =>
    expect(await faults([endpoint], files)).toEqual([expect.stringContaining(says)]),
  )

  it('says which of the two is encrypted', async () => {
    const plain = await listening(createServer(HEALTHY))
    expect(await faults([`https://127.0.0.1:${plain}`], client)).toEqual(['it does not speak TLS: write http://'])
  })

  it('knows an expired certificate, and one with another name', async () => {
    const old = await pairOf('old', 'site', ['127.0.0.1'], Date.now() - 3 * 86_400_000)
    const named = await pairOf('elsewhere', 'site', [])
    const ports = await Promise.all([old, named].map((pair) => listening(createTlsServer(pair, HEALTHY))))
    expect(
      await faults(
        ports.map((port) => `https://127.0.0.1:${port}`),
        client,
      ),
    ).toEqual(['its certificate has expired', 'its certificate has another name'])
  })
})
