//! Vantage: runs a medical or dental practice. This crate puts the areas together.

mod admin;
mod archive;
mod assets;
mod audit;
mod blocks;
mod cli;
mod connections;
mod demo;
mod flows;
mod import;
mod keys;
mod mails;
pub mod routes;
mod serve;
mod simulate;
mod storage;

use std::process::ExitCode;

use clap::Parser as _;

/// The system's allocator keeps what password hashing took (19 MiB each) in every thread's arena: some 600 MB after a
/// busy morning of sign-ins. This one gives it back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error),
    };
    match runtime.block_on(cli::Cli::parse().run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error),
    }
}

#[expect(clippy::print_stderr, reason = "the last word of a command goes to the person at the terminal")]
fn complain(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("vantage: {error}");
    ExitCode::FAILURE
}
