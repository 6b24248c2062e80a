// Whether etcd answers a node, asked as Calico does: from the node itself, with the files that the network configuration names.
import { commandLine, commandOutput } from '../task/index.ts'

/** The files on the node with which etcd is asked over TLS. */
export interface EtcdFiles {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** What came of one endpoint: `fault` is absent where it is healthy. */
export interface EtcdAnswer {
  readonly endpoint: string
  readonly fault?: string
}

const CONNECT_SECONDS = 3
const ANSWER_SECONDS = 5
/** Bytes. What a server says is marked by a blank at the head of each line, so that it cannot pass for another's answer. */
const ANSWER_LIMIT = 4096

/** Takes what `etcd_endpoints` may be, a list or a string with commas, and returns the endpoints without a slash at the end. */
export const etcdEndpoints = (given: string | readonly string[]): readonly string[] =>
  (typeof given === 'string' ? given.split(',') : given).map((one) => one.trim().replace(/\/+$/, '')).filter(Boolean)

/**
 * Takes endpoints and files, and returns the probe that asks each endpoint for `/health` with the node's curl. Its status
 * is 127 where there is no curl.
 */
export function askEtcd(endpoints: readonly string[], { ca, cert, key }: EtcdFiles) {
  const files = [...(ca ? ['--cacert', ca] : []), ...(cert ? ['--cert', cert] : []), ...(key ? ['--key', key] : [])]
  // A proxy of the environment would answer in its place.
  const ask = [
    'curl',
    '-sS',
    '--noproxy',
    '*',
    '--connect-timeout',
    String(CONNECT_SECONDS),
    '--max-time',
    String(ANSWER_SECONDS),
  ]
  const lines = endpoints.map((endpoint) => {
    const words = [...ask, ...files, '-w', '\n%{http_code}', '--', `${endpoint}/health`]
    return `${commandLine(words)} 2>&1 | head -c ${ANSWER_LIMIT} | sed 's/^/ /'; echo; echo .`
  })
  return commandOutput(`command -v curl >/dev/null || exit 127\n${lines.join('\n')}`)
}

/** Takes what `askEtcd` printed and returns what came of each endpoint. */
export function readEtcd(printed: string, endpoints: readonly string[]): readonly EtcdAnswer[] {
  const answers = printed.split(/^\.\n/m)
  return endpoints.map((endpoint, i) => {
    const fault = faultOf((answers[i] ?? '').replace(/^ /gm, '').trimEnd(), endpoint.startsWith('https:'))
    return { endpoint, ...(fault !== undefined && { fault }) }
  })
}

/** Sources: the health check of etcd 3.4 and 3.5, and the exit statuses of curl(1). */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/"health" *: *"?false"?(?:.*"reason" *: *"([^"]*)")?/, 'is not healthy: $1'],
  [/^curl: \(6\)/m, 'its name cannot be resolved'],
  [/^curl: \(7\)/m, 'nothing answers there'],
  [/^curl: \(28\)/m, 'it does not answer in time'],
  [/^curl: \(58\).*/m, 'the certificate and its key cannot be used'],
  [/^curl: \((?:77|26|37)\).*/m, 'the CA file cannot be used'],
  [
    /^curl: \(60\).*(?:no alternative certificate|subjectAltName|subject name|host ?name).*/im,
    'its certificate has another name',
  ],
  [/^curl: \(60\).*expired.*/m, 'its certificate has expired'],
  [/^curl: \(60\)/m, 'its certificate is not from that CA'],
  [
    /^curl: \((?:35|55|56)\).*(?:bad certificate|certificate required|handshake failure|alert).*/m,
    'it wants another client certificate',
  ],
  [/^curl: \(35\).*(?:wrong version number|packet length).*/m, 'it does not speak TLS: write http://'],
  [/HTTP request to an HTTPS server/, 'it speaks TLS: write https://'],
  [/^curl: \((?:35|52|55|56)\)/m, 'it drops the connection'],
  [/^curl: \(\d+\) (.*)$/m, '$1'],
]

/** What servers do that refuse a client certificate without a word. */
const DROPPED = /^curl: \((?:52|55|56)\)/m

function faultOf(answer: string, encrypted: boolean): string | undefined {
  const [, status] = /(?:^|\n)(\d{3})$/.exec(answer) ?? []
  if (/^\{"health" *: *"?true"?/.test(answer) && status === '200') return undefined
  if (encrypted && DROPPED.test(answer) && !/alert|required/.test(answer))
    return 'it drops the connection: it may want another client certificate'
  for (const [pattern, says] of FAULTS) {
    const found = pattern.exec(answer)
    if (found) return says.replace('$1', found[1] ?? '').replace(/: $/, '')
  }
  return status === undefined || status === '000'
    ? 'it gives no answer'
    : `it answers with status ${status}: it is not etcd`
}
