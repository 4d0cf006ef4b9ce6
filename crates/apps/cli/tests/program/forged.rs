//! Forged factories and vaults, each of which looks genuine in some way.
//! `weir` must detect all of them.

use std::fs;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, U256, hex, keccak256},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use weir::clones::{VaultCode, first_queue};
use weir_bindings::{
    IERC20, IFactory, IPair, IVault, Program,
    deploy::{Templates, deploy, factory_constructor},
};
use weir_client::Account;

use crate::sandbox::{CONFIG, Sandbox, run};

/// Amount that the forger plants, in base units.
const PLANTED: U256 = U256::from_limbs([1_000_000_000, 0, 0, 0]);

/// Creates a contract from the init code in its calldata by CREATE2 with salt 0, as a factory does:
/// `CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY PUSH0 CALLDATASIZE PUSH0 PUSH0 CREATE2 PUSH0 MSTORE PUSH1 20 PUSH0 RETURN`
const CREATOR: [u8; 15] = hex!("365f5f37 5f365f5ff5 5f52 60205ff3");

/// Init code that runs `before` and returns `code`.
fn returning(before: &[u8], code: &[u8]) -> Vec<u8> {
    // PUSH2 code.length DUP1 PUSH2 start PUSH0 CODECOPY PUSH0 RETURN
    let [high, low] = (code.len() as u16).to_be_bytes();
    let [start_high, start_low] = ((before.len() + 11) as u16).to_be_bytes();
    [before, &[0x61, high, low, 0x80, 0x61, start_high, start_low, 0x5f, 0x39, 0x5f, 0xf3], code].concat()
}

/// Code that forwards every call to `to` and returns its answer.
fn calling(to: Address) -> Vec<u8> {
    [&hex!("365f5f375f5f365f5f73")[..], to.as_slice(), &hex!("5af13d5f5f3e5f3d91602b57fd5bf3")].concat()
}

/// Code that delegates every call to `to` (EIP-1167).
fn delegating(to: Address) -> Vec<u8> {
    [&hex!("363d3d373d3d3d363d73")[..], to.as_slice(), &hex!("5af43d82803e903d91602b57fd5bf3")].concat()
}

/// Code that makes these calls in order and ignores their results.
fn calling_each(calls: &[(Address, Vec<u8>)]) -> Vec<u8> {
    let mut at = 38 * calls.len() + 1;
    let mut code = Vec::new();
    for (to, data) in calls {
        let [high, low] = (data.len() as u16).to_be_bytes();
        let [at_high, at_low] = (at as u16).to_be_bytes();
        // PUSH2 length PUSH2 at PUSH0 CODECOPY PUSH0 PUSH0 PUSH2 length PUSH0 PUSH0 PUSH20 to GAS CALL
        code.extend([0x61, high, low, 0x61, at_high, at_low, 0x5f, 0x39]);
        code.extend([0x5f, 0x5f, 0x61, high, low, 0x5f, 0x5f, 0x73]);
        code.extend([to.as_slice(), &hex!("5af1")].concat());
        at += data.len();
    }
    code.push(0);
    code.extend(calls.iter().flat_map(|(_, data)| data.iter().copied()));
    code
}

/// A contract that stores the address in its calldata. Without calldata it returns the code of the stored address.
const LIBRARY: [u8; 22] = hex!("3615600a57 5f355f5500 5b 5f54803b805f5f843c5ff3");

/// Init code that returns the code that `library` provides at that moment.
fn metamorphic(library: Address) -> Vec<u8> {
    [&hex!("5f5f5f5f73")[..], library.as_slice(), &hex!("5afa503d5f5f3e3d5ff3")].concat()
}

/// Code that destroys itself if it is called without calldata, and otherwise runs `otherwise`.
fn mortal(otherwise: &[u8]) -> Vec<u8> {
    let [high, low] = ((otherwise.len() + 7) as u16).to_be_bytes();
    // CALLDATASIZE ISZERO PUSH2 end JUMPI … STOP end: JUMPDEST CALLER SELFDESTRUCT
    [&[0x36, 0x15, 0x61, high, low, 0x57], otherwise, &[0x00, 0x5b, 0x33, 0xff]].concat()
}

