//! What is asked, and how it is measured: the ceiling, the service and the peer take turns, and medians count.

use super::*;

pub type MakeRequest = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// One row group of the table.
struct Subject {
    name: String,
    request: MakeRequest,
    /// The same of the peer, where it has it: its ids are its own.
    of_peer: Option<MakeRequest>,
}

/// What all measurements on one database share.
pub struct Run<'a> {
    pub service: SocketAddr,
    pub peer: Option<SocketAddr>,
    pub numbers: Arc<AtomicU64>,
    pub arguments: &'a Arguments,
    pub cases: u32,
}

impl Run<'_> {
    /// Everything: with a peer, what it can do too.
    pub async fn measure_all(&self, ids: Vec<CaseId>) -> Result<Vec<Row>, Failure> {
        show("| Request | Connections | Requests/s | Ceiling/s | Ratio | p50 ms | p99 ms | RSS MiB |");
        show("|:--------|------------:|-----------:|----------:|------:|-------:|-------:|--------:|");
        let cases = u64::from(self.cases);
        let mut rows = self.measure("GET /v1/cases/{id}", |token| get_case(ids, token), Some(get_case_of_peer(cases))).await?;
        rows.extend(self.measure_same(&format!("GET /v1/cases?nationality=IDN&limit={LIMIT}")).await?);
        rows.extend(self.measure_same("GET /v1/statistics/cases?by=nationality,stage").await?);
        if self.peer.is_none() {
            rows.extend(self.measure_pages().await?);
            rows.extend(self.measure("POST /v1/cases/search, a name", move |token| search_name(cases, token), None).await?);
            for path in ["/v1/worklist?horizon_days=30", "/v1/reports/funnel"] {
                rows.extend(self.measure_same(&format!("GET {path}")).await?);
            }
        }
        rows.extend(self.measure("POST /v1/cases", create_case, Some(create_case(String::new()))).await?);
        Ok(rows)
    }

    /// A request that is always the same one, to the service and to the peer.
    async fn measure_same(&self, name: &str) -> Result<Vec<Row>, Failure> {
        let path = name.trim_start_matches("GET ").to_owned();
        let of_peer = get(path.clone(), String::new());
        self.measure(name, move |token| get(path, token), Some(of_peer)).await
    }

    /// The first page and one far down.
    async fn measure_pages(&self) -> Result<Vec<Row>, Failure> {
        let service = self.service;
        let (deep_page, cursor) = blocking(move || walk(service)).await?;
        let path = format!("/v1/cases?limit={LIMIT}");
        let deep_path = format!("{path}&after={cursor}");
        let mut rows = Vec::new();
        for (page, path) in [(1, path.clone()), (deep_page, deep_path)] {
            rows.extend(self.measure(&format!("GET /v1/cases?limit={LIMIT}, page {page}"), |token| get(path, token), None).await?);
        }
        Ok(rows)
    }

    /// Measures one kind of request at every number of connections, and its ceiling.
    async fn measure(
        &self,
        name: &str,
        request: impl FnOnce(String) -> MakeRequest,
        of_peer: Option<MakeRequest>,
    ) -> Result<Vec<Row>, Failure> {
        let service = self.service;
        // A token lives ten minutes: everything is measured with a fresh one.
        let token = blocking(move || sign_in(service)).await?;
        let subject = Subject { name: name.to_owned(), request: request(token), of_peer };
        let first = (subject.request)(self.numbers.fetch_add(1, Ordering::Relaxed));
        let takes_body = first.starts_with(b"POST");
        let bare = start_bare(blocking(move || sample(service, &first)).await?, takes_body)?;
        let mut rows = Vec::new();
        for connections in self.arguments.connections() {
            let row = self.row(bare.address, connections, &subject).await?;
            show(&row.line());
            rows.push(row);
        }
        bare.handle.stop(false).await;
        Ok(rows)
    }

    /// They take turns, so that what else the machine does meets all of them alike.
    async fn row(&self, bare: SocketAddr, connections: usize, subject: &Subject) -> Result<Row, Failure> {
        let (mut ceilings, mut ours, mut peers) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.arguments.rounds {
            ceilings.push(self.cell(bare, connections, &subject.name, &subject.request).await?);
            ours.push(self.cell(self.service, connections, &subject.name, &subject.request).await?);
            if let (Some(peer), Some(request)) = (self.peer, &subject.of_peer) {
                peers.push(self.cell(peer, connections, &subject.name, request).await?);
            }
        }
        let (homeward, ceiling) = (Figures::median(&ours), Figures::median(&ceilings));
        let peer = if peers.is_empty() { None } else { Some(Figures::median(&peers)) };
        Ok(Row { request: subject.name.clone(), connections, homeward, ceiling, peer, rss_mib: rss_mib()? })
    }

    async fn cell(&self, address: SocketAddr, connections: usize, name: &str, request: &MakeRequest) -> Result<Measured, Failure> {
        let (numbers, request, name) = (self.numbers.clone(), request.clone(), name.to_owned());
        let time = Duration::from_secs(self.arguments.seconds);
        blocking(move || {
            let load = Load { address, connections, time, numbers: &numbers, request: &*request };
            load.run().map_err(failed(&format!("{name} at {connections} connections")))
        })
        .await
    }
}

fn get(path: String, token: String) -> MakeRequest {
    let request = client::request("GET", &path, &token, "");
    Arc::new(move |_| request.clone())
}

/// Another case every time, from everywhere in the table.
fn get_case(ids: Vec<CaseId>, token: String) -> MakeRequest {
    Arc::new(move |number| {
        let id = usize::try_from(number.wrapping_mul(7919)).ok().and_then(|at| ids.get(at % ids.len()));
        let path = id.map(|id| format!("/v1/cases/{id}")).unwrap_or_default();
        client::request("GET", &path, &token, "")
    })
}

/// The same of the peer, whose ids are made of numbers.
fn get_case_of_peer(cases: u64) -> MakeRequest {
    Arc::new(move |number| {
        let id = number.wrapping_mul(7919) % cases;
        client::request("GET", &format!("/v1/cases/00000000-0000-4000-8000-{id:012x}"), "", "")
    })
}

/// Another person every time.
fn create_case(token: String) -> MakeRequest {
    Arc::new(move |number| client::request("POST", "/v1/cases", &token, &person(number).to_string()))
}

/// The name of somebody who is registered, another one every time.
fn search_name(cases: u64, token: String) -> MakeRequest {
    Arc::new(move |number| {
        let body = json!({ "name": full_name(number.wrapping_mul(7919) % cases) }).to_string();
        client::request("POST", "/v1/cases/search", &token, &body)
    })
}
