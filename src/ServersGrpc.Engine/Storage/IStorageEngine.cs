namespace ServersGrpc.Engine.Storage;

/// <summary>All that a storage engine provides. Code outside of storage asks for the part that it uses.</summary>
public interface IStorageEngine : IServerStore, ILeaseStore, IEventStore, ISettingStore, ITokenStore, IKeyStore, IStoreHealth;
