// Cases of installPackage.
import { UNKNOWN } from 'crane-play/task'
import { pkg, type TaskCases } from './kit.ts'

/** All generations are in the repository of the lab's hosts, which prefer 1.7 unless told otherwise. */
const INSTALLED = "dpkg-query -W -f '${Version}' containerd"

export default {
  decide: [
    {
      it: 'what provides it is installed',
      params: { name: 'awk' },
      observed: { awk: pkg('1.3.4', { providedBy: 'mawk' }) },
      expect: { kind: 'ok', says: 'awk provided by mawk 1.3.4' },
    },
    {
      it: 'an installation would remove another package',
      params: { name: 'exim4' },
      observed: { exim4: pkg(null, { removes: ['postfix'] }) },
      expect: { kind: 'refuse', says: 'installing exim4 would remove postfix', hint: 'allowRemovals' },
    },
    {
      it: 'an installation may remove another package',
      params: { name: 'exim4', allowRemovals: true },
      observed: { exim4: pkg(null, { removes: ['postfix'] }) },
      expect: {
        kind: 'change',
        diff: '--- exim4\n+++ exim4\n-absent\n+installed\n--- postfix\n+++ postfix\n-installed\n+absent\n',
      },
    },
    {
      it: 'rpm: what is installed is newer than what the repositories have',
      params: { name: 'jq', state: 'latest' },
      observed: { jq: pkg('1:1.6-2', { manager: 'dnf', candidate: '1.7-1' }) },
      expect: { kind: 'ok' },
    },
    {
      it: 'rpm: a newer release is offered',
      params: { name: 'jq', state: 'latest' },
      observed: { jq: pkg('1.6-9.el9', { manager: 'dnf', candidate: '1.6-10.el9' }) },
      expect: { kind: 'change', script: 'dnf_patiently 120 install --best jq' },
    },
    {
      it: 'rpm: the epoch may be given or left out',
      params: { name: 'tree', version: '2:2.0-3' },
      observed: { tree: pkg('2:2.0-3', { manager: 'dnf' }) },
      expect: { kind: 'ok' },
    },
    {
      it: 'a name with an architecture',
      params: { name: 'libc6:amd64' },
      observed: { 'libc6:amd64': pkg('2.36') },
      expect: { kind: 'ok' },
    },
    {
      it: 'it is installed',
      params: { name: 'containerd' },
      observed: { containerd: pkg('1.7.24~ds1-6') },
      expect: { kind: 'ok', says: 'containerd 1.7.24~ds1-6' },
    },
    {
      it: 'one of a list is missing, and only that one is installed',
      params: { name: ['containerd', 'runc'] },
      observed: { containerd: pkg('1.7.24'), runc: pkg(null) },
      expect: {
        kind: 'change',
        says: 'install runc',
        diff: '--- runc\n+++ runc\n-absent\n+installed\n',
        after: { runc: UNKNOWN },
        mayCreate: true,
        steps: ['apt-get install runc'],
        script: 'apt_install if-needed 120 --no-remove runc',
      },
    },
    {
      it: 'a version by pattern is there',
      params: { name: 'containerd', version: '1.7.*' },
      observed: { containerd: pkg('1.7.24~ds1-6') },
      expect: { kind: 'ok' },
    },
    {
      it: 'a dot of a version stands for itself',
      params: { name: 'containerd', version: '1.7.*' },
      observed: { containerd: pkg('1x7.24') },
      expect: { kind: 'change', steps: ["apt-get install 'containerd=1.7.*'"] },
    },
    {
      it: 'rpm: the release may be left out',
      params: { name: 'containerd.io', version: '1.7.24' },
      observed: { 'containerd.io': pkg('1.7.24-3.1.el9', { manager: 'dnf' }) },
      expect: { kind: 'ok' },
    },
    {
      it: 'apt: the revision may not',
      params: { name: 'containerd', version: '1.7.24' },
      observed: { containerd: pkg('1.7.24-1') },
      expect: { kind: 'change' },
    },
    {
      it: 'rpm: another version is wanted',
      params: { name: 'containerd.io', version: '2.1.*', lockTimeout: 5, refresh: 'always' },
      observed: { 'containerd.io': pkg('1.7.24-3.1.el9', { manager: 'dnf' }) },
      expect: {
        kind: 'change',
        diff: '--- containerd.io\n+++ containerd.io\n-1.7.24-3.1.el9\n+2.1.*\n',
        script: "dnf_patiently 5 install --refresh 'containerd.io-2.1.*'",
      },
    },
    {
      it: 'a newer one is on offer',
      params: { name: 'jq', state: 'latest' },
      observed: { jq: pkg('1.6', { candidate: '1.7' }) },
      expect: { kind: 'change', diff: '--- jq\n+++ jq\n-1.6\n+1.7\n' },
    },
    {
      it: 'nothing newer is on offer',
      params: { name: 'jq', state: 'latest' },
      observed: { jq: pkg('1.7', { candidate: '1.7' }) },
      expect: { kind: 'ok' },
    },
    {
      it: 'it is to go',
      params: { name: 'jq', state: 'absent' },
      observed: { jq: pkg('1.7') },
      expect: { kind: 'change', after: { jq: { version: null } }, mayCreate: false, steps: ['apt-get remove jq'] },
    },
    {
      it: 'it is gone',
      params: { name: 'jq', state: 'absent' },
      observed: { jq: pkg(null) },
      expect: { kind: 'ok', says: 'jq absent' },
    },
    {
      it: 'the host has no package manager',
      params: { name: 'jq' },
      observed: { jq: pkg(null, { manager: null }) },
      expect: { kind: 'refuse', says: 'neither dpkg nor rpm' },
    },
  ],
  wrong: [
    { params: {}, path: '', says: 'name' },
    { params: { name: 'jq; reboot' }, path: '/name', says: 'must be a package name' },
    { params: { name: 'jq', state: 'installed' }, path: '/state', says: 'must match' },
    { params: { name: 'jq', sate: 'present' }, path: '', says: 'sate' },
    { params: { name: 'jq', state: 'absent', version: '1' }, path: '/version', says: 'cannot be combined with' },
    { params: { name: ['a', 'b'], version: '1' }, path: '/version', says: 'needs a single package' },
  ],
  live: [
    { it: 'installs two packages', on: 'apt', params: { name: ['tree', 'hello'] }, proof: 'tree --version && hello' },
    { it: 'installs two packages', on: 'rpm', params: { name: ['tree', 'chrony'] }, proof: 'rpm -q tree chrony' },
    {
      it: 'removes one',
      on: 'rpm',
      setup: 'dnf -y -q install tree',
      params: { name: 'tree', state: 'absent' },
      proof: '! rpm -q tree',
    },
    {
      it: 'goes back to a version that is asked for',
      on: 'rpm',
      setup: 'dnf -y -q install tree',
      params: { name: 'tree', version: '1.8.*' },
      proof: 'rpm -q tree-1.8.0',
    },
    {
      it: 'brings an old one up to what is on offer',
      on: 'rpm',
      setup: 'dnf -y -q install tree; dnf -y -q downgrade tree-1.8.0',
      params: { name: 'tree', state: 'latest' },
      proof: 'rpm -q tree-2.1.0',
    },
    {
      it: 'removes one',
      on: 'apt',
      setup: 'apt-get -y -q install hello',
      params: { name: 'hello', state: 'absent' },
      proof: '! hello',
    },
    {
      it: 'completes what a killed dpkg left',
      on: 'apt',
      setup: 'apt-get -y -q remove tree; cd /tmp && dpkg --unpack /srv/repo/tree_*.deb',
      params: { name: 'tree' },
      proof: '[ -z "$(dpkg --audit)" ] && tree --version',
    },
    {
      it: 'goes back to a version that is asked for',
      on: 'apt',
      setup: 'DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Options::=--force-confold install containerd',
      params: { name: 'containerd', version: '1.6.*' },
      proof: `${INSTALLED} | grep -q '^1\\.6\\.'`,
    },
    {
      it: 'brings an old one up to what is on offer',
      on: 'apt',
      setup: `DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Options::=--force-confold install --allow-downgrades 'containerd=1.6.*'`,
      params: { name: 'containerd', state: 'latest' },
      proof: `${INSTALLED} | grep -q '^1\\.7\\.'`,
    },
  ],
} satisfies TaskCases
