#!/bin/sh
# Pid 1 of a lab host until systemd takes over: makes /proc, /sys, /dev, /run and the cgroups, and moves into the root.
# usage: init.sh NAME ROOT DISK HOME
set -eu
name=$1 root=$2 disk=$3 home=$4

mount --make-rprivate /
# This proc must belong to the new pid namespace before anything reads /proc/self.
mount -t proc proc /proc
echo "$name" >/proc/sys/kernel/hostname
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"

mount -t tmpfs -o mode=755,nosuid dev "$root/dev"
node() { mknod -m "$2" "$root/dev/$1" c "$3" "$4"; }
node null 666 1 3
node zero 666 1 5
node full 666 1 7
node random 666 1 8
node urandom 666 1 9
node tty 666 5 0
node fuse 666 10 229
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777,nosuid,nodev shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mount -t tmpfs -o mode=755,nosuid,nodev run "$root/run"

# A faked GPU: another listing of PCI devices, and nodes that no driver has.
gpu=$root/opt/lab/gpu
if [ -d "$gpu" ]; then
  mount --bind "$gpu/pci" "$root/sys/bus/pci/devices"
  while read -r path major minor; do
    mkdir -p "$(dirname "$root/dev/$path")"
    node "$path" 666 "$major" "$minor"
  done <"$gpu/nodes"
fi

# An overlay cannot be the upper layer of another overlay, so the runtimes' stores lie on the plain file system.
for store in containerd containers; do
  mkdir -p "$disk/$store" "$root/var/lib/$store"
  mount --bind "$disk/$store" "$root/var/lib/$store"
done
# One /home for all hosts, as a site has it from NFS: jobs' output is seen on every host.
mount --bind "$home" "$root/home"

hierarchy=
if grep -q '^[1-9][0-9]*:' /proc/self/cgroup; then
  # Version 1 alone, as CraneSched supports it: systemd would mount version 2 beside it.
  hierarchy='systemd.unified_cgroup_hierarchy=no systemd.legacy_systemd_cgroup_controller=yes'
  mount -t tmpfs -o mode=755,nosuid,nodev,noexec cgroup "$root/sys/fs/cgroup"
  # Mounted as this machine has them grouped: a controller cannot be regrouped while another mount is alive.
  while IFS=: read -r _ controllers _; do
    case $controllers in
      '') continue ;;
      name=systemd) options=none,name=systemd directory=systemd ;;
      name=*) continue ;;
      *) options=$controllers directory=$controllers ;;
    esac
    mkdir "$root/sys/fs/cgroup/$directory"
    mount -t cgroup -o "$options" cgroup "$root/sys/fs/cgroup/$directory"
    case $controllers in
      *,*) for one in $(echo "$controllers" | tr , ' '); do ln -s "$directory" "$root/sys/fs/cgroup/$one"; done ;;
    esac
  done </proc/self/cgroup
  if [ ! -d "$root/sys/fs/cgroup/systemd" ]; then
    mkdir "$root/sys/fs/cgroup/systemd"
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
  fi
else
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
fi

cd "$root"
pivot_root . mnt
cd /
umount -l /mnt
exec env -i container=lxc PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd $hierarchy
