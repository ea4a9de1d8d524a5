//! Waiting, with something to look at.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::{Instant, sleep};

const FRAME: Duration = Duration::from_millis(100);

/// Waits. With `draw`, a bar on standard error shows how long still; indicatif leaves it out by itself where that
/// is no terminal.
pub(crate) async fn wait(total: Duration, message: &str, draw: bool) {
    if !draw {
        sleep(total).await;
        return;
    }
    let begun = Instant::now();
    let frames = u64::try_from(total.as_millis() / FRAME.as_millis()).unwrap_or(u64::MAX);
    let bar = ProgressBar::with_draw_target(Some(frames), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("  {bar:30} {msg}") {
        bar.set_style(style);
    }
    loop {
        let left = total.saturating_sub(begun.elapsed());
        bar.set_message(format!("{} s {message}", left.as_secs()));
        if left.is_zero() {
            break;
        }
        sleep(left.min(FRAME)).await;
        bar.inc(1);
    }
    bar.finish_and_clear();
}
