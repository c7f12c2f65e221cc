using ServersGrpc.Tests.Architecture.Sample.Upper;

namespace ServersGrpc.Tests.Architecture.Sample.Lower;

/// <summary>Reaches up in a method's body alone, after an await and inside a lambda, where no signature shows it.</summary>
internal sealed class Ladder
{
    public static async Task<int> ClimbAsync()
    {
        await Task.Yield();
        return Enumerable.Range(0, 1).Count(_ => Attic.All.Count > 0);
    }
}
