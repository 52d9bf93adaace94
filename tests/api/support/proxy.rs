//! A real nginx that compresses, in front of a service: none, with a loud warning, where this machine has no nginx, or an error where
//! nginx is required.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// An nginx that ends with the test.
pub struct Proxy {
    pub url: String,
    process: Child,
    _folder: TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Proxy {
    /// A proxy before this address, once it takes connections.
    pub fn before(service: SocketAddr) -> Option<Self> {
        let Some(binary) = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| exists(path)) else {
            assert!(!is_required(), "HOMEWARD_REQUIRE_NGINX is set and there is no nginx");
            // Straight to standard error: the output of a passing test is not shown.
            let warning = b"\n*** NO NGINX FOUND: CONDITIONAL REQUESTS WERE NOT TRIED THROUGH A PROXY. INSTALL nginx-light. ***\n\n";
            std::io::stderr().write_all(warning).expect("the warning is seen");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let settings = folder.path().join("nginx.conf");
        std::fs::write(&settings, configuration(&folder.path().display().to_string(), port, service)).expect("the settings are written");
        let process = Command::new(binary)
            .args(["-e", "stderr", "-p"])
            .arg(folder.path())
            .arg("-c")
            .arg(&settings)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx starts");
        let proxy = Self { url: format!("http://127.0.0.1:{port}"), process, _folder: folder };
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "nginx takes no connection");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(proxy)
    }
}

fn exists(path: &str) -> bool {
    std::path::Path::new(path).exists()
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment whether nginx must be there")]
fn is_required() -> bool {
    std::env::var("HOMEWARD_REQUIRE_NGINX").is_ok_and(|value| !value.is_empty())
}

/// What docs/operations.md shows, with the compression that many installations turn on for all their services.
fn configuration(folder: &str, port: u16, service: SocketAddr) -> String {
    format!(
        "daemon off; master_process off; pid {folder}/pid; error_log stderr;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    gzip on; gzip_proxied any; gzip_min_length 1; gzip_types application/json;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://{service};
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_request_buffering off;
            proxy_buffering off;
            client_max_body_size 21m;
        }}
    }}
}}
"
    )
}
