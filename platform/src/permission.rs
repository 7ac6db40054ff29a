//! Who may do what: one table, from which the extractors, the documents, the interface and the test matrix come.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

/// What a person is in a practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owns the practice; the only one who may delete it.
    Owner,
    /// Runs it day by day: staff, integrations, settings.
    Admin,
    /// Dentist or doctor.
    Provider,
    /// Dental hygienist.
    Hygienist,
    /// Chair-side assistant.
    Assistant,
    /// Front desk.
    Receptionist,
    /// Money, and no clinical notes.
    Accountant,
    /// Anybody else on the team.
    Staff,
}

impl Role {
    /// Every role, in the order of the table's columns.
    pub const ALL: [Self; 8] = [
        Self::Owner,
        Self::Admin,
        Self::Provider,
        Self::Hygienist,
        Self::Assistant,
        Self::Receptionist,
        Self::Accountant,
        Self::Staff,
    ];

    /// Their words, in the same order.
    pub const NAMES: [&'static str; Self::ALL.len()] = {
        let mut names = [""; Self::ALL.len()];
        let mut i = 0;
        while i < names.len() {
            names[i] = Self::ALL[i].name();
            i += 1;
        }
        names
    };

    /// The word for it in the database, in tokens and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Provider => "provider",
            Self::Hygienist => "hygienist",
            Self::Assistant => "assistant",
            Self::Receptionist => "receptionist",
            Self::Accountant => "accountant",
            Self::Staff => "staff",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the table gives this role the permission.
    #[must_use]
    pub fn may(self, permission: &str) -> bool {
        TABLE.iter().any(|row| row.permission == permission && row.roles[self as usize])
    }

    /// Everything this role may do.
    #[must_use]
    pub fn permissions(self) -> Vec<&'static str> {
        TABLE.iter().filter(|row| row.roles[self as usize]).map(|row| row.permission).collect()
    }
}

/// What concerns nobody but oneself: every role has it, and no API key.
pub const OWN: [&str; 4] = ["session.read", "account.read", "account.write", "notices.read"];

/// What of it somebody may before they have set up a second factor that their practice asks for: not what may name
/// patients.
pub const BEFORE_ENROLMENT: [&str; 3] = ["session.read", "account.read", "account.write"];

/// What is for people and not for programs, by how it begins: who may come in, and taking the ledger out.
const FOR_PEOPLE: [&str; 7] =
    ["roles.write", "staff.write", "access.", "api_keys.", "security.write", "integrations.", "audit.export"];

/// What support may look at under an access that was opened for a reason: no exports, nothing that opens doors (keys,
/// security), and nothing that is about a person's own account. A right that is not on this list is not given. As only
/// what is asked by `GET` is answered, support reads the record whose address it was told, and searches for nobody.
pub const UNDER_GRANT: [&str; 9] = [
    "patients.read",
    "practice.read",
    "rooms.read",
    "hours.read",
    "services.read",
    "staff.read",
    "roles.read",
    "jobs.read",
    "support_access.read",
];

/// The permission of that name, if there is one.
#[must_use]
pub fn named(name: &str) -> Option<&'static str> {
    TABLE.iter().map(|row| row.permission).find(|permission| *permission == name)
}

/// Name of a permission, as the API takes and gives it. The document lists them all, so the interface cannot forget one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(pub &'static str);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let name = String::deserialize(reader)?;
        let unknown = || serde::de::Error::custom("unknown variant: expected the name of a permission");
        named(&name).map(Self).ok_or_else(unknown)
    }
}

impl PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        let names = TABLE.iter().map(|row| row.permission);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

impl ToSchema for Name {
    fn name() -> Cow<'static, str> {
        "PermissionName".into()
    }
}

/// Whether an API key can have the permission.
#[must_use]
pub fn is_for_keys(permission: &str) -> bool {
    !OWN.contains(&permission) && !FOR_PEOPLE.iter().any(|kept| permission.starts_with(kept))
}

