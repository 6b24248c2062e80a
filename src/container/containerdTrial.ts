// A trial start of containerd with a candidate configuration: what `config dump` accepts can still leave CRI out.
import { quoteShell } from '../task/index.ts'

/** Seconds after which a containerd that neither boots nor ends is taken as it is. */
const BOOT_SECONDS = 15

// A second containerd with places of its own. The namespaces keep it away from what the running one listens to: its
// sockets below /run, NRI's too, and its TCP ports. Its store is beside the real one, since snapshotters ask what file
// system that is. Addresses of other interfaces may be bound in the empty network. No percent sign may stand in it: %s is the path.
const TRIAL = `file=$1
containerd --config "$file" config dump >/dev/null || exit
unshare -m -n true 2>/dev/null || exit 0
root=$(sed -n "s/^ *root *= *[\\"']\\(.*\\)[\\"'].*/\\1/p" "$file" | head -n 1)
root=\${root:-/var/lib/containerd}
while [ ! -d "$root" ]; do root=$(dirname "$root"); done
work=$(mktemp -d "$root/.crane-play-trial.XXXXXXXX") || exit
pid=
trap '[ ! "$pid" ] || { kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; }; rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM
unshare -m -n sh -c 'mount -t tmpfs -o mode=755 run /run && mkdir /run/trial || exit
ip link set lo up 2>/dev/null
echo 1 2>/dev/null >/proc/sys/net/ipv4/ip_nonlocal_bind; echo 1 2>/dev/null >/proc/sys/net/ipv6/ip_nonlocal_bind
exec containerd --config "$1" --root "$2/root" --state /run/trial --address /run/trial/s.sock' trial "$file" "$work" >"$work/log" 2>&1 &
pid=$!
tries=${BOOT_SECONDS * 10}
while kill -0 "$pid" 2>/dev/null && ! grep -q 'successfully booted' "$work/log" && [ "$tries" -gt 0 ]; do
  tries=$((tries - 1)); sleep 0.1
done
if grep 'failed to load plugin' "$work/log" | grep -E 'io\\.containerd\\.(grpc\\.v1\\.cri|cri\\.v1\\.)' >&2; then exit 1; fi
if ! grep -q 'successfully booted' "$work/log" && ! kill -0 "$pid" 2>/dev/null; then tail -n 3 "$work/log" >&2; exit 1; fi`

/** The command that accepts a candidate, whose path stands as %s. */
export const containerdTrial = `sh -c ${quoteShell(TRIAL)} trial %s`

/**
 * The cause and hint of a refused candidate.
 *
 * @param stderr - What the step that writes the file wrote.
 * @returns Undefined when it failed for another reason.
 */
export function explainTrial(
  stderr: string,
  path: string,
): { readonly cause: string; readonly hint: string } | undefined {
  if (!stderr.includes('the new content was not accepted by')) return undefined
  const error = /failed to load plugin.*?error="((?:[^"\\]|\\.)*)"/.exec(stderr)?.[1]?.replace(/\\(.)/g, '$1')
  if (error !== undefined)
    return {
      cause: `${path} was not written: containerd would start without CRI: ${error}`,
      hint: 'look for keys in the file, and in files that it imports, that cannot be there together',
    }
  return {
    cause: `${path} was not written: containerd does not start with it`,
    hint: 'fix the file by hand first; the last lines are what containerd printed',
  }
}
