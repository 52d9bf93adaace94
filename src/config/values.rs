//! The accepted values. An error names the variable and the accepted form, and never the value.

use std::fmt::Display;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use crate::config::error::ConfigError;
use crate::domain::access::Role;
use crate::domain::accounts::policy::SecondFactorPolicy;
use crate::domain::repatriation::deadlines::ProcessRules;
use crate::domain::repatriation::task_kind::TaskKind;

pub(in crate::config) fn conduct(file: Option<PathBuf>, version: String) -> Result<Option<(PathBuf, String)>, ConfigError> {
    match (file, version.chars().count()) {
        (None, 0) => Ok(None),
        (Some(file), 1..=40) => Ok(Some((file, version))),
        _ => Err(ConfigError::new(
            "HOMEWARD_CODE_OF_CONDUCT_VERSION",
            "must be given together with HOMEWARD_CODE_OF_CONDUCT_FILE, in at most 40 characters",
        )),
    }
}

/// An origin as browsers write it: scheme and host, a port where it is not the usual one, and nothing after it.
pub(in crate::config) fn origin(text: &str) -> Result<String, ConfigError> {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let (host, port) = rest.split_once(':').unwrap_or((rest, "443"));
    let is_host = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte));
    let is_safe = scheme == "https" || (scheme == "http" && host == "localhost");
    let refused = || ConfigError::new("HOMEWARD_ORIGINS", "must be a comma-separated list of https://HOST or http://localhost:PORT");
    (is_safe && is_host && port.parse::<u16>().is_ok()).then(|| text.to_owned()).ok_or_else(refused)
}

pub(in crate::config) fn trusted_proxies(text: &str) -> Result<Vec<IpAddr>, ConfigError> {
    let accepted = "must be a comma-separated list of IP addresses";
    list(text).map(|address| parsed("HOMEWARD_TRUSTED_PROXIES", address, accepted)).collect()
}

pub(in crate::config) fn process_rules(text: &str) -> Result<ProcessRules, ConfigError> {
    ProcessRules::parse(text).map_err(|_| {
        let kinds = joined(TaskKind::ALL.iter().filter(|kind| **kind != TaskKind::Added).map(|kind| kind.as_str()));
        let accepted = format!("must be NAME=DAYS, comma-separated, with at most 3650 days; a NAME is one of monitoring, {kinds}");
        ConfigError::new("HOMEWARD_PROCESS_RULES", accepted)
    })
}

pub(in crate::config) fn second_factor(text: &str) -> Result<SecondFactorPolicy, ConfigError> {
    SecondFactorPolicy::parse(text).map_err(|_| {
        let roles = joined(Role::ALL.iter().map(|role| role.as_str()));
        ConfigError::new("HOMEWARD_SECOND_FACTOR", format!("must be all, none, or a comma-separated list of roles: {roles}"))
    })
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

pub(in crate::config) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

pub(in crate::config) fn parsed<T: FromStr>(variable: &str, text: &str, accepted: &str) -> Result<T, ConfigError> {
    text.trim().parse().map_err(|_| ConfigError::new(variable, accepted))
}

/// A number within limits.
pub(in crate::config) fn up_to<T: FromStr + PartialOrd + Display>(variable: &str, text: &str, least: T, most: T) -> Result<T, ConfigError> {
    let number: Option<T> = text.trim().parse().ok();
    let accepted = format!("must be a number from {least} to {most}");
    number.filter(|number| (&least..=&most).contains(&number)).ok_or_else(|| ConfigError::new(variable, accepted))
}

/// The address of the service as clients write it: a scheme, a host, a port and a path where there are such, and nothing else.
pub(in crate::config) fn public_url(text: &str) -> Result<String, ConfigError> {
    let refused = || ConfigError::new("HOMEWARD_PUBLIC_URL", "must be the address with its scheme, such as https://homeward.example.org");
    let address = text.trim().trim_end_matches('/');
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).ok_or_else(refused)?;
    let (host, port) = host_and_port(rest.split('/').next().unwrap_or_default());
    let is_host = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    let is_path = !rest.contains(['?', '#', '@']) && rest.chars().all(|letter| letter.is_ascii_graphic());
    if is_host && is_port && is_path { Ok(address.to_owned()) } else { Err(refused()) }
}

/// The parts of `HOST:PORT`; a host in brackets is an IPv6 address, whose colons are its own.
pub(in crate::config) fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}
