//! Solidity interfaces of the precompiles and of the Stylus deployer, limited to the supported functions
//! (OffchainLabs/nitro-precompile-interfaces; docs/devnode.md lists the functions that are missing).

use alloy_sol_types::sol;

sol! {
    /// 0x71: activates Stylus programs and describes them.
    interface ArbWasm {
        function activateProgram(address program) external payable returns (uint16 version, uint256 dataFee);
        function codehashKeepalive(bytes32 codehash) external payable;
        function stylusVersion() external view returns (uint16 version);
        function codehashVersion(bytes32 codehash) external view returns (uint16 version);
        function codehashAsmSize(bytes32 codehash) external view returns (uint32 size);
        function programVersion(address program) external view returns (uint16 version);
        function programInitGas(address program) external view returns (uint64 gas, uint64 gasWhenCached);
        function programMemoryFootprint(address program) external view returns (uint16 footprint);
        function programTimeLeft(address program) external view returns (uint64 secs);
        function inkPrice() external view returns (uint32 price);
        function maxStackDepth() external view returns (uint32 depth);
        function freePages() external view returns (uint16 pages);
        function pageGas() external view returns (uint16 gas);
        function pageRamp() external view returns (uint64 ramp);
        function pageLimit() external view returns (uint16 limit);
        function minInitGas() external view returns (uint64 gas, uint64 cached);
        function initCostScalar() external view returns (uint64 percent);
        function expiryDays() external view returns (uint16 numDays);
        function keepaliveDays() external view returns (uint16 numDays);
        function blockCacheSize() external view returns (uint16 count);
        function activationGas() external view returns (uint64 gas);

        event ProgramActivated(
            bytes32 indexed codehash, bytes32 moduleHash, address program, uint256 dataFee, uint16 version
        );
        event ProgramLifetimeExtended(bytes32 indexed codehash, uint256 dataFee);

        error ProgramNotWasm();
        error ProgramNotActivated();
        error ProgramNeedsUpgrade(uint16 version, uint16 stylusVersion);
        error ProgramExpired(uint64 ageInSeconds);
        error ProgramUpToDate();
        error ProgramKeepaliveTooSoon(uint64 ageInSeconds);
        error ProgramInsufficientValue(uint256 have, uint256 want);
    }

    /// 0x72: the cache of programs.
    interface ArbWasmCache {
        function isCacheManager(address manager) external view returns (bool);
        function allCacheManagers() external view returns (address[] managers);
        function cacheProgram(address addr) external;
        function evictCodehash(bytes32 codehash) external;
        function codehashIsCached(bytes32 codehash) external view returns (bool);

        event UpdateProgramCache(address indexed manager, bytes32 indexed codehash, bool cached);
    }

    /// 0x64: the chain.
    interface ArbSys {
        function arbBlockNumber() external view returns (uint256);
        function arbBlockHash(uint256 arbBlockNum) external view returns (bytes32);
        function arbChainID() external view returns (uint256);
        function arbOSVersion() external view returns (uint256);
        function getStorageGasAvailable() external view returns (uint256);
        function isTopLevelCall() external view returns (bool);
        function mapL1SenderContractAddressToL2Alias(address sender, address unused) external pure returns (address);
        function wasMyCallersAddressAliased() external view returns (bool);
        function myCallersAddressWithoutAliasing() external view returns (address);
        function withdrawEth(address destination) external payable returns (uint256);
        function sendTxToL1(address destination, bytes data) external payable returns (uint256);
        function sendMerkleTreeState() external view returns (uint256 size, bytes32 root, bytes32[] partials);

        event L2ToL1Tx(
            address caller, address indexed destination, uint256 indexed hash, uint256 indexed position,
            uint256 arbBlockNum, uint256 ethBlockNum, uint256 timestamp, uint256 callvalue, bytes data
        );
        event SendMerkleUpdate(uint256 indexed reserved, bytes32 indexed hash, uint256 indexed position);

        error InvalidBlockNumber(uint256 requested, uint256 current);
    }

    /// 0x65: accounts.
    interface ArbInfo {
        function getBalance(address account) external view returns (uint256);
        function getCode(address account) external view returns (bytes);
    }

    /// 0x66: short names for addresses.
    interface ArbAddressTable {
        function addressExists(address addr) external view returns (bool);
        function compress(address addr) external returns (bytes);
        function decompress(bytes buf, uint256 offset) external view returns (address, uint256);
        function lookup(address addr) external view returns (uint256);
        function lookupIndex(uint256 index) external view returns (address);
        function register(address addr) external returns (uint256);
        function size() external view returns (uint256);
    }

    /// 0x68: without effect since Nitro.
    interface ArbFunctionTable {
        function upload(bytes buf) external;
        function size(address addr) external view returns (uint256);
        function get(address addr, uint256 index) external view returns (uint256, bool, uint256);
    }

    /// 0x69: burns gas.
    interface ArbosTest {
        function burnArbGas(uint256 gasAmount) external pure;
    }

    /// 0x6b: public views of the chain's owners and settings.
    interface ArbOwnerPublic {
        function isChainOwner(address addr) external view returns (bool);
        function rectifyChainOwner(address ownerToRectify) external;
        function getAllChainOwners() external view returns (address[]);
        function getNativeTokenManagementFrom() external view returns (uint64);
        function isNativeTokenOwner(address addr) external view returns (bool);
        function getAllNativeTokenOwners() external view returns (address[]);
        function getTransactionFilteringFrom() external view returns (uint64);
        function isTransactionFilterer(address filterer) external view returns (bool);
        function getAllTransactionFilterers() external view returns (address[]);
        function getFilteredFundsRecipient() external view returns (address);
        function getNetworkFeeAccount() external view returns (address);
        function getInfraFeeAccount() external view returns (address);
        function getBrotliCompressionLevel() external view returns (uint64);
        function getParentGasFloorPerToken() external view returns (uint64);
        function getScheduledUpgrade() external view returns (uint64 arbosVersion, uint64 scheduledForTimestamp);
        function isCalldataPriceIncreaseEnabled() external view returns (bool);
        function getMaxStylusContractFragments() external view returns (uint8);
        function getCollectTips() external view returns (bool);

        event ChainOwnerRectified(address rectifiedOwner);
    }

    /// 0x70: settings for the owners of the chain.
    interface ArbOwner {
        function addChainOwner(address newOwner) external;
        function removeChainOwner(address ownerToRemove) external;
        function isChainOwner(address addr) external view returns (bool);
        function getAllChainOwners() external view returns (address[]);
        function getNetworkFeeAccount() external view returns (address);
        function setNetworkFeeAccount(address newNetworkFeeAccount) external;
        function setL1PricePerUnit(uint256 pricePerUnit) external;
        function scheduleArbOSUpgrade(uint64 newVersion, uint64 timestamp) external;
        function addWasmCacheManager(address manager) external;
        function removeWasmCacheManager(address manager) external;
        function setWasmFreePages(uint16 pages) external;
        function setWasmPageGas(uint16 gas) external;
        function setWasmPageLimit(uint16 limit) external;
        function setWasmMinInitGas(uint8 gas, uint16 cached) external;
        function setWasmInitCostScalar(uint64 percent) external;
        function setWasmExpiryDays(uint16 numDays) external;
        function setWasmKeepaliveDays(uint16 numDays) external;
        function setWasmBlockCacheSize(uint16 count) external;
        function setWasmMaxSize(uint32 size) external;
        function setMaxStylusContractFragments(uint8 maxFragments) external;
        function setWasmActivationGas(uint64 gas) external;
        function setCollectTips(bool collectTips) external;

        event OwnerActs(bytes4 indexed method, address indexed owner, bytes data);
        event ChainOwnerAdded(address indexed owner);
        event ChainOwnerRemoved(address indexed owner);
    }

    /// 0x6c: prices. L1 data costs nothing on a devnode.
    interface ArbGasInfo {
        struct WeightedResource {
            uint8 resource;
            uint64 weight;
        }
        struct ResourceConstraint {
            WeightedResource[] resources;
            uint32 adjustmentWindowSecs;
            uint64 targetPerSec;
            uint64 backlog;
        }

        function getPricesInWeiWithAggregator(address aggregator)
            external view returns (uint256, uint256, uint256, uint256, uint256, uint256);
        function getPricesInWei() external view returns (uint256, uint256, uint256, uint256, uint256, uint256);
        function getPricesInArbGasWithAggregator(address aggregator)
            external view returns (uint256, uint256, uint256);
        function getPricesInArbGas() external view returns (uint256, uint256, uint256);
        function getGasAccountingParams() external view returns (uint256, uint256, uint256);
        function getMaxTxGasLimit() external view returns (uint256);
        function getMinimumGasPrice() external view returns (uint256);
        function getL1BaseFeeEstimate() external view returns (uint256);
        function getL1BaseFeeEstimateInertia() external view returns (uint64);
        function getL1RewardRate() external view returns (uint64);
        function getL1RewardRecipient() external view returns (address);
        function getL1GasPriceEstimate() external view returns (uint256);
        function getCurrentTxL1GasFees() external view returns (uint256);
        function getGasBacklog() external view returns (uint64);
        function getPricingInertia() external view returns (uint64);
        function getGasBacklogTolerance() external view returns (uint64);
        function getL1PricingSurplus() external view returns (int256);
        function getPerBatchGasCharge() external view returns (int64);
        function getAmortizedCostCapBips() external view returns (uint64);
        function getL1FeesAvailable() external view returns (uint256);
        function getL1PricingEquilibrationUnits() external view returns (uint256);
        function getLastL1PricingUpdateTime() external view returns (uint64);
        function getL1PricingFundsDueForRewards() external view returns (uint256);
        function getL1PricingUnitsSinceUpdate() external view returns (uint64);
        function getLastL1PricingSurplus() external view returns (int256);
        function getMaxBlockGasLimit() external view returns (uint64);
        function getGasPricingConstraints() external view returns (uint64[3][] constraints);
        function getMultiGasPricingConstraints() external view returns (ResourceConstraint[] constraints);
        function getMultiGasBaseFee() external view returns (uint256[] baseFees);
    }

    /// 0x6d: batch posters and where they are paid.
    interface ArbAggregator {
        function getPreferredAggregator(address addr) external view returns (address, bool);
        function getDefaultAggregator() external view returns (address);
        function getBatchPosters() external view returns (address[]);
        function addBatchPoster(address newBatchPoster) external;
        function getFeeCollector(address batchPoster) external view returns (address);
        function setFeeCollector(address batchPoster, address newFeeCollector) external;
        function getTxBaseFee(address aggregator) external view returns (uint256);
        function setTxBaseFee(address aggregator, uint256 feeInL1Gas) external;
    }

    /// 0x6e: tickets of messages from L1. A devnode has none.
    interface ArbRetryableTx {
        function redeem(bytes32 ticketId) external returns (bytes32);
        function getLifetime() external view returns (uint256);
        function getTimeout(bytes32 ticketId) external view returns (uint256);
        function keepalive(bytes32 ticketId) external returns (uint256);
        function getBeneficiary(bytes32 ticketId) external view returns (address);
        function cancel(bytes32 ticketId) external;
        function getCurrentRedeemer() external view returns (address);
        function submitRetryable(
            bytes32 requestId, uint256 l1BaseFee, uint256 deposit, uint256 callvalue, uint256 gasFeeCap,
            uint64 gasLimit, uint256 maxSubmissionFee, address feeRefundAddress, address beneficiary,
            address retryTo, bytes retryData
        ) external;

        error NoTicketWithID();
        error NotCallable();
    }

    /// 0x6f: figures of Arbitrum Classic.
    interface ArbStatistics {
        function getStats() external view returns (uint256, uint256, uint256, uint256, uint256, uint256);
    }

    /// 0xa4b05: calls that only ArbOS itself makes.
    interface ArbosActs {
        function startBlock(uint256 l1BaseFee, uint64 l1BlockNumber, uint64 l2BlockNumber, uint64 timePassed)
            external;
        function batchPostingReport(
            uint256 batchTimestamp, address batchPosterAddress, uint64 batchNumber, uint64 batchDataGas,
            uint256 l1BaseFeeWei
        ) external;
        function batchPostingReportV2(
            uint256 batchTimestamp, address batchPosterAddress, uint64 batchNumber, uint64 batchCalldataLength,
            uint64 batchCalldataNonZeros, uint64 batchExtraGas, uint256 l1BaseFeeWei
        ) external;

        error CallerNotArbOS();
    }

    /// 0x74: transactions that the chain must not execute. A devnode has none.
    interface ArbFilteredTransactionsManager {
        function addFilteredTransaction(bytes32 txHash) external;
        function deleteFilteredTransaction(bytes32 txHash) external;
        function isTransactionFiltered(bytes32 txHash) external view returns (bool);
    }

    /// 0xff: exists on test chains only.
    interface ArbDebug {
        function becomeChainOwner() external;
    }

    /// Deploys, activates and initialises a Stylus contract in one transaction.
    interface StylusDeployer {
        function deploy(bytes bytecode, bytes initData, uint256 initValue, bytes32 salt)
            external payable returns (address);

        event ContractDeployed(address deployedContract);

        error EmptyBytecode();
        error ContractDeploymentError(bytes bytecode);
        error ContractInitializationError(address newContract, bytes data);
        error InitValueButNotInitData();
        error RefundExcessValueError(uint256 excessValue);
    }
}
