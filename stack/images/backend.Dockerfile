FROM schedgen/python:1
COPY services/__init__.py stack/services/__init__.py
COPY services/common stack/services/common
COPY services/backend stack/services/backend
ENV PORT=8000
EXPOSE 8000
CMD ["python", "-m", "stack.services.backend"]
