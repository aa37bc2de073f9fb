use super::{snippet::Snippet, tab::Tab};
use keywright_core::profile::Profile;
use leptos::prelude::*;
use std::sync::Arc;

/// The secret where it is going to be: a request to try, and lines for an `.env` file. The tabs are
/// radio buttons, so they turn without script.
#[component]
pub(crate) fn Snippets(secret: String, gateway: String, sample: Option<(String, String)>) -> impl IntoView {
    let product = use_context::<Arc<Profile>>().map(|profile| profile.product.clone()).unwrap_or_default();
    let gateway = gateway.trim_end_matches('/').to_owned();
    let env = env_lines(&product, &gateway, &secret);
    let curl = curl_line(&gateway, &secret, sample);
    view! {
        <section class="card section" aria-labelledby="snippets-title">
            <h2 id="snippets-title">"Use it"</h2>
            <div class="tabs" role="group" aria-label="Form of the example">
                <Tab name="curl" label="curl" checked=true />
                <Tab name="env" label=".env" checked=false />
                <Snippet name="curl" text=curl />
                <Snippet name="env" text=env />
            </div>
        </section>
    }
    .into_any()
}

/// One line, so that every shell takes it as it is pasted.
fn curl_line(gateway: &str, secret: &str, sample: Option<(String, String)>) -> String {
    let (method, path) = sample.unwrap_or_else(|| ("GET".to_owned(), "/".to_owned()));
    format!("curl -X {method} \"{gateway}{path}\" -H \"Authorization: Bearer {secret}\"")
}

/// `LODOL_API_KEY=…`, and beside it where to send requests.
fn env_lines(product: &str, gateway: &str, secret: &str) -> String {
    let prefix = variable_prefix(product);
    format!("{prefix}API_URL={gateway}\n{prefix}API_KEY={secret}")
}

fn variable_prefix(product: &str) -> String {
    let mut name: String =
        product.to_uppercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    // A variable cannot begin with a digit; a name of other scripts alone leaves nothing to say.
    if name.starts_with(|c: char| c.is_ascii_digit()) || name.chars().all(|c| c == '_') {
        return String::new();
    }
    name.push('_');
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curl_line_is_one_line_that_a_shell_takes() {
        let sample = Some(("GET".to_owned(), "/api/v1/workflows".to_owned()));
        assert_eq!(
            curl_line("http://127.0.0.1:3000", "sk_live_abc", sample),
            "curl -X GET \"http://127.0.0.1:3000/api/v1/workflows\" -H \"Authorization: Bearer sk_live_abc\""
        );
    }

    #[test]
    fn variables_are_named_after_the_product() {
        assert_eq!(env_lines("Lodol", "https://api", "sk_1"), "LODOL_API_URL=https://api\nLODOL_API_KEY=sk_1");
        assert_eq!(variable_prefix("Acme & Co"), "ACME___CO_");
        assert_eq!(variable_prefix("9lives"), "");
        assert_eq!(variable_prefix("株式会社"), "");
    }
}
