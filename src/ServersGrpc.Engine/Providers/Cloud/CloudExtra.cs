namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>What is billed beside a machine and outlives it: a volume, an address. It bears the machine's tags.</summary>
/// <param name="Kind">What it is, as its id begins: "volume", "primary-ip".</param>
/// <param name="Id">The cloud's id of it.</param>
/// <param name="InstallationId">Whose it is, by its tags; "" where they do not say.</param>
/// <param name="Uid">The uid of the server that it was made for, by its tags.</param>
/// <param name="Name">The name of that server, by its tags.</param>
/// <param name="Region">Where it is.</param>
/// <param name="Machine">What it is attached to; null: nothing.</param>
/// <param name="Created">When the cloud made it.</param>
internal sealed record CloudExtra(
    string Kind, string Id, string InstallationId, string Uid, string Name, string Region, long? Machine, DateTimeOffset Created)
{
    public const string Volume = "volume";

    /// <summary>As an instance, so that what stayed behind alone is listed and can be removed.</summary>
    public Instance ToInstance() => new($"{Kind}-{Id}", Uid, Name, "", Created);
}
