FROM schedgen/python:1
COPY services/__init__.py stack/services/__init__.py
COPY services/common stack/services/common
COPY services/worker stack/services/worker
ENV PORT=8001
EXPOSE 8001
CMD ["python", "-m", "stack.services.worker"]
