//! The program `weir` as people and scripts run it: its output, its exit codes, what it leaves behind. Each test has a
//! devnode of its own in this process, whose time stands still.

mod acting;
mod bare;
mod demo_chain;
mod deploy;
mod forged;
mod general;
mod interrupted;
mod leaving;
mod market;
mod mistakes;
mod stage;
mod status;
mod watch;
mod wrong;
