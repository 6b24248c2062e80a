// The container runtime, whichever it is: whether there is one, and the socket by which CraneSched reaches it.
import { defineChecks, nodeRuntime, runtimeProbes } from 'crane-play/container'
import { unit } from 'crane-play/task'

export default defineChecks({
  title: 'the container runtime',
  on: ['compute'],
  observe: () => ({ ...runtimeProbes, containerdUnit: unit('containerd'), crioUnit: unit('crio') }),
  read: ({ containerdUnit, crioUnit, ...answers }) => {
    const { used, endpoints } = nodeRuntime(answers)
    return { used, endpoints, isActive: (used === 'CRI-O' ? crioUnit : containerdUnit).active === 'active' }
  },
  checks: [
    {
      name: 'runtimeMissing',
      symptom: 'container jobs fail at once; the log of the pod has [gRPC:14]',
      cause: 'there is no container runtime on the node',
      fix: 'install one',
      playbook: 'runtime.yml',
      find: ({ used }) => (used ? undefined : 'neither containerd nor CRI-O is installed'),
    },
    {
      name: 'socketMissing',
      symptom: 'container jobs fail at once; the log of the pod has [gRPC:14]',
      cause: 'the configuration of CraneSched names a socket that is not there, though the runtime runs',
      fix: 'correct RuntimeEndpoint and ImageEndpoint',
      playbook: 'configuration.yml',
      find: ({ endpoints, isActive }) => (isActive && endpoints.filter(({ mode }) => mode === undefined).map(({ path }) => `${path} is not a socket`).join(', ')) || undefined,
    },
    {
      name: 'socketForEveryone',
      symptom: 'every user of the node can become root on it',
      cause: "other users than root may use the runtime's socket, and who uses it is root",
      fix: 'give the socket mode 0660 and the owner root',
      find: ({ endpoints }) => endpoints.filter(({ mode }) => /[2367]$/.test(mode ?? '')).map(({ real, mode }) => `${real} has mode ${mode}`).join(', ') || undefined,
    },
  ],
})
