namespace ServersGrpc.SystemTests.Harness;

/// <summary>Where the sources are that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Clients { get; } = Path.Combine(Root, "tests", "clients");

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ServersGrpc.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }
}
