//! What the workspace pays for.

use super::Look;
use crate::{problem::Problem, state::Shared, visitor::Member};
use axum::{extract::State, http::StatusCode, response::Response};
use keywright_app::pages::plan::{PlanPage, PlanPageProps, PlanRow};
use keywright_core::{
    profile::{Limit, Plan, Profile},
    words,
};

/// `GET /w/{slug}/plan`.
pub async fn show(State(app): State<Shared>, look: Look, Member(actor): Member) -> Result<Response, Problem> {
    let quota = app.services.keys.quota(&actor).await?;
    let profile = &app.services.profile;
    let props = PlanPageProps {
        slug: actor.workspace.slug.clone(),
        words: profile.words.clone(),
        product: profile.product.clone(),
        plans: profile.plans.iter().map(|plan| row(profile, plan, &actor.workspace.plan)).collect(),
        quota,
        billing_url: profile.billing_url.clone(),
    };
    Ok(look.of_member(&actor).page(StatusCode::OK, "Plan", move || PlanPage(props)))
}

/// Every limit in words; last how many executions run at once, and how many requests.
fn limits(plan: &Plan) -> Vec<String> {
    let concurrent = plan.concurrent.map(|most| format!("{} running at once", words::number(most.into())));
    let requests = plan.concurrent_requests.map(|most| format!("{} at once", words::plural(most.into(), "request")));
    plan.limits.iter().map(Limit::words).chain(concurrent).chain(requests).collect()
}

fn row(profile: &Profile, plan: &Plan, current: &str) -> PlanRow {
    let leaves_out = !plan.scopes.covers(profile.all_scopes());
    PlanRow {
        title: plan.title.clone(),
        keys: plan.keys,
        api: plan.api,
        limits: limits(plan),
        scopes: leaves_out.then(|| profile.scope_names(plan.scopes)),
        current: plan.name == current,
    }
}
