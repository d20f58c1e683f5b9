# The S3 server. Takes the arguments and variables of minio/minio, so that one can be swapped for the other.
FROM schedgen/python:1
COPY services/__init__.py stack/services/__init__.py
COPY services/common stack/services/common
COPY services/objectstore stack/services/objectstore
VOLUME /data
EXPOSE 9000
ENTRYPOINT ["python", "-m", "stack.services.objectstore"]
CMD ["server", "/data"]
