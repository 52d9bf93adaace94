//! What every test starts from: a database of its own, a world of organisations and users, and a client for each.

pub mod authenticator;
pub mod client;
pub mod contract;
pub mod data;
pub mod database;
pub mod dump;
pub mod examples;
pub mod journey;
pub mod machines;
pub mod postgres_server;
pub mod records;
pub mod world;

pub use client::Answer;
pub use world::World;

/// Declares tests that run on both databases: `#[test] name(world) { … }` becomes `sqlite::name` and `postgres::name`.
macro_rules! both_databases {
    ($(async fn $name:ident($world:ident) $body:block)+) => {
        $(async fn $name($world: &crate::support::World) $body)+

        mod sqlite {
            $(#[actix_web::test]
            async fn $name() {
                let world = crate::support::World::start(crate::support::database::Kind::Sqlite).await;
                super::$name(&world.expect("SQLite is always there")).await;
            })+
        }

        mod postgres {
            $(#[actix_web::test]
            async fn $name() {
                if let Some(world) = crate::support::World::start(crate::support::database::Kind::Postgres).await {
                    super::$name(&world).await;
                }
            })+
        }
    };
}
pub(crate) use both_databases;
