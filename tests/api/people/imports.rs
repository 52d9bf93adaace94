//! Lists that come in by the API: from the file to the report, and back.

pub mod again;
pub mod as_one_by_one;
pub mod bad_input;
pub mod decisions;
pub mod htcds;
pub mod kept_and_gone;
pub mod kept_because;
pub mod kinds_of_files;
pub mod nobody_lost;
pub mod taken_back;
pub mod taken_up;
pub mod whole_way;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use homeward::command::imports::work_once;
use serde_json::{Value, json};

use crate::support::data::{self, Ids};
use crate::support::{Answer, World};

/// Two who can be registered, one who stands on the list twice, and one who was born on a day that never was.
pub const LIST: &str = "No;Nama;Tgl lahir;JK;Paspor\n\
    1;Siti Rahmawati;17/3/1999;P;C4512378\n\
    2;Budi Santoso;3/4/1998;L;C4512379\n\
    3;Siti R.;;P;C4512378\n\
    4;Dewi Lestari;31/2/1999;P;\n";

/// Does everything that waits beside the requests.
pub async fn work(world: &World) {
    while work_once(&world.db, &world.files).await.expect("the work on lists") {}
}

/// A list of somebody.
pub struct List<'a> {
    pub world: &'a World,
    pub actor: &'a str,
    pub url: String,
}

impl<'a> List<'a> {
    /// A list that is announced.
    pub async fn announced(world: &'a World, actor: &'a str) -> Self {
        let made = world.post(actor, "/v1/imports", json!({})).await.expect(201);
        Self { world, actor, url: made.header("location").to_owned() }
    }

    /// A list of which the file was read.
    pub async fn read(world: &'a World, actor: &'a str, bytes: &[u8]) -> Self {
        let list = Self::announced(world, actor).await;
        list.send(bytes).await.expect(202);
        work(world).await;
        list
    }

    /// A list whose columns are what they seem to be, and whose rows were checked.
    pub async fn validated(world: &'a World, actor: &'a str, bytes: &[u8]) -> Self {
        let list = Self::read(world, actor, bytes).await;
        list.map(list.proposed().await).await.expect(200);
        list.step("/validate", None).await.expect(202);
        work(world).await;
        assert_eq!(list.see().await["state"], "validated", "{}", list.see().await);
        list
    }

    /// Sends its file.
    pub async fn send(&self, bytes: &[u8]) -> Answer {
        if let Ok(text) = std::str::from_utf8(bytes) {
            let etag = self.etag().await;
            let headers = [("if-match", etag.as_str())];
            return self.world.send(self.actor, Method::PUT, &format!("{}/content", self.url), &headers, Some(&json!(text))).await;
        }
        self.send_as("application/octet-stream", bytes).await
    }

    /// Sends its file, called what a client calls it.
    pub async fn send_as(&self, kind: &str, bytes: &[u8]) -> Answer {
        let (etag, token) = (self.etag().await, self.world.token(self.actor).await);
        let request = TestRequest::put().uri(&format!("{}/content", self.url)).insert_header(("authorization", format!("Bearer {token}")));
        let request = request.insert_header(("if-match", etag)).insert_header(("content-type", kind));
        self.world.raw(request.set_payload(bytes.to_vec())).await
    }

    async fn etag(&self) -> String {
        self.world.get(self.actor, &self.url).await.expect(200).etag()
    }

    /// What is shown of it.
    pub async fn see(&self) -> Value {
        self.world.get(self.actor, &self.url).await.expect(200).json()
    }

    /// The mapping that is proposed, for people who came to an NGO in Cambodia.
    pub async fn proposed(&self) -> Value {
        let seen = self.see().await;
        let column = |column: &Value| json!({ "column": column["column"], "heading": column["heading"], "field": column["field"], "dates": column["dates"] });
        let columns: Vec<Value> = seen["columns"].as_array().expect("columns").iter().map(column).collect();
        json!({ "columns": columns, "defaults": { "host_country": "KHM", "intake_channel": "walk_in_ngo" } })
    }

    /// Says what its columns are.
    pub async fn map(&self, mapping: Value) -> Answer {
        let etag = self.etag().await;
        self.world.send(self.actor, Method::PUT, &format!("{}/mapping", self.url), &[("if-match", &etag)], Some(&mapping)).await
    }

