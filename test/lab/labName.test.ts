/** Which lab a checkout means, and which number and files that lab gets. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { labFiles, labName, ownLab, ownName, projectRoot } from '../../lab/labName.ts'
import { freeNumber } from '../../lab/labState.ts'

test.each([
  ['/home/me/crane-play', /^crane-play-[0-9a-f]{4}$/],
  ['/home/you/crane-play', /^crane-play-[0-9a-f]{4}$/],
  ['/srv/Crane Play (old)', /^crane-play-old-[0-9a-f]{4}$/],
  ['/', /^lab-[0-9a-f]{4}$/],
  [`/x/${'long'.repeat(30)}`, /^(long){6}-[0-9a-f]{4}$/],
])('the lab of %s is called after it', (checkout, name) => {
  expect(ownName(checkout)).toMatch(name)
  expect(labName(ownName(checkout))).toBe(ownName(checkout))
})

test('checkouts whose directories are called alike have a lab each', () => {
  expect(ownName('/home/me/crane-play')).not.toBe(ownName('/home/you/crane-play'))
})

test("further labs of a checkout are no other checkout's either", () => {
  expect(ownLab('crio', '/home/me/crane-play')).toMatch(/^crio-[0-9a-f]{4}$/)
  expect(ownLab('crio', '/home/me/crane-play')).not.toBe(ownLab('crio', '/home/you/crane-play'))
})

test('no end-to-end test names a lab that another checkout may have', () => {
  const directory = join(projectRoot, 'test/e2e')
  const texts = readdirSync(directory)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(directory, file), 'utf8'))
  const named = texts.flatMap((text) => text.match(/(\bNAME = |rpmLab\(|labUp\(\{ name: )['"`\w]+/g) ?? [])
  expect(named.filter((text) => text.endsWith('ownLab')).length).toBeGreaterThan(6)
  expect(named.filter((text) => /['"`]/.test(text))).toEqual([])
})

test('a lab that is not named is the own one of the checkout', () => {
  expect(labName('')).toBe(ownName(projectRoot))
  expect(labName('rpm')).toBe('rpm')
})

test('files of the own lab lie in .lab, those of others in directories below', () => {
  expect(labFiles(ownName('/x'), '/x').inventory).toBe('/x/.lab/hosts')
  expect(labFiles('rpm', '/x').inventory).toBe('/x/.lab/rpm/hosts')
})

test.each<[held: number[], addresses: string[], number: number]>([
  [[], [], 0],
  [[0, 1, 3], [], 2],
  [[0], ['10.77.1.1', '127.0.0.1'], 2],
  [[], ['10.77.10.1'], 0],
])('beside labs %j and addresses %j a new lab is number %i', (held, addresses, number) => {
  expect(
    freeNumber(
      held.map((one) => ({ number: one })),
      addresses,
    ),
  ).toBe(number)
})
