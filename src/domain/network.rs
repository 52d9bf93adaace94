//! The address of a client, and the network that is counted for it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The address that a request came from. An IPv4 address in the clothes of IPv6 is the IPv4 address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientAddress(Option<IpAddr>);

impl ClientAddress {
    /// The client at an address; none is one that cannot be known, such as one behind a local socket.
    pub fn of(address: Option<IpAddr>) -> Self {
        Self(address.map(|address| address.to_canonical()))
    }

    /// Reads an entry of `X-Forwarded-For`: an address, with or without a port.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = || text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
        bare().or_else(with_port).map(|address| Self::of(Some(address)))
    }

    /// The address.
    pub fn ip(self) -> Option<IpAddr> {
        self.0
    }

    /// The network that is counted for this address. Whoever has one IPv6 address has the 2⁶⁴ addresses around it.
    pub fn network(self) -> Network {
        Network(self.0.map(|address| match address {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        }))
    }
}

/// A network that counts as one client: an IPv4 address, or the /64 of an IPv6 address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Network(Option<IpAddr>);

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(IpAddr::V4(address)) => address.fmt(f),
            Some(IpAddr::V6(address)) => write!(f, "{address}/64"),
            None => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_one_however_its_addresses_are_written() {
        let network = |text: &str| ClientAddress::read(text).unwrap().network().to_string();
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        for same in ["::ffff:203.0.113.7", "::ffff:cb00:7107", "203.0.113.7:443", "[::ffff:203.0.113.7]:443", " 203.0.113.7 "] {
            assert_eq!(network(same), "203.0.113.7", "{same}");
        }
        for same in ["2001:db8::1", "2001:DB8:0:0:ffff:ffff:ffff:ffff", "[2001:db8::2]", "[2001:db8::3]:443"] {
            assert_eq!(network(same), "2001:db8::/64", "{same}");
        }
        assert_ne!(network("2001:db8:0:1::1"), network("2001:db8::1"));
        assert_ne!(network("203.0.113.8"), network("203.0.113.7"));
        assert!(ClientAddress::read("office.example.org").is_none() && ClientAddress::read("").is_none());
        assert_eq!(ClientAddress::of(None).network().to_string(), "unknown");
    }
}
