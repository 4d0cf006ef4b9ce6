//! Deploys with the library `stylus-tools`, as other projects do, and prints the address.
//!
//!     stylus-tools-driver file RPC_URL KEY WASM CONSTRUCTOR ARGUMENT…    a WASM, with the library's `core`
//!     stylus-tools-driver project RPC_URL KEY FOLDER ARGUMENT…           a cargo project, with its `Deployer`

use std::{env, process::ExitCode};

use alloy::{
    json_abi::Constructor,
    primitives::Address,
    providers::{ProviderBuilder, WalletProvider},
    signers::local::PrivateKeySigner,
};
use eyre::{OptionExt, Result, bail, eyre};
use stylus_tools::{
    Deployer,
    core::{
        check::{CheckConfig, check_wasm_file},
        code::Code,
        deployment::{
            deployer::{ADDRESS as DEPLOYER, get_address_from_receipt, parse_tx_calldata},
            request::DeploymentRequest,
        },
    },
};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    match run(&words) {
        Ok(address) => {
            println!("{address}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<Address> {
    match words {
        [command, rpc, key, wasm, constructor, arguments @ ..] if command == "file" => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(deploy_file(rpc, key, wasm, constructor, arguments))
        }
        [command, rpc, key, folder, arguments @ ..] if command == "project" => {
            let deployer = Deployer::builder()
                .rpc(rpc.as_str())
                .private_key(key.as_str())
                .dir(folder.clone())
                .constructor_args(arguments.to_vec())
                .build();
            Ok(deployer.deploy()?.0)
        }
        _ => bail!("wrong arguments: see the usage at the top of the source"),
    }
}

/// Deploys a WASM in the way that the library's `deploy` deploys a project.
async fn deploy_file(
    rpc: &str,
    key: &str,
    wasm: &str,
    constructor: &str,
    arguments: &[String],
) -> Result<Address> {
    let signer: PrivateKeySigner = key.parse()?;
    let provider = ProviderBuilder::new().wallet(signer).connect(rpc).await?;
    let constructor = Constructor::parse(constructor)?;
    let status =
        check_wasm_file(wasm, Default::default(), None, None, &CheckConfig::default(), &provider).await?;
    let Code::Contract(code) = status.code() else {
        return Err(eyre!("the program is too large for one contract"));
    };
    let value = Default::default();
    let calldata = parse_tx_calldata(
        code.as_slice(),
        &constructor,
        value,
        arguments.to_vec(),
        Default::default(),
        &provider,
    )
    .await?;
    let sender = provider.default_signer_address();
    let request = DeploymentRequest::new_with_args(sender, DEPLOYER, status.suggest_fee(), calldata, None);
    let receipt = request.exec(&provider).await?;
    let address = get_address_from_receipt(&receipt)?;
    (!address.is_zero()).then_some(address).ok_or_eyre("the deployer returned no address")
}
