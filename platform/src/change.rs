//! A change of some fields of a record, in the words of the whole record: the fields are defined once, for making it and
//! for changing it.

use std::borrow::Cow;
use std::marker::PhantomData;

use axum::extract::{FromRequest, Request};
use garde::Validate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::app::App;
use crate::error::{Error, Result};
use crate::extract;

/// The body of a PATCH: `version`, which the change is based on, and those fields of `T` that are to be different. What
/// is left out stays, `null` empties, lists are replaced as a whole (RFC 7396, one level deep).
///
/// `T` reads without any of its fields (`#[serde(default)]`); what it must not lack, its validation says.
#[derive(Clone)]
pub struct Change<T> {
    /// The version that the change is based on.
    pub version: i32,
    fields: Map<String, Value>,
    of: PhantomData<fn() -> T>,
}

impl<T> std::fmt::Debug for Change<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Change {{ version: {} }}", self.version)
    }
}

impl<T: Serialize + DeserializeOwned + Validate<Context = ()>> Change<T> {
    /// What the record is with the change.
    ///
    /// # Errors
    /// 422 with the field, where it is not valid as a whole.
    pub fn apply(&self, before: &T) -> Result<T> {
        let mut merged = match serde_json::to_value(before).map_err(Error::internal)? {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        merged.extend(self.fields.clone());
        extract::read(Value::Object(merged))
    }
}

/// The body as it comes.
#[derive(Deserialize)]
struct Parts {
    version: Option<i32>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Each field that is there must be one of `T`, of its type, and valid by itself.
impl<T: DeserializeOwned + Validate<Context = ()>> FromRequest<App> for Change<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let Parts { version, fields } = extract::parse(&extract::json(request, app).await?)?;
        let told = |pointer: &str| {
            let name = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
            fields.contains_key(name)
        };
        if let Some(fault) =
            extract::read::<T>(Value::Object(fields.clone())).err().and_then(|fault| fault.only_at(told))
        {
            return Err(fault);
        }
        let version = version.ok_or_else(|| {
            Error::invalid(Vec::new()).at("/version", "required", "Send the version that the change is based on.")
        })?;
        Ok(Self { version, fields, of: PhantomData })
    }
}

/// The library keeps this trait among its internals; types with a parameter are asked for it.
impl<T: ToSchema> ComposeSchema for Change<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let version = ObjectBuilder::new().schema_type(Type::Integer).description(Some("As it was read.")).build();
        let RefOr::T(Schema::Object(mut object)) = T::schema() else { return T::schema() };
        object.properties.insert("version".to_owned(), RefOr::T(Schema::Object(version)));
        object.required = vec!["version".to_owned()];
        object.description = Some("What is to be different; what is left out stays.".to_owned());
        RefOr::T(Schema::Object(object))
    }
}

impl<T: ToSchema> ToSchema for Change<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Change")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}
