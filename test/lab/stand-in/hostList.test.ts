/** CraneSched's node lists: what the daemons expand, keep literal and refuse. */
import { expect, test } from 'vitest'
import { expandHostList } from '../../../lab/stand-in/hostList.ts'

const refused = 'Illegal node name string format.'
const cases: [text: string, expected: string[] | string][] = [
  ['crane[02-04]', ['crane02', 'crane03', 'crane04']],
  ['aaa[1-2,3],bbb', ['aaa1', 'aaa2', 'aaa3', 'bbb']],
  ['n[08-11]', ['n08', 'n09', 'n10', 'n11']],
  ['n[8-11]', ['n8', 'n9', 'n10', 'n11']],
  ['n[1-010]', ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9', 'n10']],
  ['n[007]', ['n007']],
  ['a[1-2]b[3-4]', ['a1b3', 'a1b4', 'a2b3', 'a2b4']],
  ['a[1-2][3-4]', ['a13', 'a14', 'a23', 'a24']],
  ['n[1-2].cluster', ['n1.cluster', 'n2.cluster']],
  ['n[1-2]-ib', ['n[1-2]-ib']],
  ['n[5-3]', []],
  ['a, ,b,', ['a', 'b']],
  ['', []],
  ['n[1', refused],
  ['n1]', refused],
  ['n[[1]]', refused],
  ['n[a-c]', refused],
  ['n[1,]', refused],
  ['n[]', refused],
  ['n[0-10/2]', refused],
]

test.each(cases)('%s', (text, expected) => {
  const result = expandHostList(text)
  expect('error' in result ? result.error : result.names).toEqual(expected)
})
