using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Providers.Cloud;

/// <summary>Machines to ask a cloud for.</summary>
internal static class CloudSpecs
{
    public const string Token = "token-4711-0815";
    public const string Uid = "0123456789abcdef0123456789abcdef";

    private static readonly ServerCredentials Credentials = new ServerCredentialsFactory(TimeProvider.System).Create("web");

    public static InstanceSpec New(string userData = "#cloud-config", IReadOnlyDictionary<string, string>? labels = null) =>
        new(Uid, "web", "image-1", "place-1", "size-1", userData, labels ?? new Dictionary<string, string>(), Credentials) { Secret = "s3cret" };

    public static Instance Instance(string id) => new(id, Uid, "web", "", default);
}
