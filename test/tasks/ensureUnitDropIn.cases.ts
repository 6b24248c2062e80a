// Cases of ensureUnitDropIn.
import { absent, directory, file, noUnit, runs, type TaskCases } from './kit.ts'

const path = '/etc/systemd/system/craned.service.d/10-container-runtime.conf'
const params = {
  unit: 'craned',
  name: '10-container-runtime',
  sections: {
    Unit: { After: ['containerd.service', 'crio.service'], Wants: 'containerd.service' },
    Service: { Nice: 5 },
  },
}
const text = `[Unit]
After=containerd.service
After=crio.service
Wants=containerd.service

[Service]
Nice=5
`
const steps = [`create /etc/systemd/system/craned.service.d`, `write ${path}`, 'systemctl daemon-reload']

export default {
  decide: [
    { it: 'it is there', params, observed: { file: file(text), unit: runs() }, expect: { kind: 'ok' } },
    {
      it: 'it is not',
      params,
      observed: { file: absent, unit: runs({ needsReload: true }) },
      expect: { kind: 'change', says: `write ${path}`, after: { file: { text }, unit: { needsReload: false } }, steps },
    },
    {
      it: 'it has other settings, and the unit is not installed yet',
      params: { ...params, name: '10-container-runtime.conf' },
      observed: { file: file('[Unit]\n'), unit: noUnit() },
      expect: { kind: 'change', after: { file: { text } }, steps },
    },
    {
      it: 'a run was ended before systemd read it',
      params,
      observed: { file: file(text), unit: runs({ needsReload: true }) },
      expect: {
        kind: 'change',
        says: 'have systemd read craned.service again',
        after: { unit: { needsReload: false } },
        steps: ['systemctl daemon-reload'],
      },
    },
    {
      it: 'it is to be gone and is',
      params: { unit: 'craned', name: 'x', state: 'absent' },
      observed: { file: absent, unit: runs() },
      expect: { kind: 'ok' },
    },
    {
      it: 'it is to be gone',
      params: { unit: 'craned', name: '10-container-runtime', state: 'absent' },
      observed: { file: file(text), unit: runs() },
      expect: {
        kind: 'change',
        says: `remove ${path}`,
        after: { file: absent },
        steps: [`remove ${path}`, 'systemctl daemon-reload'],
      },
    },
    {
      it: 'a directory is in its place',
      params,
      observed: { file: directory(), unit: runs() },
      expect: { kind: 'refuse', says: 'is a directory, not a file' },
    },
    {
      it: 'it cannot be read',
      params,
      observed: { file: file('', { text: null }), unit: runs() },
      expect: { kind: 'refuse', says: 'is not a readable text file' },
    },
  ],
  wrong: [
    { params: { unit: 'craned', name: 'x' }, path: '', says: 'needs sections' },
    { params: { ...params, state: 'absent' }, path: '/sections', says: 'cannot be combined' },
    { params: { ...params, name: '../x' }, path: '/name', says: 'must be a file name' },
    { params: { ...params, sections: { Unit: { After: 'a\nb' } } }, path: '/sections/Unit/After', says: '' },
    { params: { ...params, sections: { 'unit]': {} } }, path: '/sections', says: '' },
  ],
  live: [
    {
      it: 'is read by systemd at once',
      setup:
        "printf '[Service]\\nExecStart=/bin/sleep infinity\\n' >/etc/systemd/system/sleeper.service; systemctl daemon-reload; systemctl start sleeper",
      params: { unit: 'sleeper', name: '10-law', sections: { Service: { Environment: ['A=1', 'B=two words'] } } },
      proof: 'systemctl show -p Environment --value sleeper | grep -q "A=1 B=two" && systemctl is-active sleeper',
    },
    {
      it: 'is removed',
      params: { unit: 'sleeper', name: '10-law', state: 'absent' },
      proof: '[ -z "$(systemctl show -p Environment --value sleeper)" ]',
    },
  ],
} satisfies TaskCases
