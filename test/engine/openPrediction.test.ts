// A predicted file whose content is made with the change, as a key is: its attributes are known, its content is not.
import { expect, it } from 'vitest'
import { inode, predictFile, textFile, UNKNOWN } from 'crane-play/task'
import { FactStore } from '../../src/engine/observe/factStore.ts'

it('answers what is asked of attributes, and makes what asks for the content depend on the change', () => {
  const facts = new FactStore()
  const made = predictFile({ type: 'absent' }, UNKNOWN, 99, { mode: '0600', owner: 'root' })
  facts.predict({ key: inode('/etc/key') }, { key: made }, 'sign')
  expect(facts.read('root', { file: inode('/etc/key') })).toMatchObject({
    state: 'known',
    observed: { file: { type: 'file', mode: '0600', owner: 'root', changedAt: 99 } },
  })
  expect(facts.read('root', { file: textFile('/etc/key') })).toEqual({ state: 'unknown', because: 'sign' })
})
