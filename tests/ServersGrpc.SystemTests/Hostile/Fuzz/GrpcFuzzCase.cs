namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>A call to be made.</summary>
/// <param name="Path">Service and method.</param>
/// <param name="Headers">All but HTTP/2's own.</param>
/// <param name="Body">What goes for its messages.</param>
/// <param name="MayBeInternal">Whether something of the protocol is wrong with it.</param>
internal sealed record GrpcFuzzCase(string Path, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, bool MayBeInternal)
{
    public override string ToString() =>
        $"{Path} [{string.Join(", ", Headers.Select(header => $"{header.Name}: {header.Value}"))}] {Convert.ToHexString(Body)}";
}
