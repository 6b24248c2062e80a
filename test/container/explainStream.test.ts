// What keeps another host from a stream, from what `ccon exec` prints there.
import { explainCconFailure } from 'crane-play/container'
import { expect, it } from 'vitest'

const attempt = (url: string, said: string) =>
  `Nov 26 22:17:27.359\x1b[36m [INFO] \x1b[0mStream attempt 1/3 for URL: ${url}/exec/T0kEn\nNov 26 22:17:27.360\x1b[33m [WARN] \x1b[0mStream attempt 1 failed: ${said}`

it.each<[string, string, string, string]>([
  [
    'an address of its own',
    'status=4 tls=yes',
    attempt('https://[::]:10350', 'connection refused'),
    'address of streams',
  ],
  ['loopback', 'status=4 tls=no', attempt('http://127.0.0.1:35621', 'connection refused'), 'address of streams'],
  ['no TLS where it is expected', 'status=0 tls=yes', attempt('http://10.0.0.2:10350', ''), 'without TLS'],
  [
    'another server than announced',
    'status=4 tls=yes',
    attempt('https://10.0.0.2:10350', 'http: server gave HTTP response to HTTPS client'),
    'does not speak the TLS',
  ],
  [
    'a port where nobody listens',
    'status=4 tls=yes',
    attempt('https://10.0.0.2:10350', 'dial tcp 10.0.0.2:10350: connect: connection refused'),
    'nothing answers at 10.0.0.2:10350',
  ],
  ['a firewall that drops', 'status=124 tls=yes', attempt('https://10.0.0.2:10350', ''), 'firewall: 10.0.0.2:10350'],
  [
    'a firewall that rejects',
    'status=4 tls=no',
    attempt('http://10.0.0.2:10350', 'dial tcp 10.0.0.2:10350: connect: no route to host'),
    'firewall: 10.0.0.2:10350',
  ],
  [
    'a stream without a line',
    'status=0 tls=yes verb=attach',
    attempt('https://10.0.0.2:10350', ''),
    'ccon attach shows nothing',
  ],
  [
    'a job that ended before',
    'status=4 tls=no',
    'Nov 26 22:17:27.359\x1b[31m [ERRO] \x1b[0mExec failed: Requested job is not running.',
    'stream: Exec failed: Requested job is not running.',
  ],
])('%s', (_, facts, said, cause) => {
  const quoted = said.split('\n').map((line) => `| ${line}\n`)
  const stderr = `FAILED stage=stream node=crane02 ${facts}\n${quoted.join('')}END\n`
  const explained = explainCconFailure(stderr)
  expect(explained?.cause).toContain(cause)
  expect(explained?.cause.startsWith('crane02: ')).toBe(true)
  expect(explained?.hint).toBeTruthy()
})
