# One file, one target for each image: docs/running/compose.md.
# By tag: the digests could not be looked up where this was written. To pin: name@sha256:... in these two lines.
FROM node:22-bookworm-slim AS node-image
FROM python:3.11-slim-bookworm AS python-image

# Node, a shell and the commands that scripts use here, with their libraries: no package manager, compiler, headers or manuals.
FROM node-image AS picked
RUN mkdir -p /base/study /base/usr/bin && ln -s usr/bin /base/bin && mkdir -m 1777 /base/tmp \
    && for name in node bash sh cat cp dirname readlink sleep env setpriv taskset; do program=$(command -v $name); echo $program; ldd $program | grep -o '/[^ ]*'; done \
    | sort -u | xargs cp --parents --dereference --target-directory=/base /lib/*/librt.so.1 /etc/passwd /etc/group /etc/nsswitch.conf /etc/os-release
FROM scratch AS base
COPY --from=picked /base /
ENV PATH=/usr/local/bin:/usr/bin:/bin NODE_ENV=production
WORKDIR /study
USER 1000:1000

# TensorFlow's C library comes out of its pip wheel (docs/decisions/0002-engine-provisioning.md).
FROM python-image AS wheel
ARG TARGETARCH
ARG TENSORFLOW_DISTRIBUTION
ARG TENSORFLOW_VERSION=2.21.0
# The CPU build has a name of its own on x86-64 only.
RUN --mount=type=cache,target=/root/.cache/pip \
    case "${TARGETARCH:-$(dpkg --print-architecture)}" in amd64) default=tensorflow-cpu ;; *) default=tensorflow ;; esac \
    && pip download --no-deps --dest /wheel "${TENSORFLOW_DISTRIBUTION:-$default}==${TENSORFLOW_VERSION}"

# What npm needs to know to install anything.
FROM node-image AS manifests
WORKDIR /study
COPY package.json package-lock.json .npmrc ./
COPY protos/package.json protos/
COPY http2/package.json http2/
COPY runtime/package.json runtime/
COPY setup/package.json setup/
COPY serving-kit/package.json serving-kit/
COPY predict-json/package.json predict-json/
COPY tfserving-json/package.json tfserving-json/
COPY flask-style-server/package.json flask-style-server/
COPY tfserving-proxy/package.json tfserving-proxy/
COPY tfserving-standin/package.json tfserving-standin/
COPY bench/package.json bench/
COPY test/package.json test/
RUN chmod -R a+rX .

# Only what each image runs with. Of TensorFlow's package for Node that is the binding, which is built below.
FROM manifests AS flask-style-modules
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --workspace @serving-study/flask-style-server \
    && find node_modules -regextype egrep -regex '.*[.]([cm]?ts|map|md)' -delete \
    && find node_modules/@tensorflow -mindepth 1 -maxdepth 1 ! -name tfjs-node-gpu -exec rm -rf {} + \
    && find node_modules/@tensorflow/tfjs-node-gpu -mindepth 1 -maxdepth 1 ! -name package.json -exec rm -rf {} +

FROM manifests AS standin-modules
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --workspace @serving-study/tfserving-standin \
    && find node_modules -regextype egrep -regex '.*[.]([cm]?ts|map|md)' -delete \
    && rm -rf node_modules/@tensorflow

FROM manifests AS proxy-modules
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --workspace @serving-study/tfserving-proxy \
    && find node_modules -regextype egrep -regex '.*[.]([cm]?ts|map|md)' -delete

FROM manifests AS bench-modules
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --workspace @serving-study/bench \
    && find node_modules -regextype egrep -regex '.*[.]([cm]?ts|map|md)' -delete

# The packages are compiled in the order in which they import each other, those that change most last.
FROM manifests AS compiler
RUN --mount=type=cache,target=/root/.npm npm ci
# Copies packages to /out without what does not run, readable by every user: `$KEEP package... | tar -x -C /out`.
ENV KEEP="tar -c --mode=a+rX --exclude=node_modules --exclude=src --exclude=tsconfig.json --exclude=*.d.ts --exclude=*.map --exclude=*.tsbuildinfo"
RUN mkdir /out
COPY tsconfig.base.json ./
COPY scripts/build.mjs scripts/
COPY protos protos
RUN node scripts/build.mjs protos

FROM compiler AS engine
RUN apt-get update && apt-get install -y --no-install-recommends g++ binutils
COPY runtime runtime
RUN node scripts/build.mjs runtime
COPY setup setup
RUN node scripts/build.mjs setup
# Symbols are a quarter of the libraries and nothing looks them up. Headers are for the binding's compiler.
RUN --mount=type=bind,from=wheel,source=/wheel,target=/wheel \
    node setup/dist/cli.js setup --skip-python --wheel /wheel/*.whl \
    && strip --strip-unneeded .cache/engine/*/lib/* \
    && rm -rf .cache/engine/*/include .cache/setup.lock .cache/staging \
    && mkdir /libraries && cp -r --parents .cache/engine/*/lib /libraries && rm -rf .cache/engine/*/lib \
    && chmod -R a+rX /libraries .cache

