// Cases of restartRuntime.
import { down, file, holding, noUnit, runs, SOON, type TaskCases } from './kit.ts'

const config = '/etc/containerd/config.toml'
const params = { name: 'containerd', files: [config] }
const due = { unit: runs({ startedAt: 1 }), [config]: file('', { changedAt: 2 }) }
const none = { containers: holding() }
const two = { containers: holding('pod', 'job') }

export default {
  decide: [
    {
      it: 'it started after its files were changed, whatever runs',
      params,
      observed: { unit: runs({ startedAt: 5 }), [config]: file('', { changedAt: 4 }), ...two },
      expect: { kind: 'ok' },
    },
    {
      it: 'a file is newer, and no container runs',
      params,
      observed: { ...due, ...none },
      expect: {
        kind: 'change',
        says: `restart containerd.service: ${config} changed after its start`,
        after: { unit: { active: 'active', startedAt: SOON } },
        steps: ['look for running containers', 'systemctl restart containerd'],
        script: 'io.containerd.runtime.v2.task/k8s.io',
        mayCreate: false,
      },
    },
    {
      it: 'containers run, and nobody said what to do',
      params,
      observed: { ...due, ...two },
      expect: {
        kind: 'refuse',
        says: `containerd has to be restarted (${config} changed after its start), but 2 containers run, pods counted`,
        hint: 'drain the node',
      },
    },
    {
      it: 'a container of CRI-O runs by crun',
      params: { name: 'crio' },
      context: { notified: true },
      observed: { unit: runs(), containers: { entries: null }, others: holding('job') },
      expect: { kind: 'refuse', says: 'crio has to be restarted (it was notified), but 1 container runs' },
    },
    {
      it: 'it waits for them',
      params: { ...params, jobs: 'wait', patience: 60 },
      observed: { ...due, ...two },
      expect: {
        kind: 'change',
        says: 'restart containerd.service when no container runs (2 containers run, pods counted)',
        steps: ['wait until no container runs', 'look for running containers', 'systemctl restart containerd'],
        script: '+ 60',
      },
    },
    {
      it: 'it is forced',
      params: { ...params, jobs: 'force' },
      observed: { ...due, ...two },
      expect: {
        kind: 'change',
        says: 'restart containerd.service though 2 containers run, pods counted',
        steps: ['systemctl restart containerd'],
      },
    },
    {
      it: 'it is down: containers that run do not mind its start',
      params,
      observed: { unit: down({ active: 'failed' }), [config]: file(''), ...two },
      expect: { kind: 'change', says: 'it is failed', steps: ['systemctl restart containerd'], mayCreate: true },
    },
    {
      it: 'there is none',
      params: { name: 'crio' },
      observed: { unit: noUnit(), containers: { entries: null }, others: { entries: null } },
      expect: { kind: 'refuse', says: 'the unit crio.service does not exist' },
    },
  ],
  wrong: [
    { params: { name: 'docker' }, path: '/name', says: '' },
    { params: { name: 'crio', jobs: 'kill' }, path: '/jobs', says: '' },
    { params: { name: 'crio', patience: 0 }, path: '/patience', says: '>= 1' },
  ],
  live: [
    {
      it: 'restarts one that is older than its file',
      needs: 'containerd',
      setup: 'sleep 0.1; touch /etc/law-runtime.conf',
      params: { name: 'containerd', files: ['/etc/law-runtime.conf'] },
      proof:
        "journalctl -t crane-play -o cat | grep -q 'restarted containerd: /etc/law-runtime.conf changed after its start (task .*, run of .* by .*@'",
    },
    {
      it: 'waits for what runs',
      needs: 'containerd',
      setup:
        "mkdir -p /run/law-containers/one; systemd-run -q sh -c 'sleep 8; rmdir /run/law-containers/one'; sleep 0.1; touch /etc/law-runtime.conf",
      params: { name: 'containerd', files: ['/etc/law-runtime.conf'], jobs: 'wait', containers: '/run/law-containers' },
      proof: '[ ! -e /run/law-containers/one ]',
    },
  ],
} satisfies TaskCases
