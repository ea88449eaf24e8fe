# docker build -t postern .
# docker run -p 127.0.0.1:8080:8080 -v postern:/data -e POSTERN_AUTH=required -e POSTERN_BOOTSTRAP_KEY=… postern
#
# In a container Postern has to listen on every address, and without authentication that means that whoever reaches
# the port may change every policy. So the image does not say POSTERN_ALLOW_OPEN=true for you: without it, and without
# POSTERN_AUTH=required, Postern refuses to start and says why.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Scripts would build before the sources are here.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json tsoa.config.cjs ./
COPY openapi openapi
COPY src src
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional one is SQLite for Node 20; this Node has its own.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Postern" \
      org.opencontainers.image.description="A policy decision point for private REST APIs" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    POSTERN_HOST=0.0.0.0 \
    POSTERN_DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/openapi/openapi.json openapi/openapi.json
COPY package.json LICENSE ./

# A volume takes over the owner that the directory has here.
RUN mkdir /data && chown 1000:1000 /data && chmod 700 /data
VOLUME /data
# By number, so that an orchestrator can see that it is not root. The base image calls it `node`.
USER 1000:1000
EXPOSE 8080
# It asks itself, so it need not ask who that is. With POSTERN_TLS_CLIENT_CA it would need a certificate: see docs/security.md.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "const { POSTERN_TLS_CERT: tls, POSTERN_PORT: port = 8080 } = process.env; require(tls ? 'https' : 'http').get({ host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# Not `npm start`: npm would stand between the orchestrator's SIGTERM and Postern.
CMD ["node", "--disable-warning=ExperimentalWarning", "dist/main.js"]
