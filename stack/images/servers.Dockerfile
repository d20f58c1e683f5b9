# The Debian servers of the stack in one layer: five images share it, so apt runs once and the disk holds it once.
ARG BASE=debian:trixie-slim
FROM ${BASE}
# postgresql-common would create and start a cluster of its own; ours is made by postgres.Dockerfile.
# The JIT compiler (LLVM, z3) and the web consoles' scripts are a third of the size, and nothing here uses them.
RUN apt-get update \
 && mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      curl nginx-light postgresql-17 prometheus prometheus-alertmanager redis-server \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/lib/postgresql/* /usr/share/doc /usr/share/man /usr/share/locale \
      /usr/share/javascript /usr/share/nodejs /usr/lib/postgresql/17/lib/bitcode /usr/lib/postgresql/17/lib/llvmjit* \
      /usr/lib/x86_64-linux-gnu/libLLVM* /usr/lib/x86_64-linux-gnu/libz3* /usr/lib/aarch64-linux-gnu/libLLVM* \
      /usr/lib/aarch64-linux-gnu/libz3* /etc/nginx/sites-enabled/default
