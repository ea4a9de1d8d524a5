# One image per program, from one build. Targets: auth-service, orders-service, admin-service, third-party-app, and
# `secrets` and `database` for docker-compose.yml.

# --- for docker-compose.yml: makes the secrets, once. First, since the classic builder builds all that comes before.
FROM debian:trixie-slim AS secrets
COPY deploy/compose/make-secrets /usr/local/bin/
RUN chmod 0755 /usr/local/bin/make-secrets
CMD ["make-secrets"]

# --- for docker-compose.yml: PostgreSQL, and the program that gives each service its database
FROM postgres:17-trixie AS database
COPY deploy/compose/start-database deploy/compose/create-databases /usr/local/bin/
RUN chmod 0755 /usr/local/bin/start-database /usr/local/bin/create-databases
USER postgres
ENV PGDATA=/var/lib/postgresql/data/cluster
ENTRYPOINT []
CMD ["start-database"]

# --- dependencies: this layer changes only when a Cargo.toml or Cargo.lock does
FROM rust:1.95-slim-trixie AS dependencies
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY shared-claims/Cargo.toml shared-claims/
COPY service-kit/Cargo.toml service-kit/
COPY auth-service/Cargo.toml auth-service/
COPY orders-service/Cargo.toml orders-service/
COPY admin-service/Cargo.toml admin-service/
COPY third-party-app/Cargo.toml third-party-app/
COPY quickstart/Cargo.toml quickstart/
COPY bench/Cargo.toml bench/
# Every crate as an empty library and an empty program (and the examples that manifests name), so that cargo builds what
# they depend on.
RUN for crate in */; do \
      mkdir -p "$crate/src" && : >"$crate/src/lib.rs" && echo 'fn main() {}' >"$crate/src/main.rs" || exit 1; \
    done \
 && for example in shared-claims/examples/shared_secret quickstart/examples/traditional_way; do \
      mkdir -p "$example" && echo 'fn main() {}' >"$example/main.rs" || exit 1; \
    done \
 && cargo build --release --locked -p auth-service -p orders-service -p admin-service -p third-party-app

# --- our own crates
FROM dependencies AS build
COPY shared-claims shared-claims
COPY service-kit service-kit
COPY auth-service auth-service
COPY orders-service orders-service
COPY admin-service admin-service
COPY third-party-app third-party-app
# Their files may be older than the empty ones; cargo goes by the time.
RUN find . -path ./target -prune -o -name '*.rs' -exec touch {} + \
 && cargo build --release --locked -p auth-service -p orders-service -p admin-service -p third-party-app \
 && strip target/release/auth-service target/release/orders-service target/release/admin-service \
      target/release/third-party-app

# --- what every final image holds: Debian, certificates, and users without a home, a password or a shell
FROM debian:trixie-slim AS runtime
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
 && for user in auth:10001 orders:10002 admin:10003 partner:10004; do \
      useradd --system --uid "${user#*:}" --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin "${user%:*}" || exit 1; \
    done

FROM runtime AS auth-service
COPY --from=build /build/target/release/auth-service /usr/local/bin/
USER auth
ENV HOST=0.0.0.0
EXPOSE 8080
ENTRYPOINT ["auth-service"]
CMD ["serve"]

FROM runtime AS orders-service
COPY --from=build /build/target/release/orders-service /usr/local/bin/
USER orders
ENV HOST=0.0.0.0
EXPOSE 8081
ENTRYPOINT ["orders-service"]
CMD ["serve"]

FROM runtime AS admin-service
COPY --from=build /build/target/release/admin-service /usr/local/bin/
USER admin
ENV HOST=0.0.0.0
EXPOSE 8082
ENTRYPOINT ["admin-service"]
CMD ["serve"]

FROM runtime AS third-party-app
COPY --from=build /build/target/release/third-party-app /usr/local/bin/
USER partner
ENTRYPOINT ["third-party-app"]
CMD ["walkthrough"]
