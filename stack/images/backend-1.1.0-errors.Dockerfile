# Release 1.1.0 of the backend: the code of 1.0.0 with a new jobs module, which fails for every job that has ended.
FROM schedgen/backend:1.0.0
COPY images/backend-1.1.0-errors/jobs.py stack/services/backend/jobs.py
RUN python -m compileall -q stack
