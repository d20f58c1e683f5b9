FROM schedgen/servers:1
RUN mkdir /data && chown redis:redis /data
USER redis
WORKDIR /data
VOLUME /data
EXPOSE 6379
# A container has no loopback-only clients: the compose network decides which clients may connect.
ENTRYPOINT ["redis-server", "--protected-mode", "no", "--dir", "/data"]
