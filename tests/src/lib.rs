//! What the tests share: the house on a temp folder with real git and a real database, and an agent one can steer.

pub mod agents;
pub mod app;
pub mod repository;
