//! A database URL may name several hosts: one that takes a connection and then says nothing must not hide the next one.

use homeward::config::DatabaseUrl;
use homeward::db::engine::connection::{Connection, Use};
use std::net::TcpListener;
use std::sync::Arc;

use crate::support::database::{Kind::Postgres, TestDatabase};

#[test]
fn a_silent_first_host_does_not_hide_the_second() {
    let Some(database) = TestDatabase::empty(Postgres) else { return };
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = (silent.local_addr().expect("an address"), silent);
    let (scheme, rest) = database.text.split_once("://").expect("a URL");
    let (user, hosts) = rest.split_once('@').expect("a user");
    let text = format!("{scheme}://{user}@{},{hosts}", silent.0);
    let url = DatabaseUrl::parse(&text, None).expect("a URL with two hosts");
    let mut connection = Connection::open(&url, Use::Read, &Arc::default()).expect("the second host answers");
    diesel::connection::SimpleConnection::batch_execute(&mut connection, "SELECT 1").expect("it is a database");
}
