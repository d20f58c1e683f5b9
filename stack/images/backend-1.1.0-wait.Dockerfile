# Release 1.1.0 of the backend: the code of 1.0.0 with a new jobs module, whose answers wait for the end of a job and keep
# a pooled connection meanwhile. Nothing is wrong with it but that it needs as many connections as students wait.
FROM schedgen/backend:1.0.0
COPY images/backend-1.1.0-wait/jobs.py stack/services/backend/jobs.py
RUN python -m compileall -q stack
