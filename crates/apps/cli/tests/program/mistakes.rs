//! Mistakes that would cost money or a record are errors before anything is sent or moved.
//! Each error says what to do.

use std::fs;

use weir_artifacts::{Program, wasm_folder};

use crate::sandbox::{CONFIG, PAIR, Sandbox, program, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_could_never_sell_is_an_error_before_money_is_spent() {
    let sandbox = Sandbox::new().await;
    let sentence = sandbox.deploy(&format!("{CONFIG}{PAIR}")).await.sentence(2);
    assert!(sentence.contains("could never sell") && sentence.contains("owner = \"0x…\""), "{sentence}");
    assert_eq!(sandbox.nonce().await, 0);

    let owned = CONFIG.replace(
        "epoch_length = \"7 days\"",
        &format!("epoch_length = \"7 days\"\nowner = \"{}\"", sandbox.payer()),
    );
    sandbox.write("config.toml", &format!("{owned}{PAIR}"));
    let ran = sandbox.weir(&["deploy", "config.toml", "--yes"]).await;
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains(&format!("vault Savings (sUSD), owner {}", sandbox.payer())),
        "{}",
        ran.stdout
    );
    let vault = sandbox.address("vault.savings");
    assert!(ran.stdout.contains(&format!("  export VAULT_SAVINGS={vault}\n")), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_moves_the_record_only_before_the_first_transaction() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let before = fs::read_to_string(sandbox.record()).unwrap();
    let reset = ["deploy", "config.toml", "--yes", "--json", "--reset"];
    let sentence = run(sandbox.command_without_key(&reset)).await.sentence(2);
    assert!(sentence.contains("no key"), "{sentence}");
    let mut poor = sandbox.command_without_key(&reset);
    poor.env("WEIR_PRIVATE_KEY", format!("0x{}", "11".repeat(32)));
    let sentence = run(poor).await.sentence(5);
    assert!(sentence.contains("holds 0 ether"), "{sentence}");
    let unconfirmed = ["deploy", "config.toml", "--json", "--reset"];
    assert!(sandbox.weir(&unconfirmed).await.sentence(2).contains("--yes"));
    assert_eq!(fs::read_to_string(sandbox.record()).unwrap(), before);

    sandbox.weir(&reset).await.document();
    let aside = sandbox.record().with_extension("old-1.json");
    assert_eq!(fs::read_to_string(aside).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_program_is_an_error() {
    let sandbox = Sandbox::new().await;
    let folder = sandbox.folder.path().join("wasm");
    fs::create_dir(&folder).unwrap();
    for program in Program::ALL {
        let wasm = program.wasm().unwrap();
        let kept = if program == Program::Vault { wasm.len() / 2 } else { wasm.len() };
        fs::write(folder.join(program.name()).with_extension("wasm"), &wasm[..kept]).unwrap();
    }
    assert!(wasm_folder().exists());
    sandbox.write("config.toml", CONFIG);
    let mut command = sandbox.command(&["deploy", "config.toml", "--yes", "--json"]);
    command.env("WEIR_WASM_DIR", &folder);
    let ran = run(command).await;
    assert!(ran.stderr.contains("vault.wasm is truncated or no WebAssembly"), "{}", ran.stderr);
    assert_eq!(sandbox.nonce().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_exit_with_2() {
    let url = "http://127.0.0.1:9";
    for words in [
        &["simulate", "--stakers", "0"][..],
        &["simulate", "--config", "/nowhere.toml"],
        &["simulate", "--epoch-length", "soon"],
        &["simulate", "--sweep", "vaults=1,2", "--sweep", "vaults=3,4"],
        &["bot", "--pair", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee", "--price", "ether=fixed:1"],
        &["bot", "--pair", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "--price", "ether=fixed:x"],
        &["status", "--rpc-url", "nowhere"],
        &["stake", "savings", "much", "--rpc-url", url],
        &["claim", "savings", "--receiver", "0x12", "--rpc-url", url],
    ] {
        let ran = run(program(words)).await;
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_node_is_reported_with_its_cause() {
    for (url, part, advice) in [
        ("http://127.0.0.1:9", "Connection refused", "start one (weir devnode)"),
        ("http://no-such-host.invalid/v2/0123456789abcdef", "", "check the URL and the network"),
    ] {
        let ran = run(program(&["status", "--rpc-url", url, "--json"])).await;
        let sentence = ran.sentence(3);
        assert!(sentence.contains(part) && sentence.contains(advice), "{sentence}");
        assert!(!ran.stderr.contains("0123456789abcdef"), "{}", ran.stderr);
    }
}
