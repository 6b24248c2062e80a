#!/bin/sh
# Stands before runc on hosts without a configuration of the site's: takes the OOM scores out of the container's
# description, because this machine may not lower them and runc would die of it.
bundle=
for word; do
  if [ "${previous-}" = --bundle ]; then bundle=$word; fi
  previous=$word
done
if [ -n "$bundle" ] && [ -f "$bundle/config.json" ]; then
  sed -i 's/"oomScoreAdj": *-\{0,1\}[0-9]*/"oomScoreAdj":0/' "$bundle/config.json"
fi
exec /usr/sbin/runc "$@"
