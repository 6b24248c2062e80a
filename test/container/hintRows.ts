// The hints about container runtimes, networks and CraneSched that no situation follows: each asks for a look at a running cluster.
import type { HintRows } from '../text/hintRow.ts'

export const CONTAINER_ROWS: HintRows = {
  'check the directory and its owner on this machine':
    'the error of the operating system, for a directory that the user named',
  "run on this machine: chmod 0600 '…'": [
    'container/certificates.test.ts',
    'is not used while others can read its key',
  ],
  'move it and its key away to get a new authority; all nodes then get new certificates':
    'whether all nodes may get new certificates, only the administrator can decide',
  'name the authority, in PEM': "the site's own authority: only its administrator has the file",
  'name its key, in PEM and without a passphrase': "the site's own authority: only its administrator has the key",
  'name the two that belong together': "the site's own authority: only its administrator has the key",

  'give those registries to ensureRegistry, and delete the tables registry.… by hand':
    'tables that somebody wrote by hand, with settings that only that person can translate',
  'fix the file by hand first; the last lines are what containerd printed':
    'what containerd refuses, its own words say',
  'look for keys in the file, and in files that it imports, that cannot be there together':
    'a plug-in that containerd does not load, for a reason that only its words say',
  "rename the table to [plugins.'…'], or move its keys where version … has them":
    'a table that somebody wrote for another version of containerd, and has to judge',
  'rename the table to its full name, as `containerd config default` prints it':
    'a table that somebody wrote for another version of containerd, and has to judge',
  "write the plug-in's full name, as `containerd plugins ls` prints type and id":
    'a plug-in of the site: only its containerd knows the name',
  'set the keys by hand, or use a release of crane-play that knows this version':
    "a version of containerd's configuration that does not exist yet",

  "check that the CRI plug-in is on: `disabled_plugins` in containerd's configuration must not name 'cri'":
    "somebody switched CRI off by hand: configureContainerd's cases switch it on",
  'install a newer release: older ones send no events, by which CraneSched learns that a container ended':
    'a runtime from 2022: no repository of the lab has it',
  'install a newer release of the runtime': 'a runtime from 2022: no repository of the lab has it',
  'check stream_server_address in its configuration and in the files that it imports':
    'a file that somebody imports by hand and that has the last word',
  "read the runtime's journal": 'a runtime that says itself why it is not ready',
  "read the runtime's journal on the node": 'a runtime that says itself why it cannot pull',
  'set `SystemdCgroup = false` in the options of the default runtime, and restart the unit':
    'a table of the default runtime that somebody wrote by hand',
  'set `cgroup_manager = "cgroupfs"` and `conmon_cgroup = "pod"`, as configureCrio does, and restart the unit': [
    'tasks/configureCrio.cases.ts',
    'conmon_cgroup = "pod"',
  ],
  'set `enable_pod_events = true`, as configureCrio does, and restart the unit': [
    'tasks/configureCrio.cases.ts',
    'enable_pod_events = true',
  ],
  'check the first file by name in /etc/cni/net.d and the plug-ins it names': [
    'tasks/lintCni.cases.ts',
    'plug-ins are missing',
  ],

  'write …="…"': "as `write …='…'`, for a value that has a single quote",
  'install the package cranesched-frontend': 'a package of CraneSched, which no repository offers: the site builds it',
  'set `directory` to one that all nodes share': 'which directory the nodes share, only the administrator knows',
  'set `directory` to one that exists on the nodes': 'which directory the nodes have, only the administrator knows',
  'name a directory that this host and the nodes share, and that you may write to':
    'which directory the nodes share, only the administrator knows',
  'the node writes it below …: check that the host with ccon shares that directory':
    "the site's shared file system: its administrator mounts it",
  'check that the plug-in portmap is in the CNI configuration with its capability at the top level, and that a firewall lets the port in':
    'a real kernel with netfilter between the nodes, and the firewall of the site',
  'set `Container: { Enabled: true }` in /etc/crane/config.yaml of the control node and restart cranectld': [
    'tasks/craneConfig.cases.ts',
    'Enabled: true',
  ],
  'set `Container: { Enabled: true }` in its /etc/crane/config.yaml and restart craned': [
    'tasks/craneConfig.cases.ts',
    'Enabled: true',
  ],
  'check the version of ccon': 'a ccon of another release of CraneSched than its daemons',
  'check the version of ccon: it does not know its flags': 'a ccon of another release of CraneSched than its daemons',
  'check the arguments and /etc/crane/config.yaml on this host':
    'ccon refused its arguments or its configuration: its own words say which',
  'check that cranectld runs: systemctl status cranectld': 'the control daemon of a running cluster is down',
  'check the partition and the account (cinfo, cacctmgr)':
    'the accounts of a running cluster, which its administrator grants',
  'check the nodes (cinfo) and the log of cranectld':
    'the control daemon of a running cluster refused a job, for a reason in its log',
  'check that the runtime sends container events: containerd from 1.7, or CRI-O with enable_pod_events':
    'a runtime that sends no events: verifyCri refuses it before a job is submitted',
  'check that the node is up and free: cinfo; systemctl status craned': 'the jobs and the state of a running cluster',
  'check that the node is free: cinfo': 'the jobs of a running cluster',
  "on the node, read craned's log, and JOB.0.log and JOB.1.log in the supervisor's log directory":
    'a failure that no pattern knows: the logs of the node say more',
  "read craned's log on the node": 'a failure that no pattern knows: the log of the node says more',
  'find out who cancelled it: cacct, and the log of cranectld': 'a person or the scheduler ended the job',
  'check that the image is on the node and that a pod gets a network; …':
    'one of two layers of a running node: its logs say which',
  "check that containers are enabled in the node's /etc/crane/config.yaml; …":
    'one of several causes on a running node: its logs say which',
  'check craned: systemctl status craned': 'the daemon of a running node is down',
  'pull the image on the node before, or import it there': 'a registry that takes longer than CraneSched waits',
  'import it there (ctr -n k8s.io images import), or make its registry reachable': "the site's registry and network",
  'check JobLifecycleHook in /etc/crane/config.yaml, and run the prolog there':
    "the site's own prolog, which its author fixes",
  'check `Container.SubId` and /etc/subuid and /etc/subgid on the node, or set UserNsEnabledByDefault: false': [
    'tasks/ensureSubIds.cases.ts',
    'useradd gave another range',
  ],
  'check that RuntimeEndpoint is the plain path of the socket, without unix://, and that the runtime runs':
    "what stands in the node's configuration: craneConfig refuses such a path before the file is written",
  'check that the pause image is on the node and that the network plug-ins are quick': 'a slow node or a slow registry',
  'run the plug-in by hand to see why it is slow; if it is not, check that `generation` is that of Meta CNI':
    'a plug-in of the site that takes longer than its time-out',
  'set `SystemdCgroup = false` for the default runtime: CraneSched needs the cgroupfs driver':
    'a table of the default runtime that somebody wrote by hand',
  'install runc 1.2 or newer, or crun 1.9 or newer, or use containerd 1.7':
    'the kernel and the file systems of the node, which decide on id maps',
  'set BindfsBinary and FusermountBinary to absolute paths of installed programs, and check /dev/fuse': [
    'tasks/craneConfig.cases.ts',
    'BindfsBinary: /usr/bin/bindfs',
  ],
  'check that it exists on the node, not as a symbolic link, and that the user may enter it':
    'a directory of the user on the node, which its owner has to judge',
  'check that the image has `echo`': 'an image that the user named: only its author knows what is in it',
  'check that the image has `sh`, `grep` and `echo`':
    'an image that the user named: only its author knows what is in it',
  'check `gres` in /etc/crane/config.yaml and the CDI names of the node, with gpu.yml or `crane-play doctor`': [
    'tasks/verifyGres.cases.ts',
    'a device file is missing',
  ],
  'check that the runtime supports user namespaces: containerd 1.7 or newer':
    'a runtime from 2022: no repository of the lab has it',
  'where the file system cannot map user ids, run deploy.yml with bindfs=true; `crane-play bindfs.yml` finds such mounts':
    ['tasks/verifyIdMaps.cases.ts', 'bindfs: true'],

  'check on the node that the runtime listens there (ss -ltn) and that no firewall rejects it':
    'the firewall of the site',
  'open the port of streams to the hosts of the cluster, with openFirewall or by hand': [
    'e2e/streams.test.ts',
    'and the firewall is opened where it drops',
  ],
  'restart the runtime: it runs with another configuration than its file has': [
    'e2e/streams.test.ts',
    'is renewed where it is wrong, and only what uses it is restarted',
  ],
  "set streamAddress to the node's own IP address, and restart the runtime": [
    'e2e/streams.test.ts',
    'at the address of the node',
  ],
  'set streamTls with its certificate and key, and restart the runtime': [
    'e2e/streams.test.ts',
    'are encrypted with a certificate of the cluster',
  ],
  'try it: …, from this host': 'a failure that no pattern knows: the same command by hand says more',

  'check `username` and `password`, and the right to that repository': [
    'e2e/registry.test.ts',
    'with an account that only this pull has',
  ],
  'check the name and tag, `username` and `password`': [
    'e2e/registry.test.ts',
    'with an account that only this pull has',
  ],
  'check its name and tag': 'which image was meant, only the author knows',
  'check name resolution on the node, or name a mirror with ensureRegistry': [
    'e2e/registry.test.ts',
    'from a mirror, under the name that jobs use',
  ],
  'check the network, a proxy of the runtime, or name a mirror with ensureRegistry': [
    'e2e/registry.test.ts',
    'from a mirror, under the name that jobs use',
  ],
  'free space there, or give it more': 'a full file system, on which only its administrator can free space',
  'give the registry a certificate with its name or address that has not expired': 'a registry that the site runs',
  'give the registry a certificate; with `plainHttp: true` of ensureRegistry images are fetched unencrypted': [
    'tasks/ensureRegistry.cases.ts',
    'plainHttp',
  ],
  "give the registry's CA to ensureRegistry": ['tasks/ensureRegistry.cases.ts', 'ca'],
  'give the task a longer `timeout`, or name a mirror with ensureRegistry': [
    'e2e/registry.test.ts',
    'from a mirror, under the name that jobs use',
  ],
  'start the runtime first; where only root may use its socket, add `become: true`':
    'a runtime that is down, or a socket of root: the administrator starts it or grants sudo',
  'turn its CRI plug-in on': "somebody switched CRI off by hand: configureContainerd's cases switch it on",
}
