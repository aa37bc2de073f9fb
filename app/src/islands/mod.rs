//! What HTML cannot do: each island adds to a page that already works without it.

mod browser;
mod confirm_dialog;
mod copy_button;
mod find_key;
mod first_call_radar;
mod leave_guard;
mod live_meters;
mod scope_tools;
mod select_all;
mod watching;

pub use confirm_dialog::ConfirmDialog;
pub use copy_button::CopyButton;
pub use find_key::FindKey;
pub use first_call_radar::FirstCallRadar;
pub use leave_guard::LeaveGuard;
pub use live_meters::LiveMeters;
pub use scope_tools::ScopeTools;
pub use select_all::SelectAll;
