// The directory of network configurations as a host shows it.
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { cniFiles, cniPluginNames } from 'crane-play/container'
import { describe, expect, it } from 'vitest'
import { ask, SHELLS, temporaryDirectory } from '../task/runShell.ts'

const directory = temporaryDirectory()

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  it('is read in the order in which the runtime looks', () => {
    const place = mkdtempSync(`${directory}/net.d `)
    const texts: Readonly<Record<string, string>> = {
      '10-b.conf': '{\n.\nfile x\n}',
      '00-a.conflist': '{}\n',
      '05-c.json': '',
      '20-kept.conf~': 'x',
    }
    for (const [name, text] of Object.entries(texts)) writeFileSync(`${place}/${name}`, text)
    mkdirSync(`${place}/30-d.conf`)
    expect(ask([cniFiles(place), cniFiles(`${directory}/gone`)], { shell })).toEqual([
      [
        { name: '00-a.conflist', text: '{}\n' },
        { name: '05-c.json', text: '' },
        { name: '10-b.conf', text: '{\n.\nfile x\n}\n' },
      ],
      [],
    ])
  })
  it('has plug-ins that can be run', () => {
    const place = mkdtempSync(`${directory}/bin`)
    for (const name of ['bridge', 'README', 'a plug-in']) writeFileSync(`${place}/${name}`, '')
    for (const name of ['bridge', 'a plug-in']) chmodSync(`${place}/${name}`, 0o755)
    expect(ask([cniPluginNames(place), cniPluginNames('/nonexistent')], { shell })).toEqual([
      ['a plug-in', 'bridge'],
      [],
    ])
  })
})
