namespace ServersGrpc.Tests.Engine.Storage.Contract;

public sealed class LiteDbServerStoreTests() : ServerStoreContract(new(StoreFixture.LiteDb));

public sealed class LiteDbListTests() : ListContract(new(StoreFixture.LiteDb));

public sealed class LiteDbSettingTests() : SettingContract(new(StoreFixture.LiteDb));

public sealed class LiteDbLeaseTests() : LeaseContract(new(StoreFixture.LiteDb));

public sealed class LiteDbWatchTests() : WatchContract(new(StoreFixture.LiteDb));

public sealed class LiteDbCallerTests() : AccessContract(new(StoreFixture.LiteDb));
