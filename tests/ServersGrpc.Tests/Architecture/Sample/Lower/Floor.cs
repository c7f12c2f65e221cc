namespace ServersGrpc.Tests.Architecture.Sample.Lower;

/// <summary>Stays in its room.</summary>
internal sealed class Floor
{
    public static async Task<int> WalkAsync()
    {
        await Task.Yield();
        return Enumerable.Range(0, 1).Count(step => step > 0);
    }
}