    /// Takes it a step further, in the version that is there now.
    pub async fn step(&self, verb: &str, body: Option<Value>) -> Answer {
        let etag = self.etag().await;
        self.step_from(&etag, verb, body).await
    }

    /// Takes it a step further, in a version that was read.
    pub async fn step_from(&self, etag: &str, verb: &str, body: Option<Value>) -> Answer {
        self.world.send(self.actor, Method::POST, &format!("{}{verb}", self.url), &[("if-match", etag)], body.as_ref()).await
    }

    /// Commits it, and does the work.
    pub async fn commit(&self) -> Value {
        self.step("/commit", Some(json!({}))).await.expect(202);
        work(self.world).await;
        self.see().await
    }

    /// Deletes it, in the version that is there now.
    pub async fn delete(&self) -> Answer {
        let etag = self.etag().await;
        self.world.send(self.actor, Method::DELETE, &self.url, &[("if-match", &etag)], None).await
    }

    /// Its rows of a state, or all.
    pub async fn rows(&self, state: &str) -> Vec<Value> {
        let filter = if state.is_empty() { String::new() } else { format!("?state={state}") };
        let page = self.world.get(self.actor, &format!("{}/rows{filter}", self.url)).await.expect(200).json();
        page["items"].as_array().expect("rows").clone()
    }

    /// Decides about a row.
    pub async fn decide(&self, row: &Value, decision: &str) -> Answer {
        let (id, etag) = (row["id"].as_str().expect("an id"), format!("\"{}\"", row["version"]));
        let url = format!("{}/rows/{id}/decide", self.url);
        self.world.send(self.actor, Method::POST, &url, &[("if-match", &etag)], Some(&json!({ "decision": decision }))).await
    }

    /// How many rows became something.
    pub async fn count(&self, state: &str) -> i64 {
        let seen = self.see().await;
        let of = |count: &&Value| count["state"] == state;
        seen["counts"].as_array().expect("counts").iter().find(of).map_or(0, |count| count["rows"].as_i64().expect("a number"))
    }
}

/// How many cases an actor sees.
pub async fn cases_of(world: &World, actor: &str) -> Vec<Value> {
    let cases = world.get(actor, "/v1/cases?limit=200").await.expect(200).json();
    cases["items"].as_array().expect("cases").clone()
}

/// Deletes the lists of earlier calls, before there are as many as an organisation may have.
async fn make_room(world: &World) {
    let lists = world.get("caseworker.a", "/v1/imports").await.expect(200).json();
    let lists = lists["items"].as_array().expect("lists");
    if lists.len() < 40 {
        return;
    }
    work(world).await;
    for list in lists {
        let url = format!("/v1/imports/{}", list["id"].as_str().expect("an id"));
        world.send("caseworker.a", Method::DELETE, &url, &[("if-match", "*")], None).await.expect(204);
    }
}

/// The list or the mapping of NGO A that an operation of the API needs, at the step at which it takes it.
pub async fn ids_for(world: &World, template: &str, ids: Ids) -> Ids {
    if template.starts_with("/v1/import-profiles/") {
        let body = data::sample("create_import_profile", &ids, 0).expect("a body");
        let made = world.post("caseworker.a", "/v1/import-profiles", body).await.expect(201).json();
        return Ids { import_profile: made["id"].as_str().expect("an id").to_owned(), ..ids };
    }
    if !template.starts_with("/v1/imports/{id}") {
        return ids;
    }
    make_room(world).await;
    let list = match template.rsplit('/').next().unwrap_or_default() {
        "content" => List::announced(world, "caseworker.a").await,
        "mapping" => List::read(world, "caseworker.a", LIST.as_bytes()).await,
        _ => List::validated(world, "caseworker.a", LIST.as_bytes()).await,
    };
    if template.ends_with("/undo") {
        list.step("/cancel", None).await.expect(200);
    }
    let text = |id: &Value| id.as_str().expect("an id").to_owned();
    let import_row = if template.ends_with("/decide") { text(&list.rows("").await[0]["id"]) } else { String::new() };
    Ids { import: list.url.rsplit('/').next().unwrap_or_default().to_owned(), import_row, ..ids }
}
