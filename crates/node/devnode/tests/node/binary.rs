//! The program `weir-devnode`: options, banner, signals.
//! Also starting and stopping a node in process.

use crate::net::{post_json, start};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};
use weir_devnode::{Devnode, StartError};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weir-devnode"));
    // Keeps the user's own cache folder unchanged.
    command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Stops the program when a test ends, also if it panics.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn program_prints_its_url_and_answers_there() {
    let mut running =
        Running(program().args(["--port", "0", "--chain-id", "99", "--accounts", "2"]).spawn().unwrap());
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url = lines.find_map(|line| line.strip_prefix("RPC").map(|url| url.trim().to_owned())).unwrap();
    let banner: Vec<_> = lines.by_ref().take_while(|line| !line.starts_with("Mnemonic")).collect();
    let banner = banner.join("\n");
    assert!(banner.contains("99"));
    assert!(banner.contains("0x3f1Eae7D46d88F08fc2F8ed27FCb2AB183EB2d0E"));
    assert!(banner.contains("0xb6b15c8cb491557369f3c7d2c287b053eb229daa9c22138887752191c9520659"));
    assert_eq!(banner.matches("  0x").count(), 2 * 3, "three accounts, each with address and key");
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();
    let answer = post_json(address, r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#).await;
    assert_eq!(answer["result"], "0x63");
    let params = r#"[{"to":"0x3f1Eae7D46d88F08fc2F8ed27FCb2AB183EB2d0E"}]"#;
    let send = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"eth_sendTransaction","params":{params}}}"#);
    let hash = post_json(address, &send).await["result"].as_str().unwrap().to_owned();
    let line = lines.find(|line| line.contains("transaction")).unwrap();
    for part in [&hash, "gas=21000", "status=\"ok\"", "block=1"] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}

#[tokio::test]
async fn port_in_use_is_an_error_in_one_line_with_exit_code_1() {
    let net = start().await;
    let port = net.node.address().port();
    let output = program().args(["--port", &port.to_string()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains(&format!("port {port} on 127.0.0.1 is in use")), "{error}");
    let again = Devnode::builder().port(port).spawn().await;
    assert!(matches!(again, Err(StartError::PortInUse { .. })));
}

#[tokio::test]
async fn stopped_node_frees_its_port() {
    let node = Devnode::builder().spawn().await.unwrap();
    let port = node.address().port();
    node.stop().await;
    let node = Devnode::builder().port(port).spawn().await.unwrap();
    assert_eq!(node.rpc_url(), format!("http://127.0.0.1:{port}"));
}

#[tokio::test]
async fn dropped_node_stops() {
    let node = Devnode::builder().spawn().await.unwrap();
    let address = node.address();
    drop(node);
    for _ in 0..200 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the node still listens after two seconds");
}

#[test]
fn forking_is_rejected_with_the_reason() {
    let output = program().args(["--fork-url", "http://localhost:8545"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("forking is not supported") && error.contains("anvil_setCode"), "{error}");
}

/// Starts the program; returns it with its address.
fn run(options: &[&str]) -> (Running, std::net::SocketAddr) {
    let mut running = Running(program().args(["--port", "0"]).args(options).spawn().unwrap());
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut urls = lines.filter_map(|line| Some(line.strip_prefix("RPC")?.trim().to_owned()));
    let url = urls.next().unwrap();
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();
    (running, address)
}

#[cfg(unix)]
#[tokio::test]
async fn chain_is_saved_on_sigterm_and_while_running() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chain");
    let options = ["--state", file.to_str().unwrap(), "--state-interval", "1"];
    let mine = r#"{"jsonrpc":"2.0","id":1,"method":"anvil_mine","params":[5]}"#;
    let head = r#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}"#;

    let (mut running, address) = run(&options);
    post_json(address, mine).await;
    Command::new("kill").arg(running.0.id().to_string()).status().unwrap();
    assert_eq!(running.0.wait().unwrap().code(), Some(0), "SIGTERM stops the program in order");

    let (mut running, address) = run(&options);
    assert_eq!(post_json(address, head).await["result"], "0x5");
    post_json(address, mine).await;
    std::thread::sleep(std::time::Duration::from_millis(2500));
    running.0.kill().unwrap();
    running.0.wait().unwrap();

    let (running, address) = run(&options);
    assert_eq!(post_json(address, head).await["result"], "0xa", "the chain was saved while the program ran");
    drop(running);

    std::fs::write(&file, "not a chain").unwrap();
    let output = program().args(options).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.lines().count() == 1 && error.contains("was not changed"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "not a chain");
}

#[test]
fn invalid_options_are_rejected() {
    for options in
        [&["--port", "70000"][..], &["--accounts", "1001"], &["--host", "somewhere"], &["--quiet", "-v"]]
    {
        let output = program().args(options).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{options:?}");
    }
}

#[test]
fn unusable_cache_folder_is_an_error_in_one_line() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let output = program().args(["--port", "0", "--cache-dir"]).arg(file.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains(&file.path().display().to_string()), "{error}");
}
