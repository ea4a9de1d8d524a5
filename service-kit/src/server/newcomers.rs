//! Turning away new connections before the server stops, so that none is cut off between being made and being answered.
//!
//! When a listening socket is closed, the kernel resets the connections that wait in its queue, and actix closes those
//! that were accepted and have not sent their request yet. Whoever made them had reason to think that the request would
//! be answered.

use std::net::TcpListener;
use std::time::Duration;

use socket2::SockRef;

/// Time for what was accepted to be served, once nothing new comes in.
const LAST_ANSWERS: Duration = Duration::from_millis(150);

/// Makes the kernel drop new connection requests (their TCP repeats them after a second, and is refused then, which
/// every load balancer takes for "try the next one"), and gives those that are in time to send their request.
pub(super) async fn turn_away(listener: TcpListener) {
    match ignore_new(&SockRef::from(&listener)) {
        Ok(()) => tokio::time::sleep(LAST_ANSWERS).await,
        // A sandbox may forbid it. Then a request may be cut off that comes in the very moment of stopping.
        Err(error) => log::debug!("new connections cannot be turned away: {error}"),
    }
}

/// A classic BPF program on the TCP header: drop what has the SYN flag, keep the rest, so that handshakes under way are
/// finished.
#[cfg(target_os = "linux")]
fn ignore_new(socket: &SockRef<'_>) -> std::io::Result<()> {
    use socket2::SockFilter;

    // Opcodes of linux/bpf_common.h: BPF_LD | BPF_B | BPF_ABS, BPF_JMP | BPF_JSET | BPF_K, BPF_RET | BPF_K.
    const LOAD_BYTE: u16 = 0x30;
    const JUMP_IF_SET: u16 = 0x45;
    const RETURN: u16 = 0x06;
    // Place of the flags in the TCP header, and the flag (RFC 9293 section 3.1).
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;

    socket.attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(JUMP_IF_SET, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

#[cfg(not(target_os = "linux"))]
fn ignore_new(_: &SockRef<'_>) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
