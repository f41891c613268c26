//! What the tests share: the house on a temp folder with real git and a real database, with agents one can steer or
//! with the real practice agent, and with a disk one can fill.

pub mod agents;
pub mod app;
pub mod disk;
pub mod real_agents;
pub mod repository;
