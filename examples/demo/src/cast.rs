//! Who and what there is: of every product the same people and the same fates, under names of its own.

use keywright_core::profile::{Profile, Right, Role};

/// The owner; everybody has the same password.
pub(crate) const OWNER: Person = Person { name: "Ada Lovelace", email: "ada@northwind.example" };
/// Everybody's.
pub(crate) const PASSWORD: &str = "violet umbrella tractor";
/// Invited, and not there yet.
pub(crate) const INVITED: &str = "katherine@northwind.example";
/// Who joins, one in each further role.
const COLLEAGUES: [Person; 5] = [
    Person { name: "Grace Hopper", email: "grace@northwind.example" },
    Person { name: "Alan Turing", email: "alan@northwind.example" },
    Person { name: "Mary Jackson", email: "mary@northwind.example" },
    Person { name: "Donald Knuth", email: "donald@northwind.example" },
    Person { name: "Edith Clarke", email: "edith@northwind.example" },
];
/// The owner's other workspaces, one on each further plan.
const OTHERS: [&str; 5] = ["Tailspin", "Woodgrove", "Proseware", "Wingtip", "Trey Research"];

/// Somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
}

/// Somebody in a role.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) person: Person,
    pub(crate) role: Role,
}

/// Everything that has a name in the story.
#[derive(Debug)]
pub(crate) struct Cast {
    /// What people call the first workspace.
    pub(crate) workspace: &'static str,
    /// The plan on which it begins, and the larger one that it soon needs.
    pub(crate) plans: [String; 2],
    /// The owner's other workspaces: name and plan.
    pub(crate) others: Vec<(&'static str, String)>,
    /// Those who join, by rank.
    pub(crate) members: Vec<Member>,
    /// What the keys are called.
    pub(crate) labels: Labels,
}

/// A key by what becomes of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Labels {
    /// Works all day, with every scope.
    pub(crate) main: &'static str,
    /// Works at night, and on Mondays faster than its plan allows.
    pub(crate) nightly: &'static str,
    /// Works day and night, and now and then reaches beyond its one scope.
    pub(crate) narrow: &'static str,
    /// Ends in a few days.
    pub(crate) ending: &'static str,
    /// Has two secrets now, of which both are in use.
    pub(crate) rotated: &'static str,
    /// Was revoked, and somebody still tries.
    pub(crate) revoked: &'static str,
    /// Has ended by itself.
    pub(crate) ended: &'static str,
    /// Was switched off.
    pub(crate) disabled: &'static str,
    /// Was never used.
    pub(crate) unused: &'static str,
}

impl Cast {
    /// The cast for a product; none if no plan of it has keys.
    pub(crate) fn of(profile: &Profile) -> Option<Self> {
        let roomy = |keys: u32| profile.plans.iter().find(move |plan| plan.api && plan.keys >= keys);
        let first = roomy(1)?;
        let larger = roomy(Labels::MOST_AT_ONCE).unwrap_or(first);
        let others = profile.plans.iter().filter(|plan| plan.name != larger.name).map(|plan| plan.name.clone());
        let members = profile.roles.iter().skip(1).zip(COLLEAGUES);
        Some(Self {
            workspace: "Northwind",
            plans: [first.name.clone(), larger.name.clone()],
            others: OTHERS.into_iter().zip(others).collect(),
            members: members.map(|(role, person)| Member { person, role: role.clone() }).collect(),
            labels: Labels::of(&profile.name),
        })
    }

    /// Who makes keys besides the owner, if anybody else may.
    pub(crate) fn manager(&self) -> Option<&Member> {
        self.members.iter().find(|member| member.role.may(Right::KeysManage))
    }
}

impl Labels {
    /// So many keys are live at once.
    const MOST_AT_ONCE: u32 = 8;

    const USUAL: Self = Self {
        main: "Production server",
        nightly: "Nightly reports",
        narrow: "Grafana",
        ending: "CI",
        rotated: "Billing service",
        revoked: "Old laptop",
        ended: "March hackathon",
        disabled: "Staging app",
        unused: "Zapier",
    };

    fn of(profile: &str) -> Self {
        match profile {
            "skode" => Self {
                main: "Website contact form",
                nightly: "Pipeline report",
                narrow: "Sales wallboard",
                ending: "Newsletter sync",
                rotated: "CRM sync",
                ended: "Trade fair tablet",
                ..Self::USUAL
            },
            "skillett" => Self {
                main: "Support agent",
                nightly: "Release notes agent",
                narrow: "Triage bot",
                ending: "Standup bot",
                rotated: "Sales assistant",
                ended: "Hackathon agent",
                disabled: "Staging agent",
                ..Self::USUAL
            },
            "skaala" => Self {
                main: "Booking widget",
                nightly: "Calendar export",
                narrow: "Waiting room display",
                ending: "Reminder texts",
                rotated: "Front desk",
                revoked: "Old reception PC",
                ended: "Pop-up salon",
                ..Self::USUAL
            },
            "skedcast" => Self {
                main: "Agency website",
                nightly: "Tour calendar export",
                narrow: "Stage door display",
                ending: "Payroll export",
                rotated: "Casting portal",
                revoked: "Old office Mac",
                ended: "Festival kiosk",
                ..Self::USUAL
            },
            _ => Self::USUAL,
        }
    }
}
