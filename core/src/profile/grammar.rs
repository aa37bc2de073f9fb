//! How the names, paths and addresses of a profile may be written.

/// The paths that Keywright answers itself, with everything below them. A route of the profile there
/// would never be reached, or would take a page's place.
pub const OWN_PATHS: &[&str] = &[
    "/login",
    "/setup",
    "/logout",
    "/theme",
    "/account",
    "/w",
    "/invite",
    "/device",
    "/api-keys",
    "/api/v1/workspaces",
    "/api/openapi.json",
    "/api/docs",
    "/gate",
    "/oauth",
    "/v1/oauth",
    "/auth/device",
    "/.well-known",
    "/operator",
    "/health",
    "/metrics",
    "/assets",
    "/favicon.ico",
];

type Checked = Result<(), &'static str>;

fn check(good: bool, fault: &'static str) -> Checked {
    if good { Ok(()) } else { Err(fault) }
}

/// `sk_live_`. A double click must take the whole key, and a shell must need no quotes.
pub(super) fn prefix(text: &str) -> Checked {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let shaped = text.starts_with(|c: char| c.is_ascii_lowercase()) && text.ends_with('_') && text.bytes().all(word);
    check(
        shaped && (2..=24).contains(&text.len()),
        "must be 2 to 24 lower-case letters, digits and underscores, begin with a letter and end in an underscore",
    )?;
    check(!text.starts_with("kw_"), "must not begin with `kw_`, which Keywright keeps for its own credentials")
}

/// The name of a role or of a plan: `owner`.
pub(super) fn plain_name(text: &str) -> Checked {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
    let shaped = text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(word);
    check(
        shaped && text.len() <= 32,
        "must be 1 to 32 lower-case letters, digits, underscores and hyphens, and begin with a letter",
    )
}

/// The name of a scope: words with colons between them, `workflows:read`, `read:bookings`, `github`.
pub(super) fn scope_name(text: &str) -> Checked {
    let word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.'))
    };
    check(
        text.len() <= 64 && text.split(':').all(word),
        "must be 1 to 64 lower-case letters, digits, `_`, `-` and `.`, in words with `:` between them",
    )?;
    check(!matches!(text, "all" | "none"), "must not be `all` or `none`, which have a meaning of their own")?;
    check(
        text.split(':').next() != Some("keywright"),
        "must not begin with `keywright:`, the namespace of rights that no key can carry",
    )
}

/// Where people are sent: it becomes a link, so that nothing but a web address may stand there.
pub(super) fn web_address(text: &str) -> Checked {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let shaped = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    check(
        shaped && text.len() <= 500 && text.bytes().all(|b| b.is_ascii_graphic()),
        "must be a web address of at most 500 characters that begins with https://",
    )
}

/// `https://app.example.com`, as a browser writes it: in lower case, without a path, without the scheme's own port.
pub(super) fn origin(text: &str) -> Checked {
    let https = text.strip_prefix("https://").filter(|host| !host.ends_with(":443"));
    let host = https.or_else(|| text.strip_prefix("http://").filter(|host| !host.ends_with(":80")));
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b':' | b'[' | b']');
    check(
        host.is_some_and(|host| !host.is_empty() && host.bytes().all(letter)) && text.len() <= 255,
        "must be an origin as browsers write it, in lower case and without a path, such as https://app.example.com",
    )
}

/// The name of a header: a token (RFC 9110 §5.1).
pub(super) fn header(text: &str) -> Checked {
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    check(
        (1..=64).contains(&text.len()) && text.bytes().all(letter),
        "must be the name of a header, in letters, digits, `-` and `_`",
    )
}

/// RFC 9110 §9.1 has methods be case-sensitive tokens; all that are in use are capitals and hyphens.
pub(super) fn method(text: &str) -> Checked {
    let shaped = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'-')
        && text.len() <= 24;
    check(shaped, "must be an HTTP method in capitals, such as GET")
}

/// `/api/v1/workflows/{id}`. There is one way to write a path: what could be read in two ways (`//`,
/// `..`, `%2e`, a slash at the end) could pass the gate as one path and reach the upstream as another.
pub(super) fn path(text: &str) -> Checked {
    let rest = text.strip_prefix('/').ok_or("must begin with `/`")?;
    check(!rest.is_empty(), "cannot be `/` alone, which is Keywright's own page")?;
    check(!rest.ends_with('/'), "must not end with `/`")?;
    check(!rest.starts_with('{'), "must begin with a fixed segment, or it would stand before Keywright's own pages")?;
    let segments: Vec<&str> = rest.split('/').collect();
    segments.iter().try_for_each(|segment| path_segment(segment))?;
    let mut names: Vec<_> = segments.iter().filter(|segment| segment.starts_with('{')).collect();
    names.sort_unstable();
    check(names.windows(2).all(|pair| pair[0] != pair[1]), "uses the same `{name}` twice")?;
    let own = OWN_PATHS.iter().any(|own| text.strip_prefix(own).is_some_and(|r| r.is_empty() || r.starts_with('/')));
    check(!own, "is one that Keywright answers itself; choose another")
}

fn path_segment(segment: &str) -> Checked {
    let literal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    if let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return check(
            name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
            "must name its variable segments with lower-case letters, digits and underscores, such as `{id}`",
        );
    }
    check(!segment.is_empty() && !matches!(segment, "." | ".."), "must not have empty segments, `.` or `..`")?;
    check(
        segment.bytes().all(literal),
        "can have letters, digits, `-`, `.`, `_` and `~` between slashes, or a whole segment such as `{id}`",
    )
}

/// The path with its variable segments unnamed: two paths that match the same requests become equal.
pub(super) fn pattern(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}
