ARG BASE
FROM ${BASE}
RUN apt-get update -q && apt-get install -y -q --no-install-recommends curl prometheus && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["prometheus"]
