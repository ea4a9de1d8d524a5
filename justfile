# The front door. `just` alone lists what there is.

_:
    @just --list

# Install what tests and scripts need (Debian)
setup:
    scripts/install-test-tools

# Start the three services, play the sequence, keep serving
up:
    cargo run

# Play the sequence once and end
walk:
    cargo run -- --once --temporary

# Format, lints, rules, licences, documentation
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    scripts/rules
    scripts/licences
    scripts/features
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features

# All tests, on SQLite
test:
    cargo test --workspace

# All tests, on a PostgreSQL that is started for them
test-postgres:
    scripts/with-postgres cargo test --workspace

# Run every command of the README
readme:
    scripts/readme

# All that CI does
ci:
    .ci/run

# Change the three checks in every way that a mutation tool knows; no change may go unnoticed (takes about half an hour)
mutants:
    cargo mutants -p shared-claims --all-features -f 'shared-claims/src/verify/*.rs'

# A verified request against the same handler without authorization (installs wrk on Debian)
bench:
    bench/run
