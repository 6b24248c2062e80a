// Names what keeps another host from the stream of a container: its address, its encryption, or a firewall.
import { cconMessage } from './cconMessage.ts'
import type { CconFailure, Explanation } from './cconFailure.ts'

const STREAM_URL = /\b(https?):\/\/((?:\[[^\]\s]*\]|[^:/\s]+):\d+)/
/** What each client takes for itself. */
const OWN = /^(0\.0\.0\.0|127\.[\d.]+|localhost|\[::1?\]):/
/** The exit status of `timeout`. */
const TIMED_OUT = '124'

/**
 * Takes what `ccon exec` or `ccon attach` printed on another host. `facts`: `status`, `verb` of ccon, and `tls=yes` where
 * encryption is expected.
 */
export function explainStream({ facts, said }: CconFailure): Explanation {
  const [, scheme, at = ''] = STREAM_URL.exec(said) ?? []
  const command = `ccon ${facts.get('verb') ?? 'exec'}`
  if (scheme === undefined)
    return {
      cause: `stream: ${cconMessage(said) || `${command} prints no message`}`,
      hint: "read craned's log on the node",
    }
  if (OWN.test(at))
    return {
      cause: `address of streams: the runtime offers them at ${at}, which each client takes for itself`,
      hint: "set streamAddress to the node's own IP address, and restart the runtime",
    }
  if (facts.get('tls') === 'yes' && scheme === 'http')
    return {
      cause: `encryption of streams: the runtime offers them at http://${at}, without TLS`,
      hint: 'set streamTls with its certificate and key, and restart the runtime',
    }
  if (/HTTP response to HTTPS|HTTPS server|tls:|x509|certificate|handshake/i.test(said))
    return {
      cause: `encryption of streams: ${at} does not speak the TLS that it announces`,
      hint: 'restart the runtime: it runs with another configuration than its file has',
    }
  if (/connection refused/.test(said))
    return {
      cause: `port of streams: nothing answers at ${at}`,
      hint: 'check on the node that the runtime listens there (ss -ltn) and that no firewall rejects it',
    }
  if (facts.get('status') === TIMED_OUT || /timed? ?out|no route to host|unreachable/i.test(said))
    return {
      cause: `firewall: ${at} cannot be reached from this host`,
      hint: 'open the port of streams to the hosts of the cluster, with openFirewall or by hand',
    }
  return {
    cause: `stream: ${cconMessage(said) || `${command} shows nothing of what the container prints`}`,
    hint: `try it: ${command}, from this host`,
  }
}
