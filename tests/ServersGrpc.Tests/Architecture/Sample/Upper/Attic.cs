namespace ServersGrpc.Tests.Architecture.Sample.Upper;

/// <summary>What the self-check's lower room must not touch.</summary>
internal sealed class Attic
{
    public static readonly Attic Only = new();

    public static IReadOnlyList<Attic> All => [Only];
}
