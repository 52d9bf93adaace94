//! The servers of the run: the service itself and the bare server that is its ceiling.

use super::*;

/// A server that runs.
pub struct Running {
    pub address: SocketAddr,
    pub handle: ServerHandle,
}

/// A free port of this host. Nothing else on it is likely to take the port before its server does.
pub fn free_address() -> Result<SocketAddr, Failure> {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).map_err(failed("no free port"))
}

/// Starts a server on a free port of this host.
pub fn serve_on_loopback(listen: impl FnOnce(SocketAddr) -> Result<actix_web::dev::Server, Failure>) -> Result<Running, Failure> {
    // `listen` takes an address, not a socket.
    let address = free_address()?;
    let server = listen(address)?;
    let handle = server.handle();
    actix_web::rt::spawn(server);
    Ok(Running { address, handle })
}

/// What the bare server answers with.
#[derive(Clone)]
pub struct Fixed {
    pub status: StatusCode,
    pub body: web::Bytes,
}

async fn answer(fixed: web::Data<Fixed>) -> HttpResponse {
    HttpResponse::build(fixed.status).content_type("application/json").body(fixed.body.clone())
}

/// A handler that takes a body reads it, however bare it is.
async fn read_and_answer(fixed: web::Data<Fixed>, _body: web::Bytes) -> HttpResponse {
    answer(fixed).await
}

/// Starts the ceiling: the same bytes, made once.
pub fn start_bare(fixed: Fixed, takes_body: bool) -> Result<Running, Failure> {
    let fixed = web::Data::new(fixed);
    // No resource, so that not even a path is matched.
    let app = move || {
        let handler = if takes_body { web::to(read_and_answer) } else { web::to(answer) };
        App::new().app_data(fixed.clone()).default_service(handler)
    };
    serve_on_loopback(|address| {
        let server = HttpServer::new(app).workers(workers()?).keep_alive(Duration::from_secs(75)).bind(address);
        server.map(HttpServer::run).map_err(failed("the bare server cannot listen"))
    })
}
