// Lets a container runtime pull an image, and says in plain words why it could not.
import type { Duplex } from 'node:stream'
import { StepFailed } from '../../task/index.ts'
import { TooLate, within } from '../awaitCri.ts'
import type { ImageToPull } from '../criClient.ts'
import type { ImageStore } from './imageStore.ts'

const DIAL_MS = 10_000

/**
 * Pulls an image through CRI, by the runtime whose socket `dial` reaches, within `deadlineMs` milliseconds. Returns the
 * runtime's id of the image; rejects with a `StepFailed` that says which of registry, network, certificate, credentials,
 * name and disk is at fault.
 */
export async function pullImage(
  dial: () => Promise<Duplex>,
  store: ImageStore,
  wanted: ImageToPull,
  deadlineMs: number,
): Promise<string> {
  const { pullByCri } = await import('../criClient.ts')
  let stream: Duplex
  try {
    stream = await within(dial(), DIAL_MS)
  } catch (error) {
    const why = error instanceof TooLate ? 'no answer in time' : messageOf(error)
    throw new StepFailed(
      `nothing answers at ${store.socket}: ${why}`,
      'start the runtime first; where only root may use its socket, add `become: true`',
    )
  }
  try {
    return await pullByCri(stream, wanted, deadlineMs)
  } catch (error) {
    throw explainPull(messageOf(error), wanted, store)
  }
}

/** Without the prefix `[code] ` of the library. */
const messageOf = (error: unknown): string => {
  const { rawMessage, message } = error as { readonly rawMessage?: string; readonly message?: string }
  return (rawMessage ?? message ?? String(error)).trim()
}

const CAUSES: readonly (readonly [pattern: RegExp, cause: string, hint: string])[] = [
  [/no space left on device/i, 'the file system of $root is full', 'free space there, or give it more'],
  [
    /x509: .*?unknown authority/i,
    "the runtime does not trust the registry's certificate",
    "give the registry's CA to ensureRegistry",
  ],
  [
    /x509: (.*)/i,
    "the registry's certificate is refused: $1",
    'give the registry a certificate with its name or address that has not expired',
  ],
  [
    /gave HTTP response to HTTPS client/i,
    'the registry does not speak TLS',
    'give the registry a certificate; with `plainHttp: true` of ensureRegistry images are fetched unencrypted',
  ],
  [
    /does not exist or may require authorization/i,
    'the registry has no such image, or refuses the credentials',
    'check the name and tag, `username` and `password`',
  ],
  [
    /unauthorized|authentication required|no basic auth credentials|401|access denied|403|denied/i,
    'the registry refuses the credentials, or wants some',
    'check `username` and `password`, and the right to that repository',
  ],
  [/not found|manifest unknown|404|does not exist/i, 'the registry has no such image', 'check its name and tag'],
  [
    /no such host|server misbehaving|lookup /i,
    "the node cannot resolve the registry's name",
    'check name resolution on the node, or name a mirror with ensureRegistry',
  ],
  [
    /connection refused|i\/o timeout|no route to host|network is unreachable|connect: /i,
    'the node cannot reach the registry',
    'check the network, a proxy of the runtime, or name a mirror with ensureRegistry',
  ],
  [
    /deadline exceeded|timed out|timeout/i,
    'the pull did not end in time',
    'give the task a longer `timeout`, or name a mirror with ensureRegistry',
  ],
  [/Unimplemented|unknown service/i, 'the runtime does not speak CRI v1', 'turn its CRI plug-in on'],
]

const KEPT = 400

/** Takes what a runtime answered; returns the failure with the layer at fault. */
export function explainPull(
  message: string,
  { image }: Pick<ImageToPull, 'image'>,
  { root }: Pick<ImageStore, 'root'>,
): StepFailed {
  const said = message.length > KEPT ? `…${message.slice(-KEPT)}` : message
  for (const [pattern, cause, hint] of CAUSES) {
    const found = pattern.exec(message)
    const at: Readonly<Record<string, string | undefined>> = { $1: found?.[1], $root: root }
    if (found)
      return new StepFailed(
        `${image} was not pulled: ${cause.replace(/\$\w+/, (name) => at[name] ?? '')} (${said})`,
        hint,
      )
  }
  return new StepFailed(`${image} was not pulled: ${said}`, "read the runtime's journal on the node")
}
