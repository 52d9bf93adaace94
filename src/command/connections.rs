//! The connections of clients: how many there may be, what each may take of the memory, and when one ends whose client takes nothing.

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustix::net::{RecvFlags, Shutdown, recv, shutdown, sockopt};
use std::any::Any;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::net::TcpSocket;

use crate::domain::limits::{CONNECTIONS, CONNECTIONS_OF_NETWORK};
use crate::domain::network::{ClientAddress, Network};
use crate::places::{Place, Places};

/// Bytes that the system keeps of a connection until they are read. The server takes all of them into memory before it asks who sent
/// them, so this is what a stalled connection costs, whoever it is. Between a proxy and the service nothing is slower for it.
const RECEIVE_BUFFER: u32 = 16 * 1024;
/// Bytes that the system keeps of a connection until its client takes them. Without a limit it would be megabytes. A client that is 200
/// milliseconds away still gets five megabits a second.
const SEND_BUFFER: u32 = 128 * 1024;
/// Milliseconds in which a client takes nothing of what is sent to it, after which its connection ends. One that takes a little, however
/// slowly, goes on. The system counts them: the server itself has no limit for an answer that nobody reads.
const STALLED: u32 = 30_000;
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 2048;
/// One line in the log in so much time.
const BETWEEN_LINES: Duration = Duration::from_secs(60);

/// A socket on which to listen. All of this is set before, because a connection has what its listener had.
pub fn socket(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    #[cfg(target_os = "linux")]
    sockopt::set_tcp_user_timeout(&socket, STALLED)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Connections that each of the HTTP threads may have.
pub fn most_of_each(workers: usize) -> usize {
    usize::try_from(CONNECTIONS).unwrap_or(usize::MAX).div_ceil(workers.max(1))
}

/// Who has which connections.
pub struct Connections {
    proxies: Vec<IpAddr>,
    places: Places<Network>,
    told: Mutex<Option<Instant>>,
}

impl Connections {
    /// Nobody has one yet. Behind a proxy that is trusted all clients come from one address, which tells nothing.
    pub fn behind(proxies: &[IpAddr]) -> Self {
        Self { proxies: proxies.iter().map(IpAddr::to_canonical).collect(), places: Places::new(u32::MAX), told: Mutex::default() }
    }

    /// Notes a connection for as long as it is open, or cuts it, where its network has as many as it may have.
    pub fn note(&self, connection: &dyn Any, kept: &mut Extensions) {
        let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
        match self.admit(stream.peer_addr().ok().map(|address| address.ip())) {
            Admitted::Unlimited => {}
            Admitted::At(place) => _ = kept.insert(place),
            Admitted::Not => {
                self.tell();
                cut(stream);
            }
        }
    }

    fn admit(&self, address: Option<IpAddr>) -> Admitted {
        let client = ClientAddress::of(address);
        // Whoever comes from this computer came to a proxy on it, whether or not the settings name that.
        if client.ip().is_none_or(|address| address.is_loopback() || self.proxies.contains(&address)) {
            return Admitted::Unlimited;
        }
        self.places.take([(client.network(), CONNECTIONS_OF_NETWORK)]).map_or(Admitted::Not, Admitted::At)
    }

    fn tell(&self) {
        let Ok(mut told) = self.told.lock() else { return };
        if told.is_none_or(|told| told.elapsed() >= BETWEEN_LINES) {
            *told = Some(Instant::now());
            tracing::warn!(
                most = CONNECTIONS_OF_NETWORK,
                "connections of one address were cut, which had as many as it may have; if it is a proxy, name it in HOMEWARD_TRUSTED_PROXIES"
            );
        }
    }
}

enum Admitted {
    Unlimited,
    At(Place<Network>),
    Not,
}

/// Ends a connection before anything of it is read, so that no request is carried out whose answer cannot be sent.
fn cut(stream: &TcpStream) {
    let _gone = shutdown(stream, Shutdown::Both);
    let mut came = [0; 4096];
    while recv(stream, &mut came, RecvFlags::DONTWAIT).is_ok_and(|(length, _)| length > 0) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{ErrorKind, Read, Write};

    fn admitted(connections: &Connections, address: &str, times: usize) -> Vec<Admitted> {
        let address = address.parse().unwrap();
        (0..times).map(|_| connections.admit(Some(address))).filter(|admitted| !matches!(admitted, Admitted::Not)).collect()
    }

    #[test]
    fn one_network_has_no_more_connections_than_its_share_and_a_proxy_as_many_as_come() {
        let connections = Connections::behind(&["::ffff:192.0.2.1".parse().unwrap()]);
        let mut of_one = admitted(&connections, "203.0.113.7", 100);
        assert_eq!(of_one.len(), 64);
        assert_eq!(admitted(&connections, "::ffff:203.0.113.7", 1).len(), 0, "the same address in other clothes");
        assert_eq!(admitted(&connections, "203.0.113.8", 100).len(), 64);
        let _of_house = admitted(&connections, "2001:db8::1", 60);
        assert_eq!(admitted(&connections, "2001:db8::2", 60).len(), 4, "whoever has one address has those around it");
        for through in ["192.0.2.1", "127.0.0.1", "::1"] {
            assert_eq!(admitted(&connections, through, 3000).len(), 3000, "{through}");
        }
        of_one.pop();
        assert_eq!(admitted(&connections, "203.0.113.7", 2).len(), 1, "a place comes back");
    }

    #[actix_web::test]
    async fn nothing_is_read_of_a_connection_that_is_cut() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.write_all(b"DELETE /everything HTTP/1.1\r\n\r\n").unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.readable().await.unwrap();
        cut(&stream);
        let mut read = Vec::new();
        assert_eq!(tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut read).await.unwrap(), 0);
        drop(stream);
        let ended = client.read(&mut [0; 16]);
        assert!(matches!(&ended, Ok(0)) || ended.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset));
    }
}
