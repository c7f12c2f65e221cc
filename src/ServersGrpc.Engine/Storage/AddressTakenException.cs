namespace ServersGrpc.Engine.Storage;

/// <summary>A server that is not stopped has the address. For the caller of the store, which tries another; no one asked for this one.</summary>
public sealed class AddressTakenException(string address) : Exception($"The address {address} is taken by another server.");
