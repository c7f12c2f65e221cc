namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>A machine as its cloud knows it.</summary>
/// <param name="Id">The cloud's number of it; they grow.</param>
/// <param name="InstallationId">Whose it is, by its tags; "" where they do not say.</param>
/// <param name="Uid">The server's uid, by its tags; "" where they do not say.</param>
/// <param name="Name">The server's name.</param>
/// <param name="Address">Where it can be reached; "" until known.</param>
/// <param name="Created">When the cloud made it.</param>
/// <param name="IsLeaving">Whether its removal is under way.</param>
internal sealed record CloudMachine(
    long Id, string InstallationId, string Uid, string Name, string Address, DateTimeOffset Created, bool IsLeaving)
{
    public Instance ToInstance() => new(Id.ToString(System.Globalization.CultureInfo.InvariantCulture), Uid, Name, Address, Created, IsLeaving);
}
