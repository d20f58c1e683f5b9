FROM schedgen/python:1
COPY services/__init__.py stack/services/__init__.py
COPY services/common stack/services/common
COPY services/oidc stack/services/oidc
# Compiled once here: nothing is written at run time, and a restart would otherwise compile it again.
RUN python -m compileall -q stack
ENV PORT=8080
EXPOSE 8080
CMD ["python", "-m", "stack.services.oidc"]
