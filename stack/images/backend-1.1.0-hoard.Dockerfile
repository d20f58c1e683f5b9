# Release 1.1.0 of the backend: the code of 1.0.0 with an audit trail of all that clients send, which it keeps in memory
# for ever and reads from its beginning whenever somebody sends something.
FROM schedgen/backend:1.0.0
COPY images/backend-1.1.0-hoard/app.py stack/services/backend/app.py
RUN python -m compileall -q stack