/// What a caller may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// What the table gives a role.
    Of(Role),
    /// Exactly these: those of a practice's own role, or of an API key.
    Listed(Arc<[&'static str]>),
}

impl Rights {
    /// Exactly these. A name that this version of the product does not know gives nothing.
    pub fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::Listed(names.into_iter().filter_map(|name| named(name.as_ref())).collect())
    }

    /// Whether they include the permission.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        match self {
            Self::Of(role) => role.may(permission),
            Self::Listed(names) => names.contains(&permission),
        }
    }

    /// All of them, in the order of the table.
    #[must_use]
    pub fn permissions(&self) -> Vec<&'static str> {
        TABLE.iter().map(|row| row.permission).filter(|permission| self.may(permission)).collect()
    }

    /// Whether the other's are all among these: nobody gives or takes what they do not have.
    #[must_use]
    pub fn include(&self, other: &Self) -> bool {
        other.permissions().iter().all(|permission| self.may(permission))
    }
}

/// The permission to see things of a kind: `services.read` for a `service`, `staff.read` for what is its own plural,
/// unless they belong to another noun.
#[must_use]
pub fn to_see(kind: &str) -> String {
    let noun = match kind {
        "location" | "provider" | "onboarding" => "practice",
        "absence" | "closing_day" => "hours",
        "hold" | "scheduling_settings" | "online_booking" | "calcom_booking" => "appointments",
        "wish" | "opening" | "offer" | "waitlist_settings" => "waitlist",
        "recall_rule" => "recall",
        "calcom" | "retell" | "webhook_endpoint" | "message_channel" => "integrations",
        "message_template" | "message_rule" | "messaging_settings" | "suppression" => "messages",
        "run" | "rehearsal" | "workflow_settings" => "workflows",
        "tag" | "note" | "policy" | "patient_field" | "import" | "view" | "merge" | "duplicate" => "patients",
        kind => kind,
    };
    ["s", ""].map(|s| format!("{noun}{s}.read")).into_iter().find(|name| named(name).is_some()).unwrap_or_default()
}

/// A permission as a type, so that a handler's signature can state it: `Can<services::Write>`.
pub trait Permission: Send + Sync + 'static {
    /// Its name, `noun.verb`.
    const NAME: &'static str;
}

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// Name of the permission.
    pub permission: &'static str,
    /// Who has it, in the order of [`Role::ALL`].
    pub roles: [bool; 8],
}

