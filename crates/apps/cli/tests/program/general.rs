//! Help, completions and JSON of all commands, and the commands of other crates.
//! Each of those crates has its own tests of the details.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

use serde_json::Value;
use weir_client::{Node, Patience};

use crate::sandbox::{program, run};

#[tokio::test]
async fn help_has_examples_exit_codes_and_variables() {
    let help = run(program(&["--help"])).await;
    assert_eq!(help.code, 0);
    for part in [
        "Examples:",
        "WEIR_RPC_URL",
        "WEIR_PRIVATE_KEY",
        "WEIR_KEYSTORE_PASSWORD",
        "  3  the node does not answer",
    ] {
        assert!(help.stdout.contains(part), "{part} is not in\n{}", help.stdout);
    }
    for command in ["devnode", "deploy", "status", "bot", "simulate", "demo", "completions"] {
        let help = run(program(&[command, "--help"])).await;
        assert!(help.code == 0 && help.stdout.contains("Examples:"), "{command}: {}", help.stdout);
        assert!(help.stdout.contains("--json"), "{command}: {}", help.stdout);
    }
}

#[tokio::test]
async fn completions_are_valid_scripts() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(program(&["completions", shell])).await;
        assert!(script.code == 0 && script.stdout.contains("deploy"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weir");
    std::fs::write(&path, run(program(&["completions", "bash"])).await.stdout).unwrap();
    let mut bash = Command::new("bash");
    bash.arg("-c").arg(". \"$0\" && complete -p weir").arg(&path);
    let loaded = run(bash).await;
    assert!(loaded.code == 0 && loaded.stdout.contains("weir"), "{}", loaded.stderr);
    let document = run(program(&["completions", "fish", "--json"])).await.document();
    assert_eq!(document["shell"], "fish");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_devnode_prints_its_url_as_json_and_stops_on_a_signal() {
    let mut command = program(&["devnode", "--port", "0", "--no-cache", "--json", "--chain-id", "77"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.ends_with("}\n") || serde_json::from_str::<Value>(&text).is_err() {
        assert_ne!(stdout.read_line(&mut text).unwrap(), 0, "{text}");
    }
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["chain_id"], 77);
    let endpoint = document["rpc_url"].as_str().unwrap().parse().unwrap();
    assert_eq!(Node::connect(&endpoint, Patience::default()).await.unwrap().chain_id, 77);
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!((child.wait().unwrap().code(), rest.as_str()), (Some(0), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_an_error_with_exit_code_1() {
    let node = weir_devnode::Devnode::builder().spawn().await.unwrap();
    let port = node.address().port().to_string();
    let sentence = run(program(&["devnode", "--port", &port, "--json"])).await.sentence(1);
    assert!(sentence.contains(&format!("port {port} on 127.0.0.1 is in use")), "{sentence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_prints_its_figures_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let ran = run(program(&["demo", "--only", "replay", "--json", "--out", out])).await;
    let document = ran.document();
    assert_eq!(document["replay"]["stakers"][0]["model"], "4011/220");
    assert!(document["files"].as_array().unwrap().iter().any(|name| name == "staker-balances.csv"));
    assert!(ran.stderr.contains("Replay of the toy vault model"), "{}", ran.stderr);
}
