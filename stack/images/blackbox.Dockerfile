# Asks over HTTP as a user would, and tells Prometheus whether there was a good answer.
FROM schedgen/servers:1
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends prometheus-blackbox-exporter \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /usr/share/doc /usr/share/man
USER nobody
EXPOSE 9115
ENTRYPOINT ["prometheus-blackbox-exporter"]
