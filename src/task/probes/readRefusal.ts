// Reads why a host did not look at a path: enter_directory said it.
import type { AnswerReader } from './answerReader.ts'
import { GarbledAnswer, Refusal } from './probe.ts'

/** `head`: the line `refused LENGTH`, which the cause follows. */
export function readRefusal(reader: AnswerReader, path: string, head: string): Refusal {
  const length = /^refused (\d{1,5})$/.exec(head)?.[1]
  if (length === undefined) throw new GarbledAnswer(`the answer about ${path} is incomplete`)
  const cause = reader.bytes(Number(length)).toString()
  reader.line()
  return new Refusal(
    `${path} is not read: ${cause}`,
    / symbolic link /.test(cause)
      ? 'name the real path, or add `follow: true` where the task has it'
      : 'find out on the host who replaces it',
  )
}
