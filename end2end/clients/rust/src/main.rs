//! A device without a browser: it asks for a code, shows the link, waits until somebody lets it in, and refreshes.
//!
//!     device <issuer> <client_id> <scope>

use oauth2::{
    ClientId, DeviceAuthorizationUrl, Scope, StandardDeviceAuthorizationResponse, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicTokenResponse},
    reqwest::{blocking::Client, redirect::Policy},
};
use serde_json::json;
use std::{env, error::Error, thread};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<_> = env::args().skip(1).collect();
    let [issuer, client_id, scope] = args.as_slice() else { return Err("device <issuer> <client_id> <scope>".into()) };
    let http = Client::builder().redirect(Policy::none()).build()?;
    let server = http.get(format!("{issuer}/.well-known/oauth-authorization-server")).send()?.text()?;
    let server: serde_json::Value = serde_json::from_str(&server)?;
    let address = |name: &str| server[name].as_str().unwrap_or_default().to_owned();
    let app = BasicClient::new(ClientId::new(client_id.clone()))
        .set_device_authorization_url(DeviceAuthorizationUrl::new(address("device_authorization_endpoint"))?)
        .set_token_uri(TokenUrl::new(address("token_endpoint"))?);

    let shown: StandardDeviceAuthorizationResponse =
        app.exchange_device_code().add_scope(Scope::new(scope.clone())).request(&http)?;
    let link = shown.verification_uri_complete().ok_or("There is no link with the code in it.")?;
    println!("{}", json!({ "visit": link.secret() }));
    let first = app.exchange_device_access_token(&shown).request(&http, thread::sleep, None)?;
    let refresh_token = first.refresh_token().ok_or("There is no refresh token.")?;
    let second: BasicTokenResponse = app.exchange_refresh_token(refresh_token).request(&http)?;
    println!("{}", json!({ "done": { "first": first, "second": second } }));
    Ok(())
}
