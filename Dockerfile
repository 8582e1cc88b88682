# The mock as an image: `docker build -t ringback .`, then `docker run --rm -p 127.0.0.1:8010:8010 ringback`.
# docs/containers.md tells how to give it an org, a token for its admin paths and the names it answers to.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /src
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils >/dev/null
COPY . .
# What is left out is a third of it, and asked by nothing here: colours of program code (pygments, markdown-it-py), what
# phonenumbers knows of places, networks and time zones, and the symbols of a debugger.
RUN python -m venv --without-pip /opt/ringback \
 && python -m venv /opt/pip \
 && /opt/pip/bin/pip --python /opt/ringback/bin/python install --quiet --no-cache-dir '.[redis]' \
 && /opt/pip/bin/pip --python /opt/ringback/bin/python uninstall --quiet --yes pygments markdown-it-py mdurl \
 && cd /opt/ringback/lib/python3*/site-packages \
 && rm -rf phonenumbers/geodata phonenumbers/carrierdata phonenumbers/tzdata \
 && find . -name '*.so' -exec strip --strip-unneeded {} +

FROM ${BASE}
COPY --from=build /opt/ringback /opt/ringback
# Nothing is written, so the root can be read-only; nobody but itself needs the user, so it has no name.
ENV PATH=/opt/ringback/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    RINGBACK_HOST=0.0.0.0
USER 10001:10001
WORKDIR /tmp
EXPOSE 8010
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import os, http.client as h; c = h.HTTPConnection('127.0.0.1', int(os.environ.get('RINGBACK_PORT', 8010)), timeout=2); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["ringback"]
CMD ["serve"]
