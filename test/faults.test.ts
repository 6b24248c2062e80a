// Each fault that a deployment must survive, or name, and the test that has it.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const FAULTS: readonly (readonly [fault: string, file: string, test: string])[] = [
  ['a rule of Container: that the playbook breaks', 'tasks/craneConfig.cases.ts', "wrong({ Enabled: 'yess' }"],
  [
    'a rule of Container: that the file itself breaks',
    'tasks/craneConfig.cases.ts',
    'the file itself has what makes craned end',
  ],
  ['keys that CraneSched ignores', 'tasks/craneConfig.cases.ts', 'keys that CraneSched ignores further below'],
  ['config.yaml with anchors', 'tasks/craneConfig.cases.ts', 'an anchor: what refers to it stays'],
  ['config.yaml with CRLF and odd indentation', 'tasks/craneConfig.cases.ts', 'lines that end with CRLF'],
  ['config.yaml with 2,000 nodes', 'tasks/craneConfig.cases.ts', '2,000 nodes'],
  ['invalid TOML, containerd', 'e2e/deploy.test.ts', 'overwrites nothing where the configuration of containerd'],
  ['invalid TOML, CRI-O', 'e2e/crio.test.ts', 'overwrites nothing where another file is not valid TOML'],
  ['a later file that undoes a setting of CRI-O', 'e2e/crio.test.ts', 'a later file has the last word'],
  ['two networks that fight', 'e2e/doctor.test.ts', 'networkHidden'],
  [
    'two networks that fight, in a playbook',
    'tasks/lintCni.cases.ts',
    'another file comes before the one that should count',
  ],
  ['a missing plug-in', 'tasks/lintCni.cases.ts', 'plug-ins are missing'],
  ['an expired certificate', 'container/certificates.test.ts', 'is expired'],
  ['a certificate with another name or address', 'container/certificates.test.ts', 'has another address'],
  ['a foreign key', 'container/certificates.test.ts', 'has the key of another'],
  ['no room for an image', 'e2e/registry.test.ts', "['no room'"],
  ['a full file system of images', 'e2e/registry.test.ts', 'is named when it becomes full in the middle'],
  ['a full file system of configuration', 'e2e/fullDisk.test.ts', 'there is no space left on its file system'],
  ['a registry that refuses', 'e2e/registry.test.ts', 'a wrong password'],
  ['a registry with a wrong CA', 'e2e/registry.test.ts', 'a wrong CA'],
  ['craned that ends two seconds after its restart', 'e2e/deploy.test.ts', 'craned ends two seconds after its restart'],
  [
    'a configuration that ends craned',
    'e2e/deploy.test.ts',
    'the last words of a daemon that a bad configuration ends',
  ],
  ['a node that is down', 'e2e/deploy.test.ts', 'leaves out a node that is down'],
  ['a node that is lost in the middle', 'e2e/lostHost.test.ts', 'it loses its power'],
  ['a runtime restart with a job that runs', 'e2e/crio.test.ts', 'does not restart it while a job runs'],
  [
    'a controller that is killed anywhere in deploy.yml',
    'e2e/killedDeploy.test.ts',
    'repairs what runs left that were killed',
  ],
  ['a repository signed with another key, apt', 'e2e/untrustedRepositories.test.ts', 'signed with another key'],
  ['a repository that is not signed, apt', 'e2e/untrustedRepositories.test.ts', 'not signed'],
  ['packages signed with another key, dnf', 'e2e/untrustedRepositories.test.ts', 'packages signed with another key'],
  ['a runtime that is too old', 'e2e/deploy.test.ts', 'says that it is too old'],
]

it.each(FAULTS)('%s', (_fault, file, test) => {
  expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(test)
})
