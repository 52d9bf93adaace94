//! What happens to many people at once: lists that are registered, and the backlog of the matcher.

use homeward::command::background;

use super::*;

/// People of one list.
const LISTED: u32 = 500;
/// Lists that are sent.
const LISTS: u32 = 4;

/// Compares everybody who was registered with everybody else, and tells how many that were a second.
pub async fn measure_matcher(db: &Db, people: u32) -> Result<f64, Failure> {
    let started = Instant::now();
    while background::match_once(db).await? {}
    let seconds = started.elapsed().as_secs_f64();
    let per_second = f64::from(people) / seconds;
    show(&format!("Matcher: {people} people compared in {seconds:.1} s: {per_second:.0} a second; RSS {} MiB.\n", rss_mib()?));
    Ok(per_second)
}

/// Registers lists one after the other, and tells how many people that were a second.
pub fn measure_lists(service: SocketAddr, numbers: &AtomicU64) -> Result<f64, Failure> {
    let token = sign_in(service)?;
    let mut connection = client::Connection::open(service).map_err(failed("the service cannot be reached"))?;
    let started = Instant::now();
    for _ in 0..LISTS {
        let first = numbers.fetch_add(LISTED.into(), Ordering::Relaxed);
        let items: Vec<Value> = (first..first + u64::from(LISTED)).map(|number| json!({ "person": person(number) })).collect();
        let body = json!({ "items": items, "all_or_nothing": true }).to_string();
        let request = client::request("POST", "/v1/cases/batch", &token, &body);
        connection.exchange(&request).map_err(failed("a list"))?;
    }
    let seconds = started.elapsed().as_secs_f64();
    let per_second = f64::from(LISTED * LISTS) / seconds;
    show(&format!("\nPOST /v1/cases/batch, {LISTED} people a list: {per_second:.0} people a second."));
    Ok(per_second)
}
