using System.Reflection;

namespace ServersGrpc.Telemetry;

/// <summary>What runs: the product, its version, and the commit it was built from ("" where the build did not know).</summary>
internal sealed record ServiceVersion(string Source, string Version, string Commit)
{
    public static ServiceVersion Read()
    {
        var assembly = typeof(ServiceVersion).Assembly;
        var informational = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var parts = informational.Split('+', 2);
        return new(assembly.GetCustomAttribute<AssemblyProductAttribute>()!.Product, parts[0], parts.Length > 1 ? parts[1] : "");
    }
}
