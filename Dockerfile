# One file, one target per service: `docker compose up --build` builds the ones it needs.

# TensorFlow's C library comes out of its pip wheel (docs/decisions/0002-engine-provisioning.md).
FROM python:3.11-slim-bookworm AS wheel
ARG TARGETARCH
ARG TENSORFLOW_DISTRIBUTION
ARG TENSORFLOW_VERSION=2.21.0
# The CPU build has a name of its own on x86-64 only.
RUN case "${TARGETARCH:-$(dpkg --print-architecture)}" in amd64) default=tensorflow-cpu ;; *) default=tensorflow ;; esac \
    && pip download --no-deps --dest /wheel "${TENSORFLOW_DISTRIBUTION:-$default}==${TENSORFLOW_VERSION}"

# What npm needs to know to install anything.
FROM node:22-bookworm-slim AS manifests
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

# Only what each server runs with: a tenth of what building takes.
FROM manifests AS proxy-modules
RUN npm ci --omit=dev --workspace @serving-study/tfserving-proxy

FROM manifests AS engine-modules
RUN npm ci --omit=dev --workspace @serving-study/flask-style-server --workspace @serving-study/tfserving-standin

FROM node:22-bookworm AS build
# The full image has a C++ compiler already; a slim one under the same name gets it here.
RUN command -v g++ && command -v make && command -v python3 \
    || (apt-get update && apt-get install -y --no-install-recommends g++ make python3 && rm -rf /var/lib/apt/lists/*)
WORKDIR /study
COPY --from=manifests /study ./
RUN npm ci
COPY tsconfig.base.json ./
COPY scripts scripts
COPY protos protos
COPY http2 http2
COPY runtime runtime
COPY setup setup
COPY serving-kit serving-kit
COPY predict-json predict-json
COPY tfserving-json tfserving-json
COPY flask-style-server flask-style-server
COPY flask-control/requirements.txt flask-control/
COPY tfserving-proxy tfserving-proxy
COPY tfserving-standin tfserving-standin
RUN node scripts/build.mjs setup flask-style-server tfserving-proxy tfserving-standin

FROM build AS compiled
RUN --mount=type=bind,from=wheel,source=/wheel,target=/wheel \
    node setup/dist/cli.js setup --skip-python --wheel /wheel/*.whl
# What the servers need of it at run time: the two libraries and the binding, not the headers.
RUN rm -rf .cache/engine/*/include

FROM engine-modules AS engine
COPY --from=compiled /study/.cache .cache
# The binding's link into these modules.
COPY --from=compiled /study/node_modules/@tensorflow/tfjs-node-gpu/lib node_modules/@tensorflow/tfjs-node-gpu/lib

FROM node:22-bookworm-slim AS flask-style-server
LABEL org.opencontainers.image.title="flask-style-server" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production TF_CPP_MIN_LOG_LEVEL=2 STUDY_HOST=0.0.0.0 STUDY_PORT=8601 \
    STUDY_MODEL_NAME=fashion-cnn STUDY_MODEL_BASE_PATH=/models/fashion-cnn
WORKDIR /study
COPY --from=engine /study/package.json ./
COPY --from=engine /study/node_modules node_modules
COPY --from=engine /study/.cache .cache
COPY --from=build /study/protos protos
COPY --from=build /study/runtime runtime
COPY --from=build /study/serving-kit serving-kit
COPY --from=build /study/predict-json predict-json
COPY --from=build /study/flask-style-server flask-style-server
USER 1000:1000
EXPOSE 8601
CMD ["node", "flask-style-server/dist/main.js"]

FROM node:22-bookworm-slim AS tfserving-proxy
LABEL org.opencontainers.image.title="tfserving-proxy" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production STUDY_HOST=0.0.0.0 STUDY_PORT=8602
WORKDIR /study
COPY --from=proxy-modules /study/package.json ./
COPY --from=proxy-modules /study/node_modules node_modules
COPY --from=build /study/protos protos
COPY --from=build /study/http2 http2
COPY --from=build /study/serving-kit serving-kit
COPY --from=build /study/predict-json predict-json
COPY --from=build /study/tfserving-json tfserving-json
COPY --from=build /study/tfserving-proxy tfserving-proxy
USER 1000:1000
EXPOSE 8602
CMD ["node", "tfserving-proxy/dist/main.js"]

# Not TensorFlow Serving: speaks its protocol where no image of it can be had. Same variables and flags as the official image.
FROM node:22-bookworm-slim AS tfserving-standin
LABEL org.opencontainers.image.title="tfserving-standin" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production TF_CPP_MIN_LOG_LEVEL=1 MODEL_NAME=model MODEL_BASE_PATH=/models
WORKDIR /study
COPY --from=engine /study/package.json ./
COPY --from=engine /study/node_modules node_modules
COPY --from=engine /study/.cache .cache
COPY --from=build /study/protos protos
COPY --from=build /study/http2 http2
COPY --from=build /study/runtime runtime
COPY --from=build /study/serving-kit serving-kit
COPY --from=build /study/tfserving-json tfserving-json
COPY --from=build /study/tfserving-standin tfserving-standin
USER 1000:1000
EXPOSE 8500 8501
ENTRYPOINT ["/bin/sh", "-c", "exec tfserving-standin/bin/tfserving-standin --port=8500 --rest_api_port=8501 --model_name=\"$MODEL_NAME\" --model_base_path=\"$MODEL_BASE_PATH/$MODEL_NAME\" \"$@\"", "tfserving-standin"]
