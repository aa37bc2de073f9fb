//! Who is calling: the address and the scheme as the caller used them.
//!
//! `X-Forwarded-*` is what anybody can write into a request, so it counts only when it comes from a proxy that the
//! operator has listed. `Forwarded` (RFC 7239) and `X-Forwarded-Host` are never read.

use axum::extract::connect_info::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderName};
use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The networks whose `X-Forwarded-*` headers are believed. Empty by default: nobody's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Trusts these networks.
    #[must_use]
    pub const fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether this address is one of the operator's proxies.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether no proxy is trusted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The networks, for printing.
    pub fn iter(&self) -> impl Iterator<Item = &IpNet> {
        self.0.iter()
    }
}

/// One network: `10.0.0.0/8`, or a single address.
pub fn parse_network(text: &str) -> Result<IpNet, String> {
    let network = IpNet::from_str(text).or_else(|_| IpAddr::from_str(text).map(|ip| IpNet::from(ip.to_canonical())));
    network.map_err(|_| format!("`{text}` is neither an address nor a network such as 10.0.0.0/8"))
}

/// The caller of one request, found once by [`crate::guard`] and kept in the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Where the request came from, as far as trusted proxies can say; IPv4 is never written as IPv6.
    pub address: IpAddr,
    /// Whether the caller spoke HTTPS to the outermost trusted proxy.
    pub https: bool,
    /// Whether a trusted proxy handed the request to us.
    pub via_trusted_proxy: bool,
}

impl Caller {
    /// Finds the caller. The connection's own address is the one that `serve` put beside the request.
    #[must_use]
    pub fn find(extensions: &Extensions, headers: &HeaderMap, proxies: &TrustedProxies) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        if !proxies.contains(peer) {
            return Self { address: peer, https: false, via_trusted_proxy: false };
        }
        Self { address: client_address(peer, headers, proxies), https: was_https(headers), via_trusted_proxy: true }
    }
}

/// Walks `X-Forwarded-For` from the right, where our own proxies write, and stops at the first address that is not
/// one of them. What stands further left came from the caller and proves nothing.
fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    let mut nearest = peer;
    for value in headers.get_all(FORWARDED_FOR).iter().rev() {
        for hop in value.as_bytes().rsplit(|byte| *byte == b',') {
            let Some(address) = std::str::from_utf8(hop).ok().and_then(parse_hop) else { return nearest };
            nearest = address;
            if !proxies.contains(address) {
                return nearest;
            }
        }
    }
    nearest
}

/// An address, with a port or without: proxies write both.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = IpAddr::from_str(text).or_else(|_| SocketAddr::from_str(text).map(|with_port| with_port.ip()));
    address
        .or_else(|_| IpAddr::from_str(text.trim_start_matches('[').trim_end_matches(']')))
        .ok()
        .map(|a| a.to_canonical())
}

/// Every proxy on the way must have said `https`; one that says `http` saw the request in the clear.
fn was_https(headers: &HeaderMap) -> bool {
    let mut hops =
        headers.get_all(FORWARDED_PROTO).iter().flat_map(|value| value.as_bytes().split(|b| *b == b',')).peekable();
    hops.peek().is_some() && hops.all(|hop| hop.trim_ascii().eq_ignore_ascii_case(b"https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The caller of a request from `peer` with these headers, where 10.0.0.0/8 and ::1 are proxies.
    fn find(peer: &str, headers: &[(&'static str, &str)]) -> Caller {
        let proxies = ["10.0.0.0/8", "::1"].map(|text| parse_network(text).unwrap());
        let mut extensions = Extensions::new();
        let peer: IpAddr = peer.parse().unwrap();
        extensions.insert(ConnectInfo(SocketAddr::new(peer, 4711)));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Caller::find(&extensions, &map, &TrustedProxies::new(proxies.to_vec()))
    }

    fn address(peer: &str, forwarded_for: &[&str]) -> String {
        let headers: Vec<_> = forwarded_for.iter().map(|value| ("x-forwarded-for", *value)).collect();
        find(peer, &headers).address.to_string()
    }

    #[test]
    fn a_stranger_is_who_it_is_whatever_it_writes() {
        let lies = [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https"), ("forwarded", "for=127.0.0.1")];
        let caller = find("203.0.113.7", &lies);
        assert_eq!(
            (caller.address.to_string().as_str(), caller.https, caller.via_trusted_proxy),
            ("203.0.113.7", false, false)
        );
    }

    #[test]
    fn a_trusted_proxy_names_the_caller() {
        assert_eq!(address("10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(address("10.0.0.1", &["203.0.113.7, 10.0.0.2"]), "203.0.113.7");
        assert_eq!(address("10.0.0.1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(address("::1", &["203.0.113.7"]), "203.0.113.7");
    }

    #[test]
    fn what_the_caller_wrote_to_the_left_is_not_believed() {
        assert_eq!(address("10.0.0.1", &["127.0.0.1, 10.9.9.9, 203.0.113.7"]), "203.0.113.7");
        assert_eq!(address("10.0.0.1", &["127.0.0.1", "203.0.113.7"]), "203.0.113.7");
        assert_eq!(address("10.0.0.1", &["198.51.100.1, 203.0.113.7, 10.0.0.2", "10.0.0.3"]), "203.0.113.7");
    }

    #[test]
    fn garbage_ends_the_walk_at_the_nearest_known_hop() {
        assert_eq!(address("10.0.0.1", &["203.0.113.7, unknown"]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["203.0.113.7, unknown, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(address("10.0.0.1", &[""]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }

    #[test]
    fn ports_and_brackets_are_understood() {
        assert_eq!(address("10.0.0.1", &["203.0.113.7:51234"]), "203.0.113.7");
        assert_eq!(address("10.0.0.1", &["[2001:db8::7]:51234"]), "2001:db8::7");
        assert_eq!(address("10.0.0.1", &["[2001:db8::7]"]), "2001:db8::7");
    }

    #[test]
    fn ipv4_written_as_ipv6_is_ipv4() {
        assert_eq!(
            find("::ffff:10.0.0.1", &[("x-forwarded-for", "::ffff:203.0.113.7")]).address.to_string(),
            "203.0.113.7"
        );
        assert_eq!(address("::ffff:203.0.113.9", &["1.2.3.4"]), "203.0.113.9");
    }

    #[test]
    fn https_counts_only_if_every_proxy_says_so() {
        let https = |values: &[&str]| {
            let headers: Vec<_> = values.iter().map(|value| ("x-forwarded-proto", *value)).collect();
            find("10.0.0.1", &headers).https
        };
        assert!(https(&["https"]) && https(&["HTTPS, https"]) && https(&["https", "https"]));
        assert!(
            !https(&[]) && !https(&["http"]) && !https(&["https, http"]) && !https(&["http", "https"]) && !https(&[""])
        );
    }

    /// Any number of made-up hops to the left changes nothing: an attacker writes there, and nowhere else.
    #[test]
    fn no_prefix_of_forwarded_for_changes_the_caller() {
        let pieces =
            ["127.0.0.1", "10.0.0.9", "::1", "unknown", "", "198.51.100.1:1", ",,", "\"", "[", "%", "for=1.2.3.4"];
        for first in pieces {
            for second in pieces {
                let joined = format!("{first}, {second}, 203.0.113.7, 10.0.0.2");
                assert_eq!(address("10.0.0.1", &[&joined]), "203.0.113.7", "{joined}");
                assert_eq!(address("10.0.0.1", &[first, second, "203.0.113.7"]), "203.0.113.7", "{joined}");
            }
        }
    }
}
