// Names of container images: as users shorten them, and in full, as CraneSched and CRI ask for them.

/** A name in full, such as `docker.io/library/alpine:latest`, and what it is made of. */
export interface ImageName {
  readonly full: string
  /** `docker.io`, `registry.example.org:5000`. */
  readonly registry: string
  /** Without tag and digest: `docker.io/library/alpine`. */
  readonly repository: string
  /** `sha256:…`, where it is named by digest. */
  readonly digest?: string
}

/** What an image's name may look like. */
export const IMAGE_PATTERN =
  '^([a-zA-Z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?$'

/**
 * The name in full, as the reference grammar of container registries has it: without a registry it is Docker Hub, without
 * a tag or digest it is `latest`. A tag beside a digest is dropped, since the digest alone decides.
 */
export function imageName(name: string): ImageName {
  const [head = '', digest] = name.split('@')
  const slash = head.indexOf('/')
  const first = slash < 0 ? '' : head.slice(0, slash)
  const hasRegistry = /[.:]/.test(first) || first === 'localhost' || /[A-Z]/.test(first)
  const registry = hasRegistry ? first : 'docker.io'
  const rest = hasRegistry ? head.slice(slash + 1) : head
  const colon = rest.indexOf(':')
  const path = colon < 0 ? rest : rest.slice(0, colon)
  const tag = colon < 0 ? 'latest' : rest.slice(colon + 1)
  const repository = `${registry}/${registry === 'docker.io' && !path.includes('/') ? 'library/' : ''}${path}`
  return digest === undefined
    ? { full: `${repository}:${tag}`, registry, repository }
    : { full: `${repository}@${digest}`, registry, repository, digest }
}
