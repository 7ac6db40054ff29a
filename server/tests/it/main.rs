//! Proofs that concern every area, and journeys across them. One binary, so that it links once.

mod access;
mod accounts;
mod administration;
mod architecture;
mod archive;
mod calls;
mod catalog;
mod delivery;
mod doors;
mod embedding;
mod forge;
mod hostile_tokens;
mod isolation;
mod keys;
mod links;
mod mails;
mod oidc;
mod operations;
mod recipes;
mod resets;
mod sessions;
mod smtp;
mod supabase;
mod telephone;
mod things;
mod unversioned;

use platform::testing::TestServer;

/// The whole product, as the binary serves it.
async fn product() -> TestServer {
    TestServer::with(platform::config::Config::default(), server::routes::duties(), server::routes::api).await
}
