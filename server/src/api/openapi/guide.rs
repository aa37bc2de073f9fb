//! What holds for every operation, in words: the description of the document, and the first part of `/api/docs`.

/// Headings, and what stands below them.
pub const GUIDE: &[(&str, &str)] = &[
    (
        "Who may call",
        "Every operation needs a dashboard session, the cookie that signing in sets, or in its place the access token of the \
         command line (`keywright login`), which is good in one workspace. Each names the right that your role must carry. API keys are refused: no key can ever make, change or list keys, whatever its scopes are called. \
         What is not yours answers 404, exactly like what does not exist.",
    ),
    (
        "Workspaces",
        "The workspace is in the path. If you are a member of one only, operations on keys can leave it out: \
         `/api-keys` is the same as `/api/v1/workspaces/{workspace}/api-keys`.",
    ),
    (
        "Lists",
        "A list answers `data` and `meta`. `meta.next_cursor` is where the next page begins: pass it as `cursor`, with \
         the same filters, until it is `null`. Pages stay right while things are added.",
    ),
    (
        "Errors",
        "Every refusal is JSON with `error`, a word that programs can rely on, and `message`, a sentence for people; \
         `fields` names each member that was wrong, `action_url` is where more can be had. Ask for \
         `application/problem+json`, and the same answer carries the members of RFC 9457. Members that an operation does \
         not know are refused, never ignored.",
    ),
    (
        "Doing a thing once",
        "Name a POST with an `Idempotency-Key` of your own, and send it again as often as you must: within 24 hours it is \
         done once and its first answer is given again, with `Idempotency-Replayed: true`. A secret is kept nowhere: where \
         the first answer held one, the next is 409 `idempotency_replayed` with the `id` of what was made. With the same \
         key, another request is 422 `idempotency_key_reused`; while the first is running, or if it was cut off, the next \
         is 409 `idempotency_in_progress`. After a refusal the key is free again.",
    ),
    (
        "Not overwriting others",
        "An answer with one key has an `ETag`: the version of its settings. Send it back as `If-Match` with a change: if \
         somebody was faster, nothing happens and you are told so (412 `precondition_failed`). That a key is used, or that \
         its time is over, makes no new version.",
    ),
];
