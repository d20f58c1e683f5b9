FROM schedgen/python:1
COPY services/__init__.py stack/services/__init__.py
COPY services/common stack/services/common
COPY services/exporter stack/services/exporter
# Compiled once here: nothing is written at run time, and a restart would otherwise compile it again.
RUN python -m compileall -q stack
ENV PORT=9101
EXPOSE 9101
CMD ["python", "-m", "stack.services.exporter"]
