namespace ServersGrpc.Tests.Engine.Storage.Contract;

public sealed class SqliteServerStoreTests() : ServerStoreContract(new(StoreFixture.Sqlite));

public sealed class SqliteWatchTests() : WatchContract(new(StoreFixture.Sqlite));

public sealed class SqliteCallerTests() : AccessContract(new(StoreFixture.Sqlite));
