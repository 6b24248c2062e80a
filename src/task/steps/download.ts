// How a host fetches a file from a URL: with what it has, and only if the content is the one that was asked for.

/** A file that the host fetches itself. */
export interface Download {
  /** `https://…`, `http://…`, or `file:///…` for a path on the host. */
  readonly url: string
  /** The SHA-256 of the content, in hexadecimal. */
  readonly sha256: string
}

/**
 * `fetch URL SHA256 FILE`. A minimal Debian has neither curl nor wget, but apt's own downloader; a minimal RHEL has curl.
 * The digest is compared after the whole file is there, so a redirect or a proxy cannot pass off anything else.
 */
export const FETCH = `case $1 in
file://*) cat -- "\${1#file://}" >"$3" ;;
*)
  if command -v curl >/dev/null; then curl -fsSL --connect-timeout 20 --retry 2 -o "$3" -- "$1"
  elif command -v wget >/dev/null; then wget -q -T 20 -t 3 -O "$3" -- "$1"
  elif [ -x /usr/lib/apt/apt-helper ]; then /usr/lib/apt/apt-helper -q -q download-file "$1" "$3"
  else echo 'there is nothing to download with' >&2; return 1
  fi >&2 </dev/null
esac || { echo "the download of $1 failed" >&2; return 1; }
set -- "$1" "$2" "$3" $(sha256sum <"$3")
[ "$4" = "$2" ] || { echo "the download of $1 has the SHA-256 $4" >&2; return 1; }`

/** Causes and hints of failed downloads, for `explainWriteFailure`. */
export const DOWNLOAD_REFUSALS: readonly (readonly [RegExp, string, string])[] = [
  [
    /^there is nothing to download with$/m,
    'the host has neither curl nor wget',
    'install curl in an earlier task, or copy the file from the controller with writeFile',
  ],
  [
    /^the download of \S+ has the SHA-256 (\S*)$/m,
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
