#!/bin/bash
# Give replica 1 of each scalable service (REPLICA_NAMES) its bare name: a runbook says both `docker logs web` and
# `docker-compose up -d --scale web=3`, and Compose refuses to scale a service whose container name is fixed.
# Compose itself finds its containers by label, so another name does not confuse it.
set -u
until docker info > /dev/null 2>&1; do sleep 0.1; done

rename() { # <container> <name>
  local service number
  service=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}}' "$1" 2>/dev/null)
  number=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.container-number"}}' "$1" 2>/dev/null)
  case " $REPLICA_NAMES " in *" $service "*) ;; *) return ;; esac
  # While Compose replaces a container, the new one is called <old id>_<name> until the old one is gone: leave it alone.
  case "$2" in *_*) return ;; esac
  [ "$number" = 1 ] && [ "$2" != "$service" ] && docker rename "$1" "$service"
}

docker events --filter type=container --filter event=create --filter event=rename \
  --format '{{.Actor.ID}} {{.Actor.Attributes.name}}' | while read -r id name; do rename "$id" "$name"; done
