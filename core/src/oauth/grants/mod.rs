//! The token endpoint (OAuth 2.1 §3.2): what an app has is changed for tokens. One file per grant.

mod authorization_code;
mod client_credentials;
mod device_code;
mod refresh_token;

use super::{Code, Issued, OAuthError, OAuthResult, Parameters, service::OAuth};
use crate::{
    actor::Origin,
    apps::{App, GrantType},
};

impl OAuth {
    /// Tokens for an app that has said who it is ([`Apps::authenticate`](crate::apps::Apps::authenticate)). What is
    /// refused is in the app's trace.
    pub async fn token(&self, app: &App, parameters: &Parameters, origin: &Origin) -> OAuthResult<Issued> {
        match self.issue(app, parameters, origin).await {
            Ok(issued) => {
                self.apps.mark_used(app.id);
                Ok(issued)
            }
            Err(error) => {
                self.trace(app, origin, "token", &error);
                Err(error)
            }
        }
    }

    async fn issue(&self, app: &App, parameters: &Parameters, origin: &Origin) -> OAuthResult<Issued> {
        let asked = parameters.required("grant_type")?;
        let Some(grant) = GrantType::parse(asked) else {
            let description = "The grant_type is none of authorization_code, refresh_token, client_credentials and \
                               urn:ietf:params:oauth:grant-type:device_code.";
            return Err(OAuthError::new(Code::UnsupportedGrantType, description));
        };
        if !app.may(grant) {
            let description = format!("The app is not registered for {}.", grant.code());
            return Err(OAuthError::new(Code::UnauthorizedClient, description));
        }
        match grant {
            GrantType::AuthorizationCode => self.redeem_code(app, parameters, origin).await,
            GrantType::RefreshToken => self.refresh(app, parameters, origin).await,
            GrantType::ClientCredentials => self.act_for_itself(app, parameters, origin).await,
            GrantType::DeviceCode => self.poll(app, parameters, origin).await,
        }
    }

    /// Notes a refusal for whoever builds the app. That a person has not decided yet is none.
    pub(super) fn trace(&self, app: &App, origin: &Origin, door: &str, error: &OAuthError) {
        if !matches!(error.code, Code::AuthorizationPending | Code::SlowDown) {
            self.apps.trace(app.id, origin.address, error.traced(door));
        }
    }
}
