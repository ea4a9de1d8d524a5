//! Metrics in Prometheus' text format, served on the management port.

use std::{sync::OnceLock, thread, time::Duration};

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

/// Upper bounds of the duration buckets, seconds: from a cached check to a password hash under load.
const DURATION_BUCKETS: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5];

/// Samples wait in memory until they are counted; once a second keeps that to a few megabytes under full load.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(1);

/// Handle to the recorder of this process, installing it at the first call.
///
/// Several services of one process share it: their figures differ by the label `service`.
#[must_use]
pub fn install() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER.get_or_init(|| start().inspect_err(|error| log::error!("no metrics: {error}")).ok()).as_ref()
}

/// All metrics as Prometheus text; empty when no recorder could be installed.
#[must_use]
pub fn render() -> String {
    install().map(PrometheusHandle::render).unwrap_or_default()
}

fn start() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(&DURATION_BUCKETS)?.install_recorder()?;
    let upkeep = handle.clone();
    let spawned = thread::Builder::new().name("metrics-upkeep".to_owned()).spawn(move || {
        loop {
            thread::sleep(UPKEEP_INTERVAL);
            upkeep.run_upkeep();
        }
    });
    if let Err(error) = spawned {
        log::error!("metrics samples are counted only when they are read: {error}");
    }
    Ok(handle)
}

#[cfg(test)]
mod tests {
    #[test]
    fn installing_twice_gives_the_same_recorder() {
        assert!(super::install().is_some());
        assert!(super::install().is_some());
        metrics::counter!("kit_test_total", "service" => "kit").increment(2);
        assert!(super::render().contains("kit_test_total{service=\"kit\"} 2"));
    }
}
