# Build:        docker build -t homeward .
# First start:  docker run --rm --init -p 127.0.0.1:8080:8080 -v homeward-data:/data -v homeward-keys:/keys homeward serve --create
#               This makes the database and the root key. Back the key up, apart from the data.
# Later:        the same without `serve --create`. Without a database the service refuses to start.
# Upgrade:      stop, back up, run the new image once with `migrate`, start.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin homeward

FROM debian:bookworm-slim
# The numbers are fixed, so that folders mounted from the host can be given to them.
RUN groupadd --gid 10001 homeward \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin homeward \
    && install -d -m 0700 -o homeward -g homeward /data /keys
COPY --from=build /src/target/release/homeward /usr/local/bin/homeward
COPY --from=build /src/LICENSE /usr/share/doc/homeward/LICENSE
ENV DATABASE_URL=sqlite:///data/db/homeward.db \
    HOMEWARD_KEY_FILE=/keys/root.key \
    HOMEWARD_LISTEN=0.0.0.0:8080
# Two volumes: whoever has both the data and the key can read everything, so they are kept and backed up apart.
VOLUME ["/data", "/keys"]
USER 10001:10001
WORKDIR /data
EXPOSE 8080
# The image has no curl: bash opens the connection itself. Change the port here too if HOMEWARD_LISTEN changes.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '200 OK' <&3"]
ENTRYPOINT ["homeward"]
CMD ["serve"]
