#!/bin/bash
# First process of the sandbox: make the machine fit for an engine of its own, then become that engine's keeper.
set -u

# The engine needs to make cgroups and set kernel switches of its own network; Docker mounts both read-only unless privileged.
mount -o remount,rw,bind /proc/sys 2>/dev/null
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  # cgroup v2: no process may live in a group that hands controllers on, so move ourselves one down first.
  mount -o remount,rw /sys/fs/cgroup 2>/dev/null
  # `docker exec`, by which the engine is awaited, starts processes in the group meanwhile: they are moved, too.
  mkdir -p /sys/fs/cgroup/init
  for _ in {1..200}; do
    xargs -rn1 < /sys/fs/cgroup/cgroup.procs > /sys/fs/cgroup/init/cgroup.procs 2>/dev/null
    sed -e 's/ / +/g' -e 's/^/+/' < /sys/fs/cgroup/cgroup.controllers > /sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
    [ -s /sys/fs/cgroup/cgroup.subtree_control ] && break
    sleep 0.05
  done
else
  for group in /sys/fs/cgroup /sys/fs/cgroup/*; do mount -o remount,rw,bind "$group" 2>/dev/null; done
fi

# The prepared image store is shared and read-only; each sandbox drills on a copy, on a disk of limited size.
if [ -d /store/overlay2 ] && [ ! -d /var/lib/docker/overlay2 ]; then
  tar -C /store --xattrs --xattrs-include='*' -cf - . | tar -C /var/lib/docker --xattrs --xattrs-include='*' -xf - || exit 1
fi

trap 'kill -TERM "$engine" 2>/dev/null; wait "$engine"; exit 0' TERM INT
dockerd --log-level=warn "$@" > /var/log/dockerd.log 2>&1 &
engine=$!
[ -n "${REPLICA_NAMES:-}" ] && names.sh > /var/log/names.log 2>&1 &
wait "$engine"
