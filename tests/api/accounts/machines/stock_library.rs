//! A stock OAuth 2.0 library gets a token; only the transport of its requests to the service is our code.

use actix_web::test::TestRequest;
use oauth2::basic::{BasicClient, BasicErrorResponseType};
use oauth2::{AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, RequestTokenError, Scope, TokenResponse, TokenUrl};
use rstest::rstest;
use serde_json::json;

use crate::support::World;
use crate::support::database::Kind::{self, Postgres, Sqlite};
use crate::support::machines::{Machine, get};

async fn carry(world: &World, request: HttpRequest) -> Result<HttpResponse, std::convert::Infallible> {
    let mut sent = TestRequest::with_uri(request.uri().path()).method(request.method().as_str().parse().unwrap());
    for (name, value) in request.headers() {
        sent = sent.insert_header((name.as_str(), value.to_str().unwrap()));
    }
    let answer = world.raw(sent.set_payload(request.into_body())).await;
    let mut response = HttpResponse::new(answer.body.clone());
    *response.status_mut() = answer.status.try_into().unwrap();
    response.headers_mut().insert("content-type", answer.header("content-type").parse().unwrap());
    Ok(response)
}

#[rstest]
#[actix_web::test]
async fn the_oauth2_crate_gets_a_token_in_both_ways(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(world) = &World::start(kind).await else { return };
    let metadata = world.get("", "/.well-known/oauth-authorization-server").await.expect(200).json();
    assert_eq!(metadata["issuer"], "https://homeward.example");
    assert_eq!(metadata["grant_types_supported"], json!(["client_credentials"]));
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]));
    let endpoint = TokenUrl::new(metadata["token_endpoint"].as_str().unwrap().to_owned()).unwrap();
    let machine = Machine::new(world, "NGO A", &["case:read", "statistics:read"], json!({})).await;
    for way in [AuthType::BasicAuth, AuthType::RequestBody] {
        let client = BasicClient::new(ClientId::new(machine.id.clone()))
            .set_client_secret(ClientSecret::new(machine.secret.clone()))
            .set_token_uri(endpoint.clone())
            .set_auth_type(way);
        let transport = |request| carry(world, request);
        let token =
            client.exchange_client_credentials().add_scope(Scope::new("case:read".to_owned())).request_async(&transport).await.unwrap();
        assert_eq!(token.expires_in(), Some(std::time::Duration::from_secs(300)));
        assert_eq!(token.scopes().unwrap().iter().map(|scope| scope.as_str()).collect::<Vec<_>>(), ["case:read"]);
        get(world, token.access_token().secret(), "/v1/cases").await.expect(200);
        let refused = client.exchange_client_credentials().add_scope(Scope::new("user:manage".to_owned())).request_async(&transport).await;
        let Err(RequestTokenError::ServerResponse(refused)) = refused else { panic!("a refusal as the library knows it") };
        assert_eq!(*refused.error(), BasicErrorResponseType::InvalidScope);
    }
    let stranger = BasicClient::new(ClientId::new(machine.id.clone()))
        .set_client_secret(ClientSecret::new("wrong".to_owned()))
        .set_token_uri(endpoint);
    let refused = stranger.exchange_client_credentials().request_async(&|request| carry(world, request)).await;
    let Err(RequestTokenError::ServerResponse(refused)) = refused else { panic!("a refusal as the library knows it") };
    assert_eq!(*refused.error(), BasicErrorResponseType::InvalidClient);
}
