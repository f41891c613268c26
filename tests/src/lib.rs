//! What the tests share: the house on a temp folder with real git and a real database, with agents one can steer,
//! with the real practice agent or with installed agents and a scripted model, and with a disk one can fill; and the
//! house without a window as a process that one can kill.

pub mod agents;
pub mod app;
pub mod disk;
pub mod headless;
pub mod installed_agents;
pub mod memory;
pub mod model_server;
pub mod real_agents;
pub mod repository;
pub mod telling;
