//! Typed ids: a `ServiceId` cannot be handed to something that wants a `UserId`.

/// Declares an id type over UUIDv7 (RFC 9562 §5.7: sorts by time of creation), with everything that an id needs on
/// its way through JSON, OpenAPI, paths and SQL.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
                 serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        #[schema(value_type = uuid::Uuid)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new id.
            #[expect(clippy::new_without_default, reason = "every call gives another id")]
            #[must_use]
            pub fn new() -> Self {
                Self(uuid::Uuid::now_v7())
            }
            /// The bare value, for SQL.
            #[must_use]
            pub fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A practice: the tenant.
    PracticeId
);
id!(
    /// A person who signs in.
    UserId
);
id!(
    /// One sign-in on one device.
    SessionId
);
id!(
    /// A role of a practice's own.
    RoleId
);
id!(
    /// A key with which a program comes in.
    ApiKeyId
);
id!(
    /// An administrator of the platform; has nothing to do with [`UserId`].
    AdministratorId
);
id!(
    /// A patient's record in a practice.
    PatientId
);
id!(
    /// A patient's link.
    PatientLinkId
);
id!(
    /// A calendar that a program reads.
    CalendarFeedId
);
