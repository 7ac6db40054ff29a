//! Messaging through the door that people, patients' phones and providers use.

mod channels;
mod hooks;
mod mailbox;
mod peer;
mod reminders;
mod replies;
mod sending;
mod smtp;
mod templates;
mod writing;
