//! Tests of the program `weir` as people and scripts run it: output, exit codes, and the state of chain and record.
//! Each test has its own devnode in this process, with a stopped clock.

mod acting;
mod bare;
mod demo_chain;
mod deploy;
mod expiry;
mod forged;
mod general;
mod interrupted;
mod keepalive;
mod keepalive_watch;
mod leaving;
mod market;
mod mistakes;
mod programs;
mod sandbox;
mod status;
mod verify;
mod watch;
mod wrong;
