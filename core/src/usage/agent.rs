//! With what kind of program a request was sent. Of what programs call themselves only this much is kept: the rest can
//! tell one person from another.

/// A family of programs that send requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// curl
    Curl,
    /// Wget
    Wget,
    /// `HTTPie`
    Httpie,
    /// Postman
    Postman,
    /// Insomnia
    Insomnia,
    /// Requests, HTTPX, urllib and aiohttp.
    Python,
    /// Node's own, and axios.
    Node,
    /// Go's own, and Resty.
    Go,
    /// Java's own, `OkHttp` and Apache's.
    Java,
    /// `RestSharp`. The platform's own does not say who it is.
    DotNet,
    /// Ruby's own, and Faraday.
    Ruby,
    /// Guzzle, Symfony and PHP's own.
    Php,
    /// reqwest, ureq and hyper.
    Rust,
    /// A browser, or what poses as one.
    Browser,
    /// Anything else.
    Other,
}

impl Agent {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Curl,
        Self::Wget,
        Self::Httpie,
        Self::Postman,
        Self::Insomnia,
        Self::Python,
        Self::Node,
        Self::Go,
        Self::Java,
        Self::DotNet,
        Self::Ruby,
        Self::Php,
        Self::Rust,
        Self::Browser,
        Self::Other,
    ];

    /// The family of what sent this `User-Agent`. A look at one letter and a few comparisons: every request comes here.
    #[must_use]
    pub fn of(user_agent: &str) -> Self {
        let first = user_agent.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
        let begins = |name: &str| user_agent.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
        beginning_with(first).iter().find(|(name, _)| begins(name)).map_or(Self::Other, |(_, family)| *family)
    }

    /// The word that is stored and shown to programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Wget => "wget",
            Self::Httpie => "httpie",
            Self::Postman => "postman",
            Self::Insomnia => "insomnia",
            Self::Python => "python",
            Self::Node => "node",
            Self::Go => "go",
            Self::Java => "java",
            Self::DotNet => "dotnet",
            Self::Ruby => "ruby",
            Self::Php => "php",
            Self::Rust => "rust",
            Self::Browser => "browser",
            Self::Other => "other",
        }
    }

    /// The family with this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|agent| agent.code() == code)
    }

    /// What people call it; it reads after "with".
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Wget => "Wget",
            Self::Httpie => "HTTPie",
            Self::Postman => "Postman",
            Self::Insomnia => "Insomnia",
            Self::Python => "Python",
            Self::Node => "Node.js",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::DotNet => ".NET",
            Self::Ruby => "Ruby",
            Self::Php => "PHP",
            Self::Rust => "Rust",
            Self::Browser => "a browser",
            Self::Other => "another program",
        }
    }
}

/// How the names of programs begin that begin with this letter.
const fn beginning_with(letter: u8) -> &'static [(&'static str, Agent)] {
    match letter {
        b'a' => &[("axios/", Agent::Node), ("aiohttp/", Agent::Python), ("apache-httpclient/", Agent::Java)],
        b'c' => &[("curl/", Agent::Curl)],
        b'f' => &[("faraday", Agent::Ruby)],
        b'g' => &[("go-http-client/", Agent::Go), ("go-resty/", Agent::Go), ("guzzlehttp/", Agent::Php)],
        b'h' => &[("httpie/", Agent::Httpie), ("hyper/", Agent::Rust)],
        b'i' => &[("insomnia/", Agent::Insomnia)],
        b'j' => &[("java/", Agent::Java), ("java-http-client/", Agent::Java)],
        b'm' => &[("mozilla/", Agent::Browser)],
        b'n' => &[("node", Agent::Node)],
        b'o' => &[("okhttp/", Agent::Java)],
        b'p' => &[("python", Agent::Python), ("postmanruntime/", Agent::Postman), ("php", Agent::Php)],
        b'r' => &[
            ("ruby", Agent::Ruby),
            ("reqwest/", Agent::Rust),
            ("restsharp/", Agent::DotNet),
            ("rest-client/", Agent::Ruby),
        ],
        b's' => &[("symfony", Agent::Php)],
        b'u' => &[("undici", Agent::Node), ("ureq/", Agent::Rust)],
        b'w' => &[("wget/", Agent::Wget)],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_what_they_call_themselves() {
        for (user_agent, family) in [
            ("curl/8.14.1", Agent::Curl),
            ("python-requests/2.32.3", Agent::Python),
            ("Python/3.12 aiohttp/3.9.5", Agent::Python),
            ("Python-urllib/3.12", Agent::Python),
            ("node", Agent::Node),
            ("undici", Agent::Node),
            ("axios/1.7.2", Agent::Node),
            ("Go-http-client/1.1", Agent::Go),
            ("PostmanRuntime/7.39.0", Agent::Postman),
            ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", Agent::Browser),
            ("okhttp/4.12.0", Agent::Java),
            ("CURL/8", Agent::Curl),
            ("", Agent::Other),
            ("curl", Agent::Other),
            ("€uro/1.0", Agent::Other),
            ("acme-sync/1.0 (ada@example.com)", Agent::Other),
        ] {
            assert_eq!(Agent::of(user_agent), family, "{user_agent}");
        }
    }

    #[test]
    fn a_family_is_read_back_by_its_word() {
        for agent in Agent::ALL {
            assert_eq!(Agent::from_code(agent.code()), Some(agent));
        }
        assert_eq!(Agent::from_code("curl/8.14.1"), None);
    }
}
