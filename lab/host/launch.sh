#!/bin/sh
# Puts itself into cgroups of the host's own, then starts the host in the namespaces of its own.
# Without own cgroups the systemds of all hosts would share one tree and stop each other's services.
# usage: launch.sh NAME NETNS ROOT DISK HOME
set -eu
name=$1 netns=$2 root=$3 disk=$4 home=$5
here=$(dirname "$(readlink -f "$0")")

while read -r _ mountpoint kind _; do
  case $kind in cgroup | cgroup2) ;; *) continue ;; esac
  group=$mountpoint/$netns-$$
  mkdir -p "$group"
  for file in cpuset.cpus cpuset.mems; do
    if [ -e "$group/$file" ] && [ "$kind" = cgroup ]; then cat "$mountpoint/$file" >"$group/$file"; fi
  done
  if [ "$kind" = cgroup2 ] && [ -e "$mountpoint/cgroup.subtree_control" ]; then
    for controller in $(cat "$mountpoint/cgroup.controllers"); do
      echo "+$controller" >"$mountpoint/cgroup.subtree_control" 2>/dev/null || true
    done
  fi
  echo $$ >"$group/cgroup.procs"
done </proc/mounts

exec ip netns exec "$netns" unshare --kill-child --mount --pid --uts --ipc --cgroup --fork \
  sh "$here/init.sh" "$name" "$root" "$disk" "$home"
