#!/bin/sh
# Imports the lab's images into the namespace CRI looks at, once the socket answers; does nothing when they are there.
set -eu
tries=0
until timeout 1 ctr version >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -gt 100 ]; then echo "containerd did not answer within 20 s" >&2; exit 1; fi
  sleep 0.2
done
# A restart of containerd can end an import halfway, so the images that are there do not show that all are.
whole=/var/lib/containerd/lab-images-imported
if [ -e "$whole" ] && ctr -n k8s.io images ls -q | grep -q '^docker.io/library/alpine:latest$'; then exit 0; fi
ctr -n k8s.io images import /srv/images/lab-images.tar
touch "$whole"
