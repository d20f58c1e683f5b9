# Release 1.1.0 of the backend: the code of 1.0.0 with a new results module, which loses a connection for every result
# that is asked for too early.
FROM schedgen/backend:1.0.0
COPY images/backend-1.1.0-leak/results.py stack/services/backend/results.py
RUN python -m compileall -q stack
