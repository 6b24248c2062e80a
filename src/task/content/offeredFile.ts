// A file that a host is to have, from the controller or from a URL: its digest and its content, or why there is none.
import type { RefuseDecision } from '../../model/decision.ts'
import { refuse } from '../decision.ts'
import type { FileFact } from '../probes/file.ts'
import type { Download } from '../steps/download.ts'
import { sha256 as digestOf } from './sha256.ts'

/** Where a file comes from: exactly one of both, and a digest beside a URL. */
export interface FileSource {
  /** A file of the controller, as the parameter names it. */
  readonly src?: string | undefined
  readonly url?: string | undefined
  readonly sha256?: string | undefined
}

/** A file as a step writes it. */
export interface OfferedFile {
  readonly kind: 'offered'
  /** Its SHA-256, in hexadecimal. */
  readonly digest: string
  /** The bytes of a file of the controller; a host fetches the rest itself. */
  readonly content: Uint8Array | Download
}

/**
 * The file that a task's parameters name.
 *
 * @param source - The parameters.
 * @param files - `context.files` of `decide`.
 * @returns A refusal where the file of the controller cannot be read, or has another digest than the one given.
 */
export function offeredFile(
  { src, url, sha256 }: FileSource,
  files: ReadonlyMap<string, Uint8Array>,
): OfferedFile | RefuseDecision {
  if (src === undefined)
    return { kind: 'offered', digest: sha256 ?? '', content: { url: url ?? '', sha256: sha256 ?? '' } }
  const content = files.get(src)
  if (content === undefined) return refuse(`${src} cannot be read`)
  const digest = digestOf(content)
  if (sha256 !== undefined && digest !== sha256)
    return refuse(`${src} has the SHA-256 ${digest}`, 'check where it comes from, then correct `sha256`')
  return { kind: 'offered', digest, content }
}

/** For `check`: the mistake of a URL without the digest that goes with it. */
export const needsDigest = ({
  url,
  sha256,
}: FileSource): readonly { readonly path: string; readonly message: string }[] =>
  url !== undefined && sha256 === undefined ? [{ path: '/url', message: 'needs sha256 beside it' }] : []

/** What a diff shows of a file that is known by its digest: `sha256 …`, or `absent`. */
export const shownDigest = (fact: FileFact | undefined): string =>
  fact?.type === 'file' ? `sha256 ${fact.sha256}` : 'absent'
