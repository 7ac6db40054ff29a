//! Route tables: each route with its OpenAPI operation, its permission in both.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder, Schema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::app::App;
use crate::error::{Error, FieldError};
use crate::guard::Guarded;

/// A table of routes. Only [`crate::route!`] makes its entries.
#[derive(Default)]
pub struct Routes(OpenApiRouter<App>);

/// One route whose handler states who may call it.
pub struct Route(UtoipaMethodRouter<App>);

/// A route of one handler, which must be annotated with `#[utoipa::path]` and take a guard
/// ([`crate::guard::Can`] or [`crate::guard::Anybody`]) as its first parameter; anything else does not compile.
#[macro_export]
macro_rules! route {
    ($handler:ident) => {
        $crate::routes::Route::new($handler, $crate::__utoipa_axum::routes!($handler))
    };
}

impl Route {
    #[doc(hidden)]
    pub fn new<Parameters, H: Guarded<Parameters>>(
        _: H,
        (schemas, mut paths, router): UtoipaMethodRouter<App>,
    ) -> Self {
        let mut takes_query = false;
        for (path, item) in &mut paths.paths {
            for operation in operations(item) {
                describe(operation, path, H::PERMISSION);
                takes_query |= operation
                    .parameters
                    .iter()
                    .flatten()
                    .any(|p| matches!(p, RefOr::T(p) if p.parameter_in == ParameterIn::Query));
            }
        }
        let router = if takes_query { router } else { router.layer(from_fn(refuse_query)) };
        Self((schemas, paths, router))
    }
}

/// Unknown parameters are errors, on routes that take none as well.
async fn refuse_query(request: Request, next: Next) -> Response {
    match request.uri().query() {
        None | Some("") => next.run(request).await,
        Some(_) => Error::invalid(vec![FieldError::new("?", "unknown_field", "This address takes no parameters.")])
            .into_response(),
    }
}

impl Routes {
    /// No routes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route.
    #[must_use]
    pub fn route(self, route: Route) -> Self {
        Self(self.0.routes(route.0))
    }

    /// Adds all routes of another table.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self(self.0.merge(other.0))
    }

    /// The router, and the document that describes it.
    pub fn split(self) -> (axum::Router<App>, utoipa::openapi::OpenApi) {
        self.0.split_for_parts()
    }
}

/// The operations of a path.
pub fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// Writes the permission and the problems that every operation can answer into its description, and makes its id
/// unique: the noun of its address and the name of its handler, `services.create`; `api.users.list` for the few that
/// are reached without a version; `fhir.Patient.read` for what speaks FHIR, whose errors are that standard's.
fn describe(operation: &mut Operation, path: &str, permission: Option<&'static str>) {
    let (version, rest) = match (path.strip_prefix("/api/v1/"), path.strip_prefix("/fhir/R4/")) {
        (Some(rest), _) => ("", rest),
        (None, Some(rest)) => ("fhir.", rest),
        (None, None) => ("api.", path.trim_start_matches("/api").trim_start_matches('/')),
    };
    let (schema, kind) = match version {
        "fhir." => ("OperationOutcome", "application/fhir+json"),
        _ => ("Problem", "application/problem+json"),
    };
    let noun = rest.split('/').next().unwrap_or_default();
    operation.operation_id = operation.operation_id.take().map(|handler| format!("{version}{noun}.{handler}"));
    let name = permission.unwrap_or("anybody");
    operation.extensions = Some(ExtensionsBuilder::new().add("x-permission", name).build());
    let problem = |text: &str| {
        let schema: RefOr<Schema> = Ref::from_schema_name(schema).into();
        let content = ContentBuilder::new().schema(Some(schema)).build();
        RefOr::T(ResponseBuilder::new().description(text).content(kind, content).build())
    };
    let responses = &mut operation.responses.responses;
    responses.insert("default".to_owned(), problem("Any other problem: see its code."));
    if permission.is_some() {
        responses.insert("401".to_owned(), problem("Not signed in, or no longer."));
        responses.insert("403".to_owned(), problem("The role does not allow it."));
    }
}

/// A JSON answer.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}
