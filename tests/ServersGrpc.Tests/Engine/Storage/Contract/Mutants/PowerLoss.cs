namespace ServersGrpc.Tests.Engine.Storage.Contract.Mutants;

/// <summary>When a machine loses power.</summary>
public enum PowerLoss
{
    /// <summary>While the store is open.</summary>
    BeforeClosing,

    /// <summary>Once it is closed.</summary>
    AfterClosing,
}
