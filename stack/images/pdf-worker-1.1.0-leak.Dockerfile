# Release 1.1.0 of the worker: the code of 1.0.0 with a new parser module, which keeps a picture of every page it read.
FROM schedgen/pdf-worker:1.0.0
COPY images/pdf-worker-1.1.0-leak/parser.py stack/services/worker/parser.py
RUN python -m compileall -q stack
