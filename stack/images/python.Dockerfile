# Python and the services' packages, pinned by hash: the backend, the worker, the object store and the OIDC provider.
ARG BASE=debian:trixie-slim
FROM ${BASE}
# The glob makes the certificate bundle optional: only a network that re-signs TLS needs one.
COPY images/requirements.lock images/ca-certificates.cr[t] /build/
# The program patch makes the bad releases, see release.Dockerfile.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates curl patch python3 python3-venv \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /usr/share/doc /usr/share/man /usr/share/locale
RUN if [ -f /build/ca-certificates.crt ]; then cp /build/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt; fi \
 && export SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
 && python3 -m venv /opt/venv \
 && python3 -m venv /opt/uv && /opt/uv/bin/pip install --quiet --no-cache-dir uv \
 && VIRTUAL_ENV=/opt/venv /opt/uv/bin/uv pip sync --no-cache --compile-bytecode --require-hashes /build/requirements.lock \
 && /opt/venv/bin/pip uninstall --quiet --yes pip; rm -rf /opt/uv /root/.cache /build
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PROMETHEUS_DISABLE_CREATED_SERIES=true
WORKDIR /srv/app
