# Release 1.1.0 of the backend: the code of 1.0.0 with a new metrics module, whose package nobody added to the image.
FROM schedgen/backend:1.0.0
COPY images/backend-1.1.0-broken/metrics.py stack/services/backend/metrics.py
RUN python -m compileall -q stack
