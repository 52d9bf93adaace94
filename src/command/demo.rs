//! demo
use super::Failure;
use std::{net::SocketAddr, path::Path};
/// x
pub fn run(_listen: SocketAddr, _data: &Path, _keep: bool) -> Result<(), Failure> { Err(Failure::config("x")) }
