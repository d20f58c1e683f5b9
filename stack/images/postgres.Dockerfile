# The cluster is made here, at build time: a first start then takes half a second instead of several.
FROM schedgen/servers:1
ENV PATH=/usr/lib/postgresql/17/bin:$PATH PGDATA=/var/lib/postgresql/data POSTGRES_USER=schedgen POSTGRES_DB=schedgen
COPY images/postgres-start.sh /usr/local/bin/postgres-start.sh
RUN mkdir -p "$PGDATA" /run/postgresql && chown -R postgres:postgres /var/lib/postgresql /run/postgresql && chmod 700 "$PGDATA"
USER postgres
# Inside the container the local socket is trusted, which is what `docker exec postgres psql` needs; the network is not.
RUN initdb --username="$POSTGRES_USER" --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --wal-segsize=4 --no-sync \
      --set listen_addresses='*' --set max_connections=100 --set jit=off --set min_wal_size=16MB --set max_wal_size=256MB \
 && echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf" \
 && echo "CREATE DATABASE $POSTGRES_DB;" | postgres --single -D "$PGDATA" postgres
VOLUME /var/lib/postgresql/data
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["postgres-start.sh"]
CMD ["postgres"]
