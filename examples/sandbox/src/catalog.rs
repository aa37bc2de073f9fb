//! What can be done with which other product: the same at each start.

use serde::Serialize;

/// Another product, by its name in paths and scopes.
#[derive(Debug)]
pub(crate) struct Integration {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) endpoints: &'static [Endpoint],
}

/// Something that can be done with it.
#[derive(Debug, Serialize)]
pub(crate) struct Endpoint {
    pub(crate) endpoint: &'static str,
    pub(crate) description: &'static str,
    pub(crate) params: &'static [Param],
}

/// What has to be known for it.
#[derive(Debug, Serialize)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) description: &'static str,
}

const fn must(name: &'static str, description: &'static str) -> Param {
    Param { name, required: true, description }
}

const fn may(name: &'static str, description: &'static str) -> Param {
    Param { name, required: false, description }
}

pub(crate) fn find(slug: &str) -> Option<&'static Integration> {
    INTEGRATIONS.iter().find(|integration| integration.slug == slug)
}

impl Integration {
    pub(crate) fn find(&self, endpoint: &str) -> Option<&'static Endpoint> {
        self.endpoints.iter().find(|known| known.endpoint == endpoint)
    }
}

const TEXT: Param = must("text", "What it says");
const QUERY: Param = must("query", "What to look for");
const TITLE: Param = must("title", "The title");
const LIMIT: Param = may("limit", "How many at most; 20 unless said");

const ISSUES: &[Endpoint] = &[
    Endpoint { endpoint: "issues", description: "List open issues", params: &[may("project", "Only this one"), LIMIT] },
    Endpoint {
        endpoint: "create-issue",
        description: "Open an issue",
        params: &[must("project", "Where"), TITLE, may("body", "What is wrong")],
    },
];
const MESSAGES: &[Endpoint] = &[
    Endpoint { endpoint: "channels", description: "List channels", params: &[LIMIT] },
    Endpoint { endpoint: "post", description: "Post a message", params: &[must("channel", "Where"), TEXT] },
];
const RECORDS: &[Endpoint] = &[
    Endpoint { endpoint: "search", description: "Find records", params: &[QUERY, LIMIT] },
    Endpoint {
        endpoint: "create",
        description: "Add a record",
        params: &[must("table", "Where"), must("fields", "What")],
    },
];

const fn integration(slug: &'static str, name: &'static str, endpoints: &'static [Endpoint]) -> Integration {
    Integration { slug, name, endpoints }
}

pub(crate) const INTEGRATIONS: &[Integration] = &[
    integration("airtable", "Airtable", RECORDS),
    integration("discord", "Discord", MESSAGES),
    integration("github", "GitHub", ISSUES),
    integration("gitlab", "GitLab", ISSUES),
    integration(
        "gmail",
        "Gmail",
        &[
            Endpoint { endpoint: "messages", description: "Find mails", params: &[QUERY, LIMIT] },
            Endpoint {
                endpoint: "send",
                description: "Send a mail",
                params: &[must("to", "The address"), must("subject", "The subject"), TEXT],
            },
        ],
    ),
    integration(
        "google-calendar",
        "Google Calendar",
        &[
            Endpoint { endpoint: "events", description: "List events", params: &[may("day", "2026-01-31"), LIMIT] },
            Endpoint {
                endpoint: "create-event",
                description: "Add an event",
                params: &[TITLE, must("start", "2026-01-31T10:00:00Z")],
            },
        ],
    ),
    integration(
        "google-drive",
        "Google Drive",
        &[Endpoint { endpoint: "files", description: "Find files", params: &[QUERY, LIMIT] }],
    ),
    integration("hubspot", "HubSpot", RECORDS),
    integration("jira", "Jira", ISSUES),
    integration("linear", "Linear", ISSUES),
    integration("notion", "Notion", RECORDS),
    integration("slack", "Slack", MESSAGES),
    integration(
        "stripe",
        "Stripe",
        &[Endpoint {
            endpoint: "invoices",
            description: "List invoices",
            params: &[may("customer", "Only theirs"), LIMIT],
        }],
    ),
];