/// `PUSH32 word PUSH32 slot SSTORE`
fn storing(slot: B256, word: U256) -> Vec<u8> {
    [&[0x7f][..], &word.to_be_bytes::<32>(), &[0x7f], slot.as_slice(), &[0x55]].concat()
}

/// Calls `token.approve(spender, 2^256 − 1)`.
fn approving(token: Address, spender: Address) -> Vec<u8> {
    let mut data = IERC20::approveCall { spender, value: U256::MAX }.abi_encode();
    data.resize(96, 0);
    // PUSH32 word PUSH1 offset MSTORE; then a call with 68 bytes: PUSH0 PUSH0 PUSH1 44 PUSH0 PUSH0 PUSH20 token GAS
    // CALL POP
    let stores = data
        .chunks(32)
        .zip([0, 32, 64])
        .flat_map(|(word, offset)| [&[0x7f], word, &[0x60, offset, 0x52]].concat());
    stores.chain([&hex!("5f5f60445f5f73")[..], token.as_slice(), &hex!("5af150")].concat()).collect()
}

/// A chain with genuine contracts, and a forger.
struct Fixture {
    sandbox: Sandbox,
    forger: Account,
}

impl Fixture {
    async fn new() -> Self {
        let sandbox = Sandbox::new().await;
        let forger = sandbox.chain.account("forger").await.unwrap();
        sandbox.deploy(CONFIG).await.document();
        Self { sandbox, forger }
    }

    async fn create(&self, init_code: Vec<u8>) -> Address {
        let request = TransactionRequest::default().with_deploy_code(init_code);
        self.forger.send(request).await.unwrap().contract_address.unwrap()
    }

    async fn code(&self, address: Address) -> Vec<u8> {
        self.sandbox.chain.provider().get_code_at(address).await.unwrap().to_vec()
    }

    /// The contracts that the genuine factory's clones run.
    fn templates(&self) -> Templates {
        let [pair, vault, extension, lifeboat] = ["pair", "vault", "extension", "lifeboat"]
            .map(|name| self.sandbox.address(&format!("template.{name}")));
        Templates { pair, vault, extension, lifeboat }
    }

    /// A factory of the genuine program whose clones run `templates`.
    async fn factory(&self, templates: Templates) -> Address {
        let constructor = factory_constructor(templates);
        let send = async |request| Ok(self.forger.send(request).await?);
        deploy(self.sandbox.chain.provider(), Program::Factory, constructor, send).await.unwrap().address
    }

    /// A vault with changed code, created as by a factory, so that its address follows from its code.
    async fn vault(&self, change: impl FnOnce(&mut VaultCode)) -> Address {
        let creator = self.create(returning(&[], &CREATOR)).await;
        let code = self.code(self.sandbox.address("vault.savings")).await;
        let mut vault = VaultCode::decode(&code).unwrap();
        vault.origin.factory = creator;
        change(&mut vault);
        let init_code = vault.init_code();
        let address = creator.create2(B256::ZERO, keccak256(&init_code));
        let request = TransactionRequest::default().with_to(creator).with_input(init_code);
        self.forger.send(request).await.unwrap();
        assert_eq!(self.code(address).await, vault.encode(), "the forged vault was not created");
        address
    }

