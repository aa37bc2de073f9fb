//! What HTML cannot do: each island adds to a page that already works without it.

mod browser;
mod confirm_dialog;
mod copy_button;
mod leave_guard;

pub use confirm_dialog::ConfirmDialog;
pub use copy_button::CopyButton;
pub use leave_guard::LeaveGuard;
