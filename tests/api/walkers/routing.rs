//! The routes of the server are the paths of the API document, both ways. The methods of a path are tested in `methods` and
//! `access_matrix`.

use std::collections::BTreeSet;

use crate::support::World;
use crate::support::database::Kind;

/// Paths beside the API: the documentation, the staff console and the first sign-in, for people, and their redirects.
const FOR_PEOPLE: &[&str] = &[
    "/",
    "/console",
    "/console/{rest:.*}",
    "/docs",
    "/docs/guides",
    "/docs/guides/",
    "/docs/reference",
    "/docs/{rest:.*}",
    "/problems",
    "/problems/{rest:.*}",
    "/setup",
    "/setup/",
    "/v1",
    "/v1/",
];

#[actix_web::test]
async fn the_routes_are_the_paths_of_the_document() {
    let world = World::start(Kind::Sqlite).await.expect("SQLite is always there");
    let document = crate::support::contract::document();
    let documented = document["paths"].as_object().expect("paths").keys().map(String::as_str);
    let expected: BTreeSet<&str> = documented.chain(FOR_PEOPLE.iter().copied()).collect();
    let routes = world.routes().await;
    let served: BTreeSet<&str> = routes.iter().map(String::as_str).collect();
    let undocumented: Vec<_> = served.difference(&expected).collect();
    let unserved: Vec<_> = expected.difference(&served).collect();
    assert!(undocumented.is_empty() && unserved.is_empty(), "served and not documented: {undocumented:?}; the reverse: {unserved:?}");
}
