use crate::{components::Moment, pages::keys::grace::to_the_minute};
use keywright_core::{Time, apps::App, words};
use leptos::prelude::*;

/// The secret, and the one before it while that still works.
#[component]
pub(crate) fn Secrets(here: String, app: App, can_manage: bool, now: Time) -> impl IntoView {
    let version = app.version;
    app.secret.map(|secret| {
        let old = secret.retiring.map(|(last4, end)| {
            view! {
                <div>
                    <dt>"Old secret"</dt>
                    <dd>
                        <code class="masked">{format!("ks_…{last4}")}</code>
                        <span class="soon">{format!(" works until {}", to_the_minute(end))}</span>
                        {can_manage.then(|| view! {
                            <form class="facts__form" method="post" action=format!("{here}/rotation/finish")>
                                <input type="hidden" name="version" value=version.to_string() />
                                <button class="button button--small">"End it now"</button>
                            </form>
                        })}
                    </dd>
                </div>
            }
        });
        view! {
            <div>
                <dt>"Secret"</dt>
                <dd>
                    <code class="masked">{format!("ks_…{}", secret.last4)}</code>
                    <span class="quiet">" made " <Moment at=secret.created_at text=words::ago(secret.created_at, now) /></span>
                </dd>
            </div>
            {old}
        }
        .into_any()
    })
}
