namespace ServersGrpc.Engine.Servers;

/// <summary>Where a machine may be made, in its provider's terms.</summary>
public sealed record Placement(string Region, string Size)
{
    /// <summary>For people.</summary>
    public override string ToString() => $"{Size} in {Region}";
}
