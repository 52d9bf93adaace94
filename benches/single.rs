//! Single requests: samples, the sign-in, the walk to a deep page.

use super::*;

/// Sends one request and gives back the answer to it.
pub fn sample(service: SocketAddr, request: &[u8]) -> Result<Fixed, Failure> {
    let mut connection = client::Connection::open(service).map_err(failed("the service cannot be reached"))?;
    let answer = connection.exchange(request).map_err(failed("a first request"))?;
    let status = StatusCode::from_u16(answer.status).map_err(failed("a first request"))?;
    Ok(Fixed { status, body: web::Bytes::copy_from_slice(answer.body) })
}

pub fn sample_json(service: SocketAddr, request: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(&sample(service, request)?.body).map_err(failed("an answer is not JSON"))
}

/// Signs in; gives back the access token.
pub fn sign_in(service: SocketAddr) -> Result<String, Failure> {
    let credentials = json!({ "username": USERNAME, "password": PASSWORD }).to_string();
    let tokens = sample_json(service, &client::request("POST", "/v1/auth/login", "", &credentials))?;
    part(&tokens, "access_token").map_err(failed("no access token"))
}

/// Walks the list page by page, to the deep page or to the last one before the end; gives back its number and its cursor.
pub fn walk(service: SocketAddr) -> Result<(u32, String), Failure> {
    let token = sign_in(service)?;
    let mut path = format!("/v1/cases?limit={LIMIT}");
    let mut reached = (1, None);
    for page in 2..=DEEP_PAGE {
        let answer = sample_json(service, &client::request("GET", &path, &token, ""))?;
        let Some(next) = part::<Option<String>>(&answer, "next").map_err(failed("no cursor"))? else { break };
        path = format!("/v1/cases?limit={LIMIT}&after={next}");
        reached = (page, Some(next));
    }
    reached.1.map(|cursor| (reached.0, cursor)).ok_or_else(|| Failure::unavailable("the list has only one page"))
}
