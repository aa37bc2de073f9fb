//! For what a token is meant (RFC 8707): the operator's API behind the gate, or something below its address.

use super::{Code, OAuthError, OAuthResult, Parameters};

/// The longest address of a resource.
const LONGEST: usize = 500;
/// The most that one request may name.
const MOST: usize = 5;

/// The resources that a request names, as they stand in tokens; none where it names none.
pub(super) fn asked(parameters: &Parameters, gateway: &str) -> OAuthResult<Vec<String>> {
    let mut all = Vec::new();
    for resource in parameters.all("resource") {
        let resource = parse(resource, gateway)?;
        if !all.contains(&resource) {
            all.push(resource);
        }
    }
    if all.len() > MOST { Err(invalid_target("There are too many resources.")) } else { Ok(all) }
}

/// Of what was granted, the part that a request names: all of it where it names none. It may narrow and never add.
pub(super) fn narrowed(granted: &[String], asked: Vec<String>) -> OAuthResult<Vec<String>> {
    if asked.is_empty() {
        return Ok(granted.to_vec());
    }
    match asked.iter().find(|resource| !granted.contains(resource)) {
        None => Ok(asked),
        Some(_) => Err(invalid_target("This resource was not part of the authorization.")),
    }
}

/// An absolute URI without fragment that is the gateway's or lies below it. Clients write the address of a whole site
/// with a slash at its end or without: both mean it.
fn parse(text: &str, gateway: &str) -> OAuthResult<String> {
    let good = text.len() <= LONGEST && text.bytes().all(|byte| matches!(byte, b'!'..=b'~')) && !text.contains('#');
    let rest = text.strip_prefix(gateway).filter(|_| good);
    match rest {
        Some("" | "/") => Ok(gateway.to_owned()),
        Some(rest) if rest.starts_with(['/', '?']) && !rest.split(['/', '?']).any(|part| part == "..") => {
            Ok(text.to_owned())
        }
        Some(_) | None => Err(invalid_target("The resource is not behind this server.")),
    }
}

fn invalid_target(description: &'static str) -> OAuthError {
    OAuthError::new(Code::InvalidTarget, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GATEWAY: &str = "https://api.example.com";

    fn of(resources: &[&str]) -> Result<Vec<String>, Code> {
        let pairs = resources.iter().map(|text| ("resource".to_owned(), (*text).to_owned())).collect();
        asked(&Parameters::lenient(pairs), GATEWAY).map_err(|error| error.code)
    }

    #[test]
    fn a_resource_is_the_gateway_or_below_it() {
        assert_eq!(of(&[]), Ok(Vec::new()));
        assert_eq!(of(&[GATEWAY, "https://api.example.com/"]), Ok(vec![GATEWAY.to_owned()]), "one slash more or less");
        let mcp = "https://api.example.com/mcp".to_owned();
        assert_eq!(of(&[&mcp]), Ok(vec![mcp]));
        for wrong in [
            "https://api.example.com.evil.example",
            "https://api.example.com/mcp#part",
            "https://api.example.com/../x",
            "http://api.example.com",
            "/mcp",
            "https://evil.example",
            "https://api.example.com@evil.example",
            "https://api.example.com/a b",
        ] {
            assert_eq!(of(&[wrong]), Err(Code::InvalidTarget), "{wrong}");
        }
    }

    #[test]
    fn what_was_granted_can_be_narrowed_and_not_widened() {
        let granted = ["a".to_owned(), "b".to_owned()];
        assert_eq!(narrowed(&granted, Vec::new()).unwrap(), granted);
        assert_eq!(narrowed(&granted, vec!["b".to_owned()]).unwrap(), ["b"]);
        assert!(narrowed(&granted, vec!["b".to_owned(), "c".to_owned()]).is_err());
    }
}
