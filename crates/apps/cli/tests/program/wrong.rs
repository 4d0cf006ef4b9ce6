//! Wrong configs, keys and nodes: an error of one sentence and the right exit code.
//! Nothing is sent.

use alloy::{
    primitives::{Address, U256, utils::parse_ether},
    providers::Provider,
};
use serde_json::Value;

use crate::sandbox::{CONFIG, Sandbox, program, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_the_factory_rejects_is_an_error_with_its_line() {
    let sandbox = Sandbox::new().await;
    for (from, to, line, word) in [
        ("yield_token = \"yield\"", "yield_token = \"usd\"", 20, "name two different tokens"),
        ("asset = \"usd\"", "asset = \"eur\"", 18, "no [token.eur]"),
        ("\"7 days\"", "3599", 21, "from 1 h to 365 days"),
        ("\"7 days\"", "\"200 years\"", 21, "from 1 h to 365 days"),
        ("\"6 hours\"", "59", 24, "from 1 min to 90 days"),
        ("\"6 hours\"", "\"91 days\"", 24, "from 1 min to 90 days"),
        ("\"12.5\"", "\"12.5000001\"", 25, "more than 6 digits after the point"),
        ("\"12.5\"", "0", 25, "from 0.0001 tUSD"),
        ("\"12.5\"", "\"0.000099\"", 25, "from 0.0001 tUSD"),
        (
            "\"12.5\"",
            "\"99999999999999999999999999999999999999999999999999999\"",
            25,
            "to 20282409603651670423947251.286015 tUSD",
        ),
        ("smoothing = 0.3", "smoothing = 0.991", 26, "from 0 to 0.99"),
        ("smoothing = 0.3", "smoothing = \"0.1234567890123456789\"", 26, "18 digits"),
        ("mint = \"1000000\"\n\n[token.yield]", "mint = \"0.0000001\"\n\n[token.yield]", 7, "mint"),
        ("test = true\nname = \"Test USD\"", "name = \"Test USD\"", 2, "needs the address"),
    ] {
        let text = CONFIG.replacen(from, to, 1);
        assert_ne!(text, CONFIG, "{from}");
        let sentence = sandbox.deploy(&text).await.sentence(2);
        assert!(
            sentence.starts_with(&format!("config.toml:{line}: ")) && sentence.contains(word),
            "{to}: {sentence}"
        );
    }
    let long = "n".repeat(256);
    for (from, to) in [("name = \"Savings\"", "name"), ("symbol = \"sUSD\"", "symbol")] {
        let sentence = sandbox.deploy(&CONFIG.replace(from, &format!("{to} = \"{long}\""))).await.sentence(2);
        assert_eq!(
            sentence,
            format!("config.toml:15: a vault's {to} has at most 255 bytes, not 256: shorten it")
        );
    }
    let sentence = sandbox.deploy("").await.sentence(2);
    assert!(sentence.contains("the config is empty"), "{sentence}");
    let pair = "[pair.a]\nsource = \"savings\"\ntoken_in = \"usd\"\ntoken_out = \"yield\"\n\
                [pair.a.auction]\ntarget_period = 60\ntarget_price = 1\n";
    let sentence = sandbox.deploy(&format!("{CONFIG}{pair}")).await.sentence(2);
    assert!(sentence.contains("sells its yield token itself"), "{sentence}");
    let sentence =
        sandbox.deploy(&format!("{CONFIG}{}", pair.replace("\"savings\"", "\"other\""))).await.sentence(2);
    assert!(sentence.contains("no [vault.other]"), "{sentence}");
    let removed = CONFIG.replace("epoch_length", "factory = true\nepoch_length");
    let sentence = sandbox.deploy(&removed).await.sentence(2);
    assert!(sentence.contains("unknown field `factory`"), "{sentence}");
    assert_eq!(sandbox.nonce().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_and_chains_that_differ_from_the_config_are_errors() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let (nonce, usd) = (sandbox.nonce().await, sandbox.address("token.usd"));
    let vault = sandbox.address("vault.savings");
    let token = |address: Address, more: &str| {
        let (_, vault) = CONFIG.split_once("[vault.savings]").unwrap();
        let vault = vault
            .replace("[vault.savings", "[vault.b")
            .replace("\"yield\"", &format!("\"{vault_token}\"", vault_token = vault_token(&sandbox)));
        format!("[token.usd]\naddress = \"{address}\"\n{more}\n[vault.b]{vault}")
    };
    for (config, word) in [
        (token(Address::repeat_byte(7), ""), "there is no contract at 0x0707"),
        (token(usd, "decimals = 18"), "has the decimals 6, not 18"),
        (token(usd, "symbol = \"USDC\""), "has the symbol tUSD, not USDC"),
        (token(weir_bindings::deploy::ARB_WASM, ""), "does not answer name, symbol, decimals and balanceOf"),
        (format!("[chain]\nid = 42161\n{CONFIG}"), "is on chain 412346"),
        (format!("{}\n[factory]\naddress = \"{usd}\"\n", token(usd, "")), "is not a genuine factory"),
    ] {
        let sentence = sandbox.deploy(&config).await.sentence(5);
        assert!(sentence.contains(word), "{sentence}");
    }
    assert_eq!(sandbox.nonce().await, nonce);
    // An existing token with the expected values is accepted. Shares of a vault are a token, too.
    sandbox.deploy(&token(usd, "symbol = \"tUSD\"\ndecimals = 6")).await.document();
    sandbox.deploy(&token(vault, "symbol = \"sUSD\"").replace("vault.b", "vault.c")).await.document();
}

fn vault_token(sandbox: &Sandbox) -> Address {
    sandbox.address("token.yield")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payer_with_too_little_ether_sees_the_needed_amount() {
    let sandbox = Sandbox::new().await;
    let balance = parse_ether("0.0001").unwrap();
    let _: Value = sandbox
        .chain
        .provider()
        .raw_request("anvil_setBalance".into(), (sandbox.payer(), balance))
        .await
        .unwrap();
    let sentence = sandbox.deploy(CONFIG).await.sentence(5);
    assert!(sentence.contains("holds 0.0001 ether") && sentence.contains("needs 0.00"), "{sentence}");
    // The needed amount is sufficient.
    let needed = sentence.split("needs ").nth(1).unwrap().split(' ').next().unwrap();
    let enough = parse_ether(needed).unwrap() + U256::from(100_000_000_000_u64);
    let _: Value = sandbox
        .chain
        .provider()
        .raw_request("anvil_setBalance".into(), (sandbox.payer(), enough))
        .await
        .unwrap();
    sandbox.deploy(CONFIG).await.document();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_answer_exits_with_3() {
    let sandbox = Sandbox::new().await;
    sandbox.write("config.toml", CONFIG);
    for words in [&["deploy", "config.toml", "--yes", "--json"][..], &["status", "--json"]] {
        let mut command = sandbox.command(words);
        command.args(["--rpc-url", "http://127.0.0.1:9"]);
        let sentence = run(command).await.sentence(3);
        assert!(sentence.contains("no node answers at http://127.0.0.1:9"), "{sentence}");
    }
    let mut command = sandbox.command(&["status", "--json"]);
    command.args(["--rpc-url", "ws://127.0.0.1:9"]);
    let sentence = run(command).await.sentence(2);
    assert!(sentence.contains("is no URL of a node"), "{sentence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_from_several_sources_and_an_argument_gives_a_warning() {
    let sandbox = Sandbox::new().await;
    sandbox.write("config.toml", CONFIG);
    let deploy = |more: &[&str]| {
        let words = [&["deploy", "config.toml", "--yes", "--json"], more].concat();
        sandbox.command_without_key(&words)
    };
    let sentence = run(deploy(&[])).await.sentence(2);
    assert!(sentence.contains("--keystore") && sentence.contains("WEIR_PRIVATE_KEY"), "{sentence}");

    let key = sandbox.key().to_string();
    let warned = run(deploy(&["--private-key", &key, "--dry-run"])).await;
    assert!(warned.stderr.contains("list of processes"), "{}", warned.stderr);
    let document = warned.document();
    assert_eq!(document["payer"], sandbox.payer().to_string().to_lowercase());

    sandbox.write("key", &key);
    let document = run(deploy(&["--key-file", "key", "--dry-run"])).await.document();
    assert_eq!(document["payer"], sandbox.payer().to_string().to_lowercase());
    let both = run(deploy(&["--key-file", "key", "--private-key", &key])).await;
    assert_eq!(both.code, 2, "{}", both.stderr);
    assert!(!both.stderr.contains(&key), "an error never repeats a key");
    let sentence = run(deploy(&["--keystore", "key"])).await.sentence(2);
    assert!(sentence.contains("--password-file") && !sentence.contains(&key), "{sentence}");
    let mut command = deploy(&["--keystore", "key"]);
    command.env("WEIR_KEYSTORE_PASSWORD", "weir");
    let sentence = run(command).await.sentence(2);
    assert!(sentence.contains("cannot be opened") && !sentence.contains(&key), "{sentence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_keystore_works_with_a_password_file() {
    // Written by `cast wallet import` 1.7.1 for the account that pays.
    const KEYSTORE: &str = r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"a9f2343154f48ec53b6723703607f89f"},
        "ciphertext":"b5fdc14026e54c3030219c561c72278e28a08d87fc46aa86a9a7052cfb22777e","kdf":"scrypt",
        "kdfparams":{"dklen":32,"n":8192,"p":1,"r":8,"salt":"f47532658af8d46997aceec9655c28ea60af90af8446a74d1d96fb734bfd66a4"},
        "mac":"4a563b7d76c2951f7d50b067f25df44a08e545476c5276677e7286047afd732f"},
        "id":"63458c08-3375-4e6b-bde6-76ef7defaca7","version":3}"#;
    let sandbox = Sandbox::new().await;
    sandbox.write("config.toml", CONFIG);
    sandbox.write("keystore.json", KEYSTORE);
    sandbox.write("password", "weir\n");
    let words = ["deploy", "config.toml", "--yes", "--json", "--keystore", "keystore.json"];
    let words = [&words[..], &["--password-file", "password"]].concat();
    let document = run(sandbox.command_without_key(&words)).await.document();
    assert_eq!(document["payer"], sandbox.payer().to_string().to_lowercase());
    assert_eq!(sandbox.nonce().await, 13);
    sandbox.write("password", "weird\n");
    let sentence = run(sandbox.command_without_key(&words)).await.sentence(2);
    assert!(sentence.contains("the password is not the one"), "{sentence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_exit_with_2() {
    for words in [&["deploy"][..], &["deploy", "a.toml", "b.toml"], &["status", "--watch=0"], &["nothing"]] {
        assert_eq!(run(program(words)).await.code, 2, "{words:?}");
    }
    let missing = run(program(&["deploy", "/nowhere.toml", "--json"])).await.sentence(2);
    assert!(missing.contains("cannot read the config /nowhere.toml"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn probable_mistakes_give_warnings() {
    let builder = weir_devnode::Devnode::builder().genesis_timestamp(1_735_689_600).chain_id(42_161);
    let chain = weir_harness::Chain::at_a_standstill(builder).await.unwrap();
    let sandbox = Sandbox { chain, folder: tempfile::tempdir().unwrap() };
    let config = CONFIG.replace("7 days", "2 hours").replace("6 hours", "5 min").replace("12.5", "0.0005");
    for (config, words) in [
        (
            config,
            &[
                "token.usd: anyone can mint a test token, and chain 42161 has real value",
                "token.yield: anyone",
                "an epoch of 2 h is suitable for tests only",
                "a target period of 5 min is suitable for tests only",
                "with smoothing 0.3, every gap without yield that is longer than the target period (5 min) lowers the \
                 price for good: set smoothing to 0.9 (the default) or a target period above the longest gap",
                "the price is at its minimum",
            ][..],
        ),
        (CONFIG.replace("0.3", "0.99"), &["real value", "real value", "very little for sale"]),
        // The default smoothing and a target period above the epoch's length give no warnings.
        (CONFIG.replace("smoothing = 0.3", "").replace("6 hours", "90 days"), &["real value", "real value"]),
    ] {
        sandbox.write("config.toml", &config);
        let ran = run(sandbox.command_without_key(&["deploy", "config.toml", "--dry-run", "--json"])).await;
        let document = ran.document();
        let warnings = document["warnings"].as_array().unwrap();
        for word in words {
            let has = |warning: &Value| warning.as_str().unwrap().contains(word);
            assert!(warnings.iter().any(has), "{word} is not in {warnings:?}");
        }
        assert_eq!(warnings.len(), words.len(), "{warnings:?}");
        for warning in warnings {
            assert!(ran.stderr.contains(&format!("warning: {}\n", warning.as_str().unwrap())));
        }
    }
}
