//! A server of Postgres that says nothing: it must not hide the next host of the URL, nor keep a thread for ever.

use homeward::config::DatabaseUrl;
use homeward::db::engine::connection::{Connection, Use};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use homeward::db::engine::migrate;

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
    connection.batch_execute("SELECT 1").expect("it is a database");
}

/// Shorter than what the calls below take, so that each would be cut off.
const SHORT: Duration = Duration::from_millis(100);

#[test]
fn a_call_that_is_not_answered_ends_and_its_connection_is_not_used_again() {
    let Some(database) = TestDatabase::empty(Postgres) else { return };
    database.with_connection(|connection| {
        connection.limit_calls(Some(SHORT));
        connection.batch_execute("SELECT pg_sleep(60)").expect_err("nobody waits a minute");
        connection.limit_calls(None);
        connection.batch_execute("SELECT 1").expect_err("what comes now might be the answer to the call before");
    });
}

/// Two instances start at once: one migrates, and the other one waits for it, however long that takes.
#[test]
fn whoever_migrates_waits_for_another_one_who_does() {
    let Some(database) = TestDatabase::empty(Postgres) else { return };
    let until_somebody_waits = "DO $$ BEGIN LOOP EXIT WHEN EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())); PERFORM pg_sleep(0.01); END LOOP; END $$";
    database.with_connection(|first| {
        migrate::migrate(first).expect("the first one migrates");
        database.with_connection(|second| {
            second.limit_calls(Some(SHORT));
            first.batch_execute(&format!("SELECT pg_advisory_lock({})", migrate::ADVISORY_LOCK)).expect("the first one is at it again");
            std::thread::scope(|scope| {
                let waiting = scope.spawn(move || migrate::migrate(second).map(|ran| ran.len()));
                database.with_connection(|third| third.batch_execute(until_somebody_waits)).expect("the second one waits");
                std::thread::sleep(2 * SHORT);
                first.batch_execute(&format!("SELECT pg_advisory_unlock({})", migrate::ADVISORY_LOCK)).expect("and is done");
                assert_eq!(waiting.join().expect("no panic").expect("it waited"), 0);
            });
        });
    });
}
