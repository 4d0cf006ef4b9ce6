//! `weir status --watch`: it goes on while the node goes away and comes back.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::Value;
use weir_devnode::Devnode;
use weir_harness::Chain;

use crate::stage::{CONFIG, Stage, program, run};

const PATIENCE: Duration = Duration::from_secs(60);

/// Killed however a test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn lines(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_goes_away_and_comes_back_is_waited_for() {
    let stage = Stage::new().await;
    let file = stage.folder.path().join("chain");
    let builder = || Devnode::builder().state_file(&file);
    let node = builder().spawn().await.unwrap();
    let port = node.address().port();
    let key = node.accounts()[0].key().to_string();
    stage.write("config.toml", CONFIG);
    let mut deploy = program(&["deploy", "config.toml", "--yes", "--json", "--rpc-url", &node.rpc_url()]);
    deploy.current_dir(stage.folder.path()).env("WEIR_PRIVATE_KEY", key);
    run(deploy).await.document();

    let mut watch = program(&["status", "savings", "--watch=1", "--json", "--rpc-url", &node.rpc_url()]);
    watch.current_dir(stage.folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(watch.spawn().unwrap());
    let documents = lines(running.0.stdout.take().unwrap());
    let complaints = lines(running.0.stderr.take().unwrap());
    let next = || -> Value { serde_json::from_str(&documents.recv_timeout(PATIENCE).unwrap()).unwrap() };
    assert_eq!(next()["contracts"][0]["symbol"], "sUSD");

    node.shut_down().await.unwrap();
    let complaint = complaints.recv_timeout(PATIENCE).unwrap();
    assert!(complaint.contains("trying again every 1 s"), "{complaint}");

    while documents.try_recv().is_ok() {}
    let node = builder().port(port).spawn().await.unwrap();
    let document = next();
    assert_eq!(document["contracts"][0]["symbol"], "sUSD");
    node.stop().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_it_in_order_even_before_there_is_a_node() {
    let mut watch = program(&["status", "savings", "--watch=1", "--rpc-url", "http://127.0.0.1:9"]);
    watch.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(watch.spawn().unwrap());
    let complaints = lines(running.0.stderr.take().unwrap());
    assert!(complaints.recv_timeout(PATIENCE).unwrap().contains("no node answers"));
    let id = running.0.id().to_string();
    std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert_eq!(running.0.wait().unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_does_not_exist_ends_it() {
    let chain = Chain::devnode(Devnode::builder()).await.unwrap();
    let url = chain.node().unwrap().rpc_url();
    let ran = run(program(&["status", "nobody", "--watch=1", "--rpc-url", &url])).await;
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}