macro_rules! permissions {
    ($($noun:ident { $($(#[$doc:meta])* $verb:ident $name:literal $marks:literal;)+ })+) => {
        $(
            #[doc = concat!("Permissions on ", stringify!($noun), ".")]
            pub mod $noun {
                $(
                    $(#[$doc])*
                    #[derive(Debug)]
                    pub struct $verb;
                    impl super::Permission for $verb {
                        const NAME: &'static str = $name;
                    }
                )+
            }
        )+
        /// The whole table.
        pub const TABLE: &[Row] = &[$($(Row { permission: $name, roles: marks($marks) },)+)+];
    };
}

const fn marks(text: &str) -> [bool; 8] {
    let bytes = text.as_bytes();
    assert!(bytes.len() == 8, "one mark per role");
    let mut roles = [false; 8];
    let mut i = 0;
    while i < 8 {
        assert!(bytes[i] == b'x' || bytes[i] == b'.', "x or .");
        roles[i] = bytes[i] == b'x';
        i += 1;
    }
    roles
}

permissions! {
    //                                  owner, admin, provider, hygienist, assistant, receptionist, accountant, staff
    session {
        /// Look at one's own session, practice and rights.
        Read "session.read"             "xxxxxxxx";
    }
    account {
        /// Look at one's own profile, sessions and second factors.
        Read "account.read"             "xxxxxxxx";
        /// Change them.
        Write "account.write"           "xxxxxxxx";
    }
    notices {
        /// Read what oneself is told, and note that one has.
        Read "notices.read"             "xxxxxxxx";
    }
    staff {
        /// See who works here, and as what.
        Read "staff.read"               "xxxxxxxx";
        /// Invite, change, suspend and remove people.
        Write "staff.write"             "xx......";
    }
    roles {
        /// See what each role may do.
        Read "roles.read"               "xx......";
        /// Make roles of the practice's own.
        Write "roles.write"             "xx......";
    }
    access {
        /// Review who may do what and was last seen when.
        Review "access.review"          "xx......";
    }
    api_keys {
        /// See which integrations have keys.
        Read "api_keys.read"            "xx......";
        /// Make and revoke them.
        Write "api_keys.write"          "xx......";
    }
    security {
        /// See what the practice demands of whoever signs in.
        Read "security.read"            "xx......";
        /// Change it.
        Write "security.write"          "xx......";
    }
    integrations {
        /// See with which services outside the practice is connected, and how that goes.
        Read "integrations.read"        "xx......";
        /// Connect them.
        Write "integrations.write"      "xx......";
    }
    practice {
        /// See the practice's profile and locations.
        Read "practice.read"            "xxxxxxxx";
        /// Change them.
        Write "practice.write"          "xx......";
    }
    rooms {
        /// See rooms and chairs.
        Read "rooms.read"               "xxxxxxxx";
        /// Change them.
        Write "rooms.write"             "xx......";
    }
    hours {
        /// See weekly hours, closing days, vacations.
        Read "hours.read"               "xxxxxxxx";
        /// Change one's own weekly hours and vacations.
        WriteOwn "hours.write_own"      "xxxx....";
        /// Change everybody's, and the practice's.
        Write "hours.write"             "xx......";
    }
    audit {
        /// Look at the ledger: who did and saw what.
        Read "audit.read"               "xx......";
        /// Take it out of the product.
        Export "audit.export"           "x.......";
    }
    patients {
        /// See patients. Whoever may is asked for a second factor by most practices.
        Read "patients.read"            "xxxxxx.x";
        /// Enter and change them.
        Write "patients.write"          "xxxxxx..";
        /// Delete and restore them.
        Delete "patients.delete"        "xx......";
        /// Say what is kept about them.
        Configure "patients.configure"  "xx......";
        /// Enter many at once, from a file, and take that back.
        Import "patients.import"        "xx......";
        /// Take them out of the product, as a file.
        Export "patients.export"        "xx......";
    }
    appointments {
        /// See who comes when.
        Read "appointments.read"            "xxxxxx.x";
        /// Book, move, cancel what oneself is the provider of.
        WriteOwn "appointments.write_own"   "xxxxxx..";
        /// The same for everybody.
        Write "appointments.write"          "xx..xx..";
        /// Book over another appointment, or outside of working hours, with a reason.
        Overbook "appointments.overbook"    "xxx..x..";
        /// Say how appointments are given.
        Configure "appointments.configure"  "xx......";
    }
    waitlist {
        /// See who waits, and what is offered to whom.
        Read "waitlist.read"            "xxxxxx.x";
        /// Enter and change what patients wait for.
        Write "waitlist.write"          "xxxxxx..";
    }
    recalls {
        /// See who should come again.
        Read "recalls.read"             "xxxxxx.x";
        /// Note who was reached, and put off or end a recall.
        Write "recalls.write"           "xxxxxx..";
    }
    tasks {
        /// See what is to be done, by whom and until when.
        Read "tasks.read"               "xxxxxxxx";
        /// Enter tasks, give them to somebody, complete and delete them.
        Write "tasks.write"             "xxxxxxxx";
    }
    messages {
        /// Read what was written to patients and what they answered, and see what became of it.
        Read "messages.read"            "xxxxxx..";
        /// Write to patients.
        Send "messages.send"            "xxxxxx..";
        /// Change templates, reminders and when messages go out.
        Configure "messages.configure"  "xx......";
    }
    call_workflows {
        /// See what the practice calls about.
        Read "call_workflows.read"      "xxxxxx..";
        /// Say what it calls about, and what is kept of each case.
        Configure "call_workflows.configure" "xx......";
    }
    cases {
        /// See whom the practice calls about something, and what is known of them.
        Read "cases.read"               "xxxxxx..";
        /// Enter, change and delete them.
        Write "cases.write"             "xxx.xx..";
        /// Enter many at once, from a file.
        Import "cases.import"           "xx...x..";
        /// Take them out of the product, as a file.
        Export "cases.export"           "xx......";
    }
    calls {
        /// See calls, those under way too, and read what was said.
        Read "calls.read"               "xxxxxx..";
        /// Have calls made.
        Start "calls.start"             "xxx.xx..";
        /// Take a call over, or end it.
        Join "calls.join"               "xxx..x..";
        /// Decide what of a call goes into the record.
        Review "calls.review"           "xxx.xx..";
    }
    support_access {
        /// See when the platform's support looked into the practice, and why.
        Read "support_access.read"      "xx......";
        /// End it at once.
        End "support_access.end"        "x.......";
    }
    services {
        /// See what the practice offers and what it costs.
        Read "services.read"            "xxxxxxxx";
        /// Change what the practice offers.
        Write "services.write"          "xx......";
    }
    workflows {
        /// See the practice's automations, and what they did.
        Read "workflows.read"           "xxx..x..";
        /// Write drafts of them.
        Write "workflows.write"         "xx...x..";
        /// Let them loose, and take them back.
        Publish "workflows.publish"     "xx......";
        /// Start them by hand, test, resume and cancel them.
        Run "workflows.run"             "xx...x..";
    }
    jobs {
        /// See how far the practice's long-running work is.
        Read "jobs.read"                "xx...xx.";
        /// Stop it.
        Cancel "jobs.cancel"            "xx......";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as people read it. A change of rights shows in review as a change of this snapshot.
    #[test]
    fn the_table_is_as_reviewed() {
        let mut text = format!("{:<20}", "");
        for role in Role::ALL {
            text += &format!("{:>13}", role.name());
        }
        for row in TABLE {
            text += &format!("\n{:<20}", row.permission);
            for may in row.roles {
                text += &format!("{:>13}", if may { "x" } else { "." });
            }
        }
        insta::assert_snapshot!("roles", text);
    }

    #[test]
    fn rights_are_those_of_the_table_or_exactly_the_listed_ones() {
        let listed = Rights::listed(["services.read", "no.such", "session.read"]);
        assert_eq!(listed.permissions(), ["session.read", "services.read"]);
        assert!(listed.may("services.read") && !listed.may("services.write") && !listed.may("no.such"));
        let (owner, admin) = (Rights::Of(Role::Owner), Rights::Of(Role::Admin));
        assert!(owner.include(&admin) && !admin.include(&owner) && admin.include(&listed) && !listed.include(&admin));
    }

    #[test]
    fn everybody_has_what_concerns_oneself_and_keys_do_not() {
        for permission in OWN {
            assert!(Role::ALL.iter().all(|role| role.may(permission)) && !is_for_keys(permission), "{permission}");
        }
        let kept: Vec<_> = TABLE.iter().map(|row| row.permission).filter(|name| !is_for_keys(name)).collect();
        let expected = [
            "session.read",
            "account.read",
            "account.write",
            "notices.read",
            "staff.write",
            "roles.write",
            "access.review",
            "api_keys.read",
            "api_keys.write",
            "security.write",
            "integrations.read",
            "integrations.write",
            "audit.export",
        ];
        assert_eq!(kept, expected);
    }

    #[test]
    fn support_only_reads_and_nothing_that_opens_doors() {
        for permission in UNDER_GRANT {
            assert!(named(permission).is_some() && permission.ends_with(".read"), "{permission}");
            assert!(
                !OWN.contains(&permission) && !["api_keys.read", "security.read"].contains(&permission),
                "{permission}"
            );
        }
    }

    #[test]
    fn names_lead_back_to_roles() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
            assert_eq!(serde_json::to_value(role).expect("json"), role.name());
        }
        assert!(Role::Owner.may("services.write"));
        assert!(!Role::Accountant.may("services.write"));
        assert!(!Role::Owner.may("no.such"));
    }
}
