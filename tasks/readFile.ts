// readFile: the content of a file on the host, for later tasks and for other hosts.
import { AbsolutePath, defineTask, Follow, ok, refuse, refuseType, TEXT_LIMIT, textFile, Type } from 'crane-play/task'

export default defineTask({
  name: 'readFile',
  summary: 'Reads a file of at most 256 KiB of UTF-8, so that `register` stores what is in it. Changes nothing.',
  shorthand: 'path',
  params: Type.Object({ path: AbsolutePath('The file. A symbolic link is followed.'), follow: Follow }),
  result: Type.Object({
    content: Type.String({ description: 'What is in it, line ends included. In check mode: what would be in it.' }),
    sha256: Type.String({ description: 'The digest of the content, in hexadecimal.' }),
  }),
  observe: ({ path, follow }) => ({ file: textFile(path, { follow }) }),
  decide({ params: { path }, observed: { file } }) {
    const wrong = refuseType(path, file, 'file', 'name a file')
    if (wrong) return wrong
    if (file.type !== 'file') return refuse(`${path} does not exist`, 'write it in an earlier task')
    if (file.size > TEXT_LIMIT)
      return refuse(`${path} has ${file.size} bytes`, `name a file of at most ${TEXT_LIMIT} bytes`)
    if (file.text === null)
      return refuse(`${path} is not a readable text file`, 'check that it is UTF-8 and that the user may read it')
    return ok({ note: `${file.size} bytes`, data: { content: file.text, sha256: file.sha256 ?? '' } })
  },
})
