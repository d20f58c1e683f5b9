# A bad release: the sources of a good one, changed by a patch whose head says what is wrong in it.
ARG RELEASE_OF
FROM ${RELEASE_OF}
ARG PATCH
COPY patches/${PATCH} /build/
# With fuzz, a changed source would be guessed at; without it the build ends, and the patch has to be written anew.
RUN patch -p1 --fuzz=0 --batch --forward --no-backup-if-mismatch --input=/build/${PATCH} \
 && rm -r /build \
 && python -m compileall -q stack
