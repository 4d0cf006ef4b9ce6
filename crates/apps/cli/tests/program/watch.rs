//! `weir status --watch`: it waits for a node that stops answering, and ends on Ctrl-C.
//! An unknown name ends it at once.

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

use crate::sandbox::{CONFIG, Sandbox, program, run};

pub const TIMEOUT: Duration = Duration::from_secs(60);

/// A process that is killed when the test ends.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The lines of a stream, as they arrive.
pub fn lines(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
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
async fn watch_waits_for_a_node_that_stops_and_comes_back() {
    let sandbox = Sandbox::new().await;
    let file = sandbox.folder.path().join("chain");
    let builder = || Devnode::builder().state_file(&file);
    let node = builder().spawn().await.unwrap();
    let port = node.address().port();
    let key = node.accounts()[0].key().to_string();
    sandbox.write("config.toml", CONFIG);
    let mut deploy = program(&["deploy", "config.toml", "--yes", "--json", "--rpc-url", &node.rpc_url()]);
    deploy.current_dir(sandbox.folder.path()).env("WEIR_PRIVATE_KEY", key);
    run(deploy).await.document();

    let mut watch = program(&["status", "savings", "--watch=1", "--json", "--rpc-url", &node.rpc_url()]);
    watch.current_dir(sandbox.folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(watch.spawn().unwrap());
    let documents = lines(running.0.stdout.take().unwrap());
    let errors = lines(running.0.stderr.take().unwrap());
    let next = || -> Value { serde_json::from_str(&documents.recv_timeout(TIMEOUT).unwrap()).unwrap() };
    assert_eq!(next()["contracts"][0]["symbol"], "sUSD");

    node.shut_down().await.unwrap();
    let error = errors.recv_timeout(TIMEOUT).unwrap();
    assert!(error.contains("trying again every 1 s"), "{error}");

    while documents.try_recv().is_ok() {}
    let node = builder().port(port).spawn().await.unwrap();
    let document = next();
    assert_eq!(document["contracts"][0]["symbol"], "sUSD");
    node.stop().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_watch_with_exit_code_0_even_without_a_node() {
    let mut watch = program(&["status", "savings", "--watch=1", "--rpc-url", "http://127.0.0.1:9"]);
    watch.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(watch.spawn().unwrap());
    let errors = lines(running.0.stderr.take().unwrap());
    assert!(errors.recv_timeout(TIMEOUT).unwrap().contains("no node answers"));
    let id = running.0.id().to_string();
    std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert_eq!(running.0.wait().unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_ends_watch() {
    let chain = Chain::devnode(Devnode::builder()).await.unwrap();
    let url = chain.node().unwrap().rpc_url();
    let ran = run(program(&["status", "nobody", "--watch=1", "--rpc-url", &url])).await;
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}
