// How a host fetches a file from a URL: with what it has, and only if the content is the one that was asked for.

/** A file that the host fetches itself. */
export interface Download {
  /** `https://…`, `http://…`, or `file:///…` for a path on the host. */
  readonly url: string
  /** The SHA-256 of the content, in hexadecimal. */
  readonly sha256: string
}

/**
 * `fetch URL SHA256 FILE SHOWN BARE NETRC`. A minimal Debian has neither curl nor wget, but apt's own downloader; a minimal
 * RHEL has curl. Every user of the host can read the arguments of a process, and a URL may have a password or a token in
 * it: it is given by standard input. apt gets BARE, the URL without a login, and the login in a file, as NETRC has it; a token
 * after `?` others can read while it loads. SHOWN is for messages. The digest is compared after the whole file is there, so a redirect or a proxy cannot pass off anything else.
 */
const FETCH = `case $1 in
file://*) cat -- "\${1#file://}" >"$3" ;;
*)
  if command -v curl >/dev/null; then printf 'url = "%s"\\n' "$1" | curl -fsSLg --connect-timeout 20 --retry 2 -o "$3" -K -
  elif command -v wget >/dev/null; then printf '%s\\n' "$1" | wget -q -T 20 -t 3 -O "$3" -i -
  elif [ -x /usr/lib/apt/apt-helper ]; then fetch_with_apt "$3" "$5" "$6"
  else echo 'there is nothing to download with' >&2; return 1
  fi >&2 </dev/null
esac || { echo "the download of $4 failed" >&2; return 1; }
set -- "$2" "$4" $(sha256sum <"$3")
[ "$3" = "$1" ] || { echo "the download of $2 has the SHA-256 $3" >&2; return 1; }`

/** `fetch_with_apt FILE URL NETRC`, in a private directory. */
const FETCH_WITH_APT = `set -- "$3" -q -q download-file "$2" "$1"
if [ "$1" ]; then
  trap 'rm -f .crane-play.netrc' EXIT
  ( umask 077; printf '%s\\n' "$1" >.crane-play.netrc ) || return
  shift; set -- netrc -o Dir::Etc::netrc="$PWD/.crane-play.netrc" "$@"
fi
shift; /usr/lib/apt/apt-helper "$@"`

export const DOWNLOAD_FUNCTIONS = { fetch: FETCH, fetch_with_apt: `( ${FETCH_WITH_APT} )` }

/** The words for `fetch` besides the file. Format of the last: apt_auth.conf(5). */
export function fetchWords({ url, sha256 }: Download): readonly [string, string, string, string, string] {
  // What no URL may hold means something to curl's and wget's own formats.
  // oxlint-disable-next-line no-control-regex
  const written = url.replace(/["\\\s\u0000-\u001f]/g, (sign) => encodeURIComponent(sign))
  const [, scheme = '', login, rest = ''] = /^([a-z]+:\/\/)(?:([^/?#]*)@)?(.*)$/i.exec(written) ?? [
    '',
    '',
    undefined,
    written,
  ]
  const shown = `${scheme}${rest.replace(/[?#].*/, '')}`
  const [user = '', password = ''] = (login ?? '').split(/:(.*)/s, 2).map(decoded)
  const machine = `${scheme}${rest.replace(/[/?#].*/, '')}`
  const netrc = login === undefined ? '' : `machine ${machine} login ${user} password ${password}`
  return [written, sha256, shown, `${scheme}${rest}`, netrc]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Causes and hints of failed downloads, for `explainWriteFailure`. */
export const DOWNLOAD_REFUSALS: readonly (readonly [pattern: RegExp, cause: string, hint: string])[] = [
  [
    /^there is nothing to download with$/m,
    'the host has neither curl nor wget',
    'install curl in an earlier task, or copy the file from the controller with writeFile',
  ],
  [
    /^the download of \S* has the SHA-256 (\S*)$/m,
    'what was downloaded has the SHA-256 $1, which is not the one given',
    'check what the URL delivers (an error page, a newer release), then correct `sha256`',
  ],
  [
    /^(?:curl: \(6\)|.*(?:[Cc]ould not resolve|[Nn]ame or service not known)).*$/m,
    'the host cannot resolve the name of the server',
    'run on the host: getent hosts SERVER; a proxy goes into `environment:`',
  ],
  [
    /^(?:curl: \((?:35|51|58|60|77)\)|.*certificate).*$/m,
    "the host does not trust the server's certificate",
    "install the server's CA on the host, or use its right name",
  ],
  [
    /^(?:curl: \(22\).*|.*(?:ERROR|Err:?\d*|E:).*?)\b(4\d\d|5\d\d)\b.*$/m,
    'the server answered with status $1',
    'check the URL',
  ],
  [/^the download of (\S+) failed$/m, '$1 could not be downloaded', 'check from the host that the URL can be reached'],
]