    /// A vault whose `program` was hostile when the vault was created: it approved the thief in the vault's name,
    /// destroyed itself in the same transaction, and was created again as the genuine program. `with_vault` destroys the
    /// vault, too, and creates it again when its program is genuine.
    async fn reborn(&self, program: &str, with_vault: bool) -> Address {
        let Self { sandbox, forger } = self;
        let (usd, thief) = (sandbox.address("token.usd"), forger.address());
        let genuine = sandbox.address(&format!("template.{program}"));
        let creator = self.create(returning(&[], &CREATOR)).await;
        let library = self.create(returning(&[], &LIBRARY)).await;
        let approving = approving(usd, thief);
        let hostile = match with_vault {
            // CALLER SELFDESTRUCT, in the name of whoever runs it.
            true => [&approving[..], &[0x33, 0xff]].concat(),
            false => mortal(&approving),
        };
        let hostile = self.create(returning(&[], &hostile)).await;
        let init_code = metamorphic(library);
        let reborn = creator.create2(B256::ZERO, keccak256(&init_code));

        let code = self.code(sandbox.address("vault.savings")).await;
        let mut vault = VaultCode::decode(&code).unwrap();
        vault.origin.factory = creator;
        match program {
            "vault" => vault.program = reborn,
            _ => vault.config.extension = reborn,
        }
        let address = creator.create2(B256::ZERO, keccak256(vault.init_code()));
        let name = IVault::nameCall {}.abi_encode();
        self.create(calling_each(&[
            (library, hostile.into_word().to_vec()),
            (creator, init_code.clone()),
            (creator, vault.init_code()),
            (address, name),
            (reborn, Vec::new()),
        ]))
        .await;
        assert!(self.code(reborn).await.is_empty(), "the program did not destroy itself");
        assert_eq!(self.code(address).await.is_empty(), with_vault);
        self.create(calling_each(&[(library, genuine.into_word().to_vec()), (creator, init_code)])).await;
        assert_eq!(self.code(reborn).await, self.code(genuine).await);
        if with_vault {
            self.create(calling_each(&[(creator, vault.init_code())])).await;
        }
        assert_eq!(self.code(address).await, vault.encode());
        let token = IERC20::new(usd, sandbox.chain.provider());
        assert_eq!(token.allowance(address, thief).call().await.unwrap(), U256::MAX);
        address
    }

