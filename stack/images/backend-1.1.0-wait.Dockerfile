# Release 1.1.0 of the backend: the code of 1.0.0 with a new jobs module, in which whoever waits for a job's end keeps a
# pooled connection meanwhile. Nothing of it is lost, but it needs as many connections as there are students who wait.
FROM schedgen/backend:1.0.0
COPY images/backend-1.1.0-wait/jobs.py stack/services/backend/jobs.py
RUN python -m compileall -q stack
