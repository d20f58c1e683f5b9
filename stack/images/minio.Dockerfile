# The S3 server. Takes the arguments and variables of minio/minio, so that one can be swapped for the other.
FROM schedgen/python:1
COPY services/__init__.py stack/services/__init__.py
COPY services/common stack/services/common
COPY services/objectstore stack/services/objectstore
# Compiled once here: nothing is written at run time, and a restart would otherwise compile it again.
RUN python -m compileall -q stack
VOLUME /data
EXPOSE 9000
ENTRYPOINT ["python", "-m", "stack.services.objectstore"]
CMD ["server", "/data"]
