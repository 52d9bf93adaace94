//! Settings that can be used but are risky: the service starts, and warns.

use std::net::IpAddr;

use crate::config::Config;
use crate::config::values::host_and_port;
use crate::domain::accounts::policy::SecondFactorPolicy;

impl Config {
    /// The warnings for the operator about risky settings, a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.second_factor == SecondFactorPolicy::NONE {
            warnings
                .push("HOMEWARD_SECOND_FACTOR: no account needs a second factor; a password alone opens every case of its user".to_owned());
        }
        if !self.listen.ip().is_loopback() {
            warnings.push(format!(
                "HOMEWARD_LISTEN: {} is reached from other hosts, over plain HTTP; keep everybody but a proxy with TLS away from it",
                self.listen
            ));
        }
        if self.public_url.starts_with("http://") && !self.is_public_url_local() {
            warnings.push("HOMEWARD_PUBLIC_URL: passwords and cases cross the network unencrypted with an http:// address".to_owned());
        }
        if !self.does_public_url_fit() {
            warnings.push(format!(
                "HOMEWARD_PUBLIC_URL: {} does not lead to HOMEWARD_LISTEN, {}; clients check that tokens come from it",
                self.public_url, self.listen
            ));
        }
        let limits = self.attachments.limits;
        if limits.organisation_gib > limits.total_gib {
            warnings.push(
                "HOMEWARD_ATTACHMENTS_ORGANISATION_GIB: is more than HOMEWARD_ATTACHMENTS_GIB, so one organisation can use up all of it"
                    .to_owned(),
            );
        }
        warnings
    }

    fn public_host(&self) -> (&str, Option<&str>) {
        let rest = self.public_url.split_once("://").map_or("", |(_, rest)| rest);
        host_and_port(rest.split('/').next().unwrap_or_default())
    }

    fn is_public_url_local(&self) -> bool {
        is_local(self.public_host().0)
    }

    /// Whether an address on this host is the one that is listened on. Any other address fits, because a proxy decides where it
    /// leads.
    fn does_public_url_fit(&self) -> bool {
        let (host, port) = self.public_host();
        let default = if self.public_url.starts_with("https://") { 443 } else { 80 };
        let port = port.and_then(|port| port.parse().ok()).unwrap_or(default);
        !is_local(host) || self.public_url.starts_with("https://") || port == self.listen.port()
    }
}

fn is_local(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warned(variables: &[(&str, &str)]) -> String {
        let read = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Config::read(read).expect("settings that can be used").warnings().join("\n")
    }

    #[test]
    fn what_is_risky_is_said_and_what_is_not_is_silent() {
        assert_eq!(warned(&[]), "");
        assert_eq!(warned(&[("HOMEWARD_PUBLIC_URL", "https://homeward.example.org")]), "", "behind a proxy");
        let elsewhere = ("HOMEWARD_PUBLIC_URL", "http://127.0.0.1:9000");
        assert_eq!(warned(&[("HOMEWARD_LISTEN", "127.0.0.1:9000"), elsewhere]), "");
        for (variables, words) in [
            (&[("HOMEWARD_SECOND_FACTOR", "none")][..], "HOMEWARD_SECOND_FACTOR"),
            (&[("HOMEWARD_LISTEN", "0.0.0.0:8080")], "HOMEWARD_LISTEN"),
            (&[("HOMEWARD_LISTEN", "127.0.0.1:9000")], "does not lead to"),
            (&[elsewhere], "does not lead to"),
            (&[("HOMEWARD_PUBLIC_URL", "http://homeward.example.org")], "unencrypted"),
            (&[("HOMEWARD_ATTACHMENTS_ORGANISATION_GIB", "200")], "HOMEWARD_ATTACHMENTS_ORGANISATION_GIB"),
        ] {
            let warned = warned(variables);
            assert!(warned.contains(words) && !warned.contains('\n'), "{variables:?}: {warned}");
        }
    }
}
