// The lower bound for any runner on ssh2: connects to each host and runs `true`. Arguments: key file, known_hosts, addresses.
import { readFileSync } from 'node:fs'
import pLimit from 'p-limit'
import ssh2 from 'ssh2'

const [keyFile = '', knownHostsFile = '', ...addresses] = process.argv.slice(2)
const privateKey = readFileSync(keyFile)
const known = new Map(
  readFileSync(knownHostsFile, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [names = '', , key = ''] = line.split(' ')
      return names.split(',').map((name) => [name, key] as const)
    }),
)
const AT_ONCE = 32

const runTrue = (host: string) =>
  new Promise<void>((resolve, reject) => {
    const client = new ssh2.Client()
    client.once('error', reject)
    client.once('close', () => resolve())
    client.once('ready', () => {
      client.exec('true', (error, channel) => {
        if (error) reject(error)
        else
          channel.resume().once('exit', (status) => {
            if (status === 0) client.end()
            else reject(new Error(`true ended with ${status} on ${host}`))
          })
      })
    })
    const hostVerifier = (key: Buffer) => key.toString('base64') === known.get(host)
    client.connect({ host, username: 'root', privateKey, hostVerifier })
  })

const limit = pLimit(AT_ONCE)
await Promise.all(addresses.map((address) => limit(() => runTrue(address))))
