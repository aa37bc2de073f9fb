use super::{snippet::Snippet, tab::Tab};
use keywright_core::profile::{Carrier, Profile};
use leptos::prelude::*;
use std::sync::Arc;

/// The secret where it is going to be: a request to try, lines for an `.env` file, and a program that reads them. The
/// tabs are radio buttons, so they turn without script.
#[component]
pub(crate) fn Snippets(
    /// The secret, or the name of a variable in its place.
    secret: String,
    /// The secret's line of the `.env` file, where it is not the secret itself.
    line: Option<String>,
    /// Where requests go.
    gateway: String,
    /// A request to try: method and path.
    sample: Option<(String, String)>,
) -> impl IntoView {
    let profile = use_context::<Arc<Profile>>();
    let product = profile.as_ref().map(|profile| profile.product.clone()).unwrap_or_default();
    let carrier = profile.and_then(|profile| profile.carriers.first().copied()).unwrap_or(Carrier::Bearer);
    let gateway = gateway.trim_end_matches('/').to_owned();
    let line = line.unwrap_or_else(|| format!("{}={secret}", variable(&product)));
    let env = format!("{}API_URL={gateway}\n{line}", variable_prefix(&product));
    let (method, path) = sample.unwrap_or_else(|| ("GET".to_owned(), "/".to_owned()));
    let curl = curl_line(&gateway, &header(carrier, &secret), &method, &path);
    let code = program(&variable_prefix(&product), carrier, &method, &path);
    view! {
        <section class="card section" aria-labelledby="snippets-title">
            <h2 id="snippets-title">"Use it"</h2>
            <div class="tabs" role="group" aria-label="Form of the example">
                <Tab name="curl" label="curl" checked=true />
                <Tab name="env" label=".env" checked=false />
                <Tab name="code" label="Node.js" checked=false />
                <Snippet name="curl" text=curl />
                <Snippet name="env" text=env />
                <Snippet name="code" text=code />
            </div>
        </section>
    }
    .into_any()
}

/// One line, so that every shell takes it as it is pasted.
fn curl_line(gateway: &str, header: &str, method: &str, path: &str) -> String {
    format!("curl -X {method} \"{gateway}{path}\" -H \"{header}\"")
}

/// A module for Node.js, started with `--env-file=.env`.
fn program(prefix: &str, carrier: Carrier, method: &str, path: &str) -> String {
    let header = header(carrier, &format!("${{process.env.{prefix}API_KEY}}"));
    let (name, value) = header.split_once(": ").unwrap_or_default();
    let name = if name.contains('-') { format!("\"{name}\"") } else { name.to_owned() };
    format!(
        "const answer = await fetch(`${{process.env.{prefix}API_URL}}{path}`, {{\n  method: \"{method}\",\n  headers: {{ \
         {name}: `{value}` }},\n}});\nconsole.log(answer.status, await answer.json());"
    )
}

fn header(carrier: Carrier, secret: &str) -> String {
    match carrier {
        Carrier::Bearer => format!("Authorization: Bearer {secret}"),
        Carrier::XApiKey => format!("X-API-Key: {secret}"),
    }
}

/// The variable that holds the secret: `LODOL_API_KEY`.
pub(crate) fn variable(product: &str) -> String {
    format!("{}API_KEY", variable_prefix(product))
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
        let header = header(Carrier::Bearer, "sk_live_abc");
        assert_eq!(
            curl_line("http://127.0.0.1:3000", &header, "GET", "/api/v1/workflows"),
            "curl -X GET \"http://127.0.0.1:3000/api/v1/workflows\" -H \"Authorization: Bearer sk_live_abc\""
        );
        assert_eq!(super::header(Carrier::XApiKey, "sk_live_abc"), "X-API-Key: sk_live_abc");
    }

    #[test]
    fn the_program_reads_what_the_env_file_has() {
        let text = program("LODOL_", Carrier::XApiKey, "POST", "/v1/leads");
        assert!(text.contains("fetch(`${process.env.LODOL_API_URL}/v1/leads`, {\n  method: \"POST\","), "{text}");
        assert!(text.contains("headers: { \"X-API-Key\": `${process.env.LODOL_API_KEY}` },"), "{text}");
    }

    #[test]
    fn variables_are_named_after_the_product() {
        assert_eq!(variable("Lodol"), "LODOL_API_KEY");
        assert_eq!(variable_prefix("Acme & Co"), "ACME___CO_");
        assert_eq!(variable_prefix("9lives"), "");
        assert_eq!(variable_prefix("株式会社"), "");
    }
}
