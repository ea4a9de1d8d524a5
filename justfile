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

# Run every command of the README and compare what comes back (quickstart, compose or compose2; bash or zsh)
readme where="quickstart" shell="bash":
    scripts/readme {{where}} {{shell}}

# The images from nothing, the sequence in containers, and what they may do (compose or compose2)
compose-walk tool="compose":
    scripts/compose-walk {{tool}}

# Other people's JWT libraries against ours, both ways
interop:
    tests/interop/run

# The pages in Chromium, as a person uses them (all tests, or the files that are named); screenshots in target/browser
browser *files:
    tests/browser/run {{files}}

# The lab of legacy flows: its tests, and what leaks, in Chromium
legacy-flows:
    scripts/legacy-flows

# Each how-to as a patch and a test (all, or the pages that are named)
how-tos *pages:
    scripts/how-tos {{pages}}

# Documents: links, the table of statements and tests, the settings
docs:
    scripts/links
    scripts/coverage
    scripts/settings --check

# Write docs/settings.md anew
settings:
    scripts/settings

# All that CI does
ci:
    .ci/run

# Change the three checks in every way that a mutation tool knows; no change may go unnoticed (takes about half an hour)
mutants:
    cargo mutants -p shared-claims --all-features -f 'shared-claims/src/verify/*.rs'

# A verified request against the same handler without authorization (installs wrk on Debian)
bench:
    bench/run
