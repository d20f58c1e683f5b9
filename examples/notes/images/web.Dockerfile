ARG BASE
FROM ${BASE}
RUN apt-get update -q && apt-get install -y -q --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
COPY web/server.py /srv/server.py
CMD ["python3", "-u", "/srv/server.py"]
