using System.Text;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers.UserData;

/// <summary>What the variables of a template stand for.</summary>
internal sealed class UserDataValues
{
    /// <summary>The names of all variables, sorted.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "ca_cert", "image", "installation_id", "name", "provider", "region", "secret", "size", "tls_cert", "tls_key", "uid",
    ];

    /// <summary>As long as real values get, to see beforehand how much a template takes.</summary>
    public static readonly UserDataValues Sample = new(
        new InstanceSpec(
            new string('0', 32), new string('x', 63), new string('x', 64), new string('x', 32), new string('x', 32), "", ServerRecord.EmptyLabels,
            new ServerCredentials(default, Pem(900), Pem(300), Pem(900)))
        { Secret = new string('x', 32) },
        new string('x', 16), new string('x', 63));

    private readonly Dictionary<string, string> _values;

    public UserDataValues(InstanceSpec spec, string provider, string installationId) => _values = new()
    {
        ["ca_cert"] = Encoding.UTF8.GetString(spec.Credentials.CaCertificate.Span),
        ["image"] = spec.Image,
        ["installation_id"] = installationId,
        ["name"] = spec.Name,
        ["provider"] = provider,
        ["region"] = spec.Region,
        ["secret"] = spec.Secret,
        ["size"] = spec.Size,
        ["tls_cert"] = Encoding.UTF8.GetString(spec.Credentials.TlsCertificate.Span),
        ["tls_key"] = Encoding.UTF8.GetString(spec.Credentials.TlsKey.Span),
        ["uid"] = spec.Uid,
    };

    public string this[string name] => _values[name];

    private static ReadOnlyMemory<byte> Pem(int length)
    {
        const int LineLength = 64;
        var lines = Enumerable.Repeat(new string('x', LineLength), length / LineLength);
        return Encoding.ASCII.GetBytes($"-----BEGIN SAMPLE-----\n{string.Join('\n', lines)}\n-----END SAMPLE-----\n");
    }
}