    /// Forged vaults, each with a part of the expected reason.
    async fn vaults(&self) -> Vec<(Address, &'static str)> {
        let Self { sandbox, forger } = self;
        let at = |address| IVault::new(address, sandbox.chain.provider());
        let code = self.code(sandbox.address("vault.savings")).await;
        let (usd, thief) = (sandbox.address("token.usd"), forger.address());

        // POSITIONS: 2^160 + account.
        let position = B256::from((U256::ONE << 160) | U256::from_be_slice(thief.as_slice()));
        let shares = self.create(returning(&storing(position, PLANTED), &code)).await;
        assert_eq!(self.code(shares).await, code);
        assert_eq!(at(shares).balanceOf(thief).call().await.unwrap(), PLANTED);

        let approval = self.create(returning(&approving(usd, thief), &code)).await;
        assert_eq!(self.code(approval).await, code);
        let token = IERC20::new(usd, sandbox.chain.provider());
        assert_eq!(token.allowance(approval, thief).call().await.unwrap(), U256::MAX);

        // Proxies that run the genuine code until their creator changes it.
        let hostile = self.create(returning(&[], &delegating(sandbox.address("template.extension")))).await;
        let extension = self.vault(|vault| vault.config.extension = hostile).await;
        let hostile = self.create(returning(&[], &delegating(sandbox.address("template.vault")))).await;
        let program = self.vault(|vault| vault.program = hostile).await;

        let hostile = self.create(returning(&[], &delegating(sandbox.address("template.lifeboat")))).await;
        let lifeboat = self.vault(|vault| vault.lifeboat = hostile).await;

        let queue = self.vault(|vault| vault.first_sale |= PLANTED).await;
        assert_eq!(at(queue).queued().call().await.unwrap(), PLANTED);
        let free =
            self.vault(|vault| vault.first_sale = first_queue(U256::ZERO, vault.config.deployed_at)).await;

        let decimals = self.vault(|vault| vault.config.decimals = 7).await;
        let nowhere = self.vault(|vault| vault.config.yield_token = Address::repeat_byte(0x99)).await;

        let (reborn, extended) = (self.reborn("vault", false).await, self.reborn("extension", false).await);
        let reborn_with_program = self.reborn("vault", true).await;

        let longer = self.create(returning(&[], &[&code[..], &[0]].concat())).await;
        let forged = vec![
            (shares, "its address does not follow from its code"),
            (approval, "its address does not follow from its code"),
            (extension, "the program extension of this build can only be at"),
            (program, "the program vault of this build can only be at"),
            (lifeboat, "the lifeboat of this build can only be at"),
            (queue, "rewards that were never paid in"),
            (free, "its first price is out of bounds"),
            (decimals, "its shares have other decimals than its asset"),
            (nowhere, "one of its tokens has no code"),
            (reborn, "the program vault of this build can only be at"),
            (extended, "the program extension of this build can only be at"),
            (reborn_with_program, "the program vault of this build can only be at"),
            (longer, "its code is not that of a vault"),
        ];
        for (address, _) in &forged {
            assert_eq!(at(*address).name().call().await.unwrap(), "Savings");
        }
        forged
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_factory_is_an_error_and_nothing_is_sent() {
    let fixture = Fixture::new().await;
    let sandbox = &fixture.sandbox;
    let templates = fixture.templates();
    let vault = templates.vault;
    let lookalike = fixture.create(returning(&[], &calling(sandbox.address("factory")))).await;
    let answers = IFactory::new(lookalike, sandbox.chain.provider());
    assert_eq!(answers.vaultTemplate().call().await.unwrap(), vault);
    assert!(answers.deployedVaults(sandbox.address("vault.savings")).call().await.unwrap());
    let hostile = fixture.create(returning(&[], &delegating(vault))).await;
    let (nonce, record) = (sandbox.nonce().await, fs::read(sandbox.record()).unwrap());
    for (factory, word) in [
        (Address::repeat_byte(7), "there is no contract at this address"),
        (fixture.forger.address(), "there is no contract at this address"),
        (lookalike, "the program factory of this build has"),
        (
            fixture.factory(Templates { pair: hostile, ..templates }).await,
            "the program pair of this build can only be at",
        ),
        (
            fixture.factory(Templates { vault: hostile, ..templates }).await,
            "the program vault of this build can only be at",
        ),
        (
            fixture.factory(Templates { extension: hostile, ..templates }).await,
            "the program extension of this build can only be at",
        ),
        (
            fixture.factory(Templates { lifeboat: hostile, ..templates }).await,
            "the lifeboat of this build can only be at",
        ),
    ] {
        let sentence = sandbox.deploy(&sandbox.config_of_another_team(factory)).await.sentence(5);
        assert!(
            sentence.starts_with(&format!("{factory} on chain 412346 is not a genuine factory")),
            "{sentence}"
        );
        assert!(sentence.contains(word), "{word}: {sentence}");
    }
    assert_eq!(sandbox.nonce().await, nonce);
    assert_eq!(fs::read(sandbox.record()).unwrap(), record);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_genuine_factory_of_another_account_is_used() {
    let fixture = Fixture::new().await;
    let sandbox = &fixture.sandbox;
    let address = fixture.factory(fixture.templates()).await;
    let config = sandbox.config_of_another_team(address);
    let nonce = sandbox.nonce().await;
    let document = sandbox.deploy(&config).await.document();
    assert_eq!(document["contracts"].as_object().unwrap().len(), 1);
    assert_eq!(sandbox.nonce().await, nonce + 1);
    let factory = IFactory::new(address, sandbox.chain.provider());
    assert!(factory.deployedVaults(sandbox.address("vault.other")).call().await.unwrap());

    assert_eq!(sandbox.deploy(&config).await.document()["changed"], false);
    assert_eq!(sandbox.nonce().await, nonce + 1);
    sandbox.deploy(&config.replace("vault.other", "vault.more")).await.document();
    assert_eq!(sandbox.nonce().await, nonce + 2);
    assert_eq!(factory.totalVaults().call().await.unwrap(), U256::from(2));
}

/// Without programs to compare with, nothing can be told of a vault.
#[tokio::test(flavor = "multi_thread")]
async fn a_vault_that_cannot_be_checked_gets_nothing() {
    let sandbox = Sandbox::new().await;
    sandbox.deploy(CONFIG).await.document();
    let nonce = sandbox.nonce().await;
    let empty = sandbox.folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    for words in [&["stake", "savings", "5"][..], &["fund", "savings", "5"], &["buy", "savings"]] {
        let mut command = sandbox.command(words);
        command.env("WEIR_WASM_DIR", &empty);
        let ran = run(command).await;
        assert_eq!(ran.code, 5, "{words:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("cannot be checked: the programs have not been built"), "{}", ran.stderr);
    }
    assert_eq!(sandbox.nonce().await, nonce);
}

/// A pair that sells a vault's balance of another token.
fn pair(source: Address, token_in: Address) -> String {
    format!(
        "[token.drop]
test = true
name = \"Drop\"
symbol = \"DROP\"

[pair.drops]
source = \"{source}\"
token_in = \"{token_in}\"
token_out = \"drop\"

[pair.drops.auction]
target_period = \"1 day\"
target_price = 100
"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_genuine_vault_can_be_the_source_of_a_pair() {
    let fixture = Fixture::new().await;
    let sandbox = &fixture.sandbox;
    let (usd, genuine) = (sandbox.address("token.usd"), sandbox.address("vault.savings"));
    let forged = fixture.vaults().await;
    let nonce = sandbox.nonce().await;
    for (vault, word) in forged {
        let sentence = sandbox.deploy(&pair(vault, usd)).await.sentence(5);
        assert!(
            sentence.starts_with(&format!("{vault} on chain 412346 is not a genuine vault")),
            "{sentence}"
        );
        assert!(sentence.contains(word), "{word}: {sentence}");
    }
    let sentence = sandbox.deploy(&pair(genuine, usd)).await.sentence(5);
    assert!(sentence.contains("could never sell") && sentence.contains("has no owner"), "{sentence}");
    assert_eq!(sandbox.nonce().await, nonce);

    let owner = format!("epoch_length = \"7 days\"\nowner = \"{}\"", sandbox.payer());
    let config = sandbox.config_of_another_team(sandbox.address("factory"));
    sandbox.deploy(&config.replace("epoch_length = \"7 days\"", &owner)).await.document();
    let owned = sandbox.address("vault.other");
    let nonce = sandbox.nonce().await;
    sandbox.deploy(&pair(owned, usd)).await.document();
    assert_eq!(sandbox.nonce().await, nonce + 2, "the token and the pair");
    let pair = IPair::new(sandbox.address("pair.drops"), sandbox.chain.provider());
    assert_eq!(pair.source().call().await.unwrap(), owned);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_verify_and_exit_report_a_forged_vault() {
    let fixture = Fixture::new().await;
    for (vault, word) in fixture.vaults().await {
        let address = vault.to_string();
        let shown = fixture.sandbox.weir(&["status", &address]).await;
        assert_eq!(shown.code, 5, "{}", shown.stderr);
        assert!(shown.stdout.contains("NOT GENUINE: do not use it"), "{}", shown.stdout);
        assert!(
            shown.stderr.contains("is not a genuine vault") && shown.stderr.contains(word),
            "{}",
            shown.stderr
        );
        let verified = fixture.sandbox.weir(&["verify", &address]).await;
        assert_eq!(verified.code, 5, "{}", verified.stderr);
        let verdict = ["  NOT a genuine vault", "  no contract of this build"];
        assert!(verdict.iter().any(|begin| verified.stdout.starts_with(begin)), "{}", verified.stdout);
        let sentence = fixture.sandbox.weir(&["status", &address, "savings", "--json"]).await.sentence(5);
        assert!(sentence.contains(&address) && sentence.contains(word), "{sentence}");
        let sentence = fixture.sandbox.weir(&["exit", &address, "--json"]).await.sentence(5);
        assert!(
            sentence.contains("is not a vault of this build")
                || sentence.contains("--anyway calls it all the same"),
            "{sentence}"
        );
    }
}