FROM compiler AS shared
COPY http2 http2
COPY tfserving-json tfserving-json
RUN node scripts/build.mjs http2 tfserving-json
COPY serving-kit serving-kit
COPY predict-json predict-json
RUN node scripts/build.mjs predict-json

FROM shared AS flask-style-compiled
COPY --from=engine /study/runtime runtime
COPY flask-style-server flask-style-server
RUN node scripts/build.mjs flask-style-server \
    && $KEEP protos runtime serving-kit predict-json flask-style-server | tar -x -C /out

FROM shared AS standin-compiled
COPY --from=engine /study/runtime runtime
COPY tfserving-standin tfserving-standin
RUN node scripts/build.mjs tfserving-standin \
    && $KEEP protos http2 runtime tfserving-json tfserving-standin | tar -x -C /out

FROM shared AS proxy-compiled
COPY tfserving-proxy tfserving-proxy
RUN node scripts/build.mjs tfserving-proxy \
    && $KEEP protos http2 serving-kit predict-json tfserving-json tfserving-proxy | tar -x -C /out

FROM shared AS bench-compiled
COPY bench bench
COPY models models
RUN node scripts/build.mjs bench && $KEEP protos http2 serving-kit tfserving-json bench models | tar -x -C /out

FROM base AS flask-style-server
LABEL org.opencontainers.image.title="flask-style-server" org.opencontainers.image.licenses="Apache-2.0"
ENV TF_CPP_MIN_LOG_LEVEL=2 STUDY_HOST=0.0.0.0 STUDY_PORT=8601 \
    STUDY_MODEL_NAME=fashion-cnn STUDY_MODEL_BASE_PATH=/models/fashion-cnn
COPY --from=engine /libraries ./
COPY --from=engine /study/.cache .cache
COPY --from=flask-style-modules /study ./
COPY --from=engine /study/node_modules/@tensorflow/tfjs-node-gpu/lib node_modules/@tensorflow/tfjs-node-gpu/lib
COPY --from=flask-style-compiled /out ./
EXPOSE 8601
CMD ["node", "flask-style-server/dist/main.js"]

FROM base AS tfserving-proxy
LABEL org.opencontainers.image.title="tfserving-proxy" org.opencontainers.image.licenses="Apache-2.0"
ENV STUDY_HOST=0.0.0.0 STUDY_PORT=8602
COPY --from=proxy-modules /study ./
COPY --from=proxy-compiled /out ./
EXPOSE 8602
CMD ["node", "tfserving-proxy/dist/main.js"]

# Not TensorFlow Serving: speaks its protocol where no image of it can be had. Same variables and flags as the official image.
FROM base AS tfserving-standin
LABEL org.opencontainers.image.title="tfserving-standin" org.opencontainers.image.licenses="Apache-2.0"
ENV TF_CPP_MIN_LOG_LEVEL=1 MODEL_NAME=model MODEL_BASE_PATH=/models
COPY --from=engine /libraries ./
COPY --from=engine /study/.cache .cache
COPY --from=standin-modules /study ./
COPY --from=standin-compiled /out ./
COPY --chmod=755 tfserving-standin/bin/tf_serving_entrypoint.sh /usr/bin/
EXPOSE 8500 8501
ENTRYPOINT ["/usr/bin/tf_serving_entrypoint.sh"]

# The load generator and the report, with the project's models.
FROM base AS bench
LABEL org.opencontainers.image.title="bench" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=bench-modules /study ./
COPY --from=bench-compiled /out ./
ENTRYPOINT ["node", "bench/dist/cli.js"]
CMD ["--help"]

# The real Flask.
FROM python-image AS flask-control
LABEL org.opencontainers.image.title="flask-control" org.opencontainers.image.licenses="Apache-2.0"
ENV PYTHONDONTWRITEBYTECODE=1 TF_CPP_MIN_LOG_LEVEL=2 STUDY_MODEL_NAME=fashion-cnn STUDY_MODEL_BASE_PATH=/models/fashion-cnn
WORKDIR /study
COPY flask-control/requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip install --root-user-action=ignore -r requirements.txt
COPY --chmod=644 flask-control/app.py flask-control/model.py ./
USER 1000:1000
EXPOSE 8603
CMD ["gunicorn", "--bind=0.0.0.0:8603", "--no-control-socket", "app:app"]

# The same with FastAPI.
FROM flask-control AS fastapi
LABEL org.opencontainers.image.title="fastapi"
USER root
COPY flask-control/requirements-fastapi.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip install --root-user-action=ignore -r requirements-fastapi.txt
COPY --chmod=644 flask-control/fastapi_app.py ./
USER 1000:1000
CMD ["uvicorn", "--host=0.0.0.0", "--port=8603", "fastapi_app:app"]
