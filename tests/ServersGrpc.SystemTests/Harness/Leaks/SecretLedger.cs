using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ServersGrpc.SystemTests.Harness.Leaks;

/// <summary>All that a service handed out in confidence during a test.</summary>
internal sealed class SecretLedger
{
    private readonly ConcurrentDictionary<string, Secret> _secrets = new();

    // As answers have them: tests ask again and again for the same, and to read a key takes longer than an answer.
    private readonly ConcurrentDictionary<(string Field, string Text), bool> _fields = new();

    public IEnumerable<Secret> All => [.. _secrets.Values, .. _fields.Keys.Select(noted => Read(noted.Field, noted.Text))];

    public void Add(Secret secret) => _secrets.TryAdd(Convert.ToBase64String(secret.Value), secret);

    /// <summary>Adds the secrets of all servers in an answer of the API.</summary>
    public void AddAnswer(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            Add(document.RootElement);
        }
        catch (JsonException)
        {
            // A page or a text; no server is told of in one.
        }
    }

    private void Add(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) Add(item);
        }
        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (var field in element.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.String)
                Add(field.Value);
            else if (field.Name is "secret" or "ca_key" or "tls_key" && field.Value.GetString() is { Length: > 0 } text)
                _fields.TryAdd((field.Name, text), true);
        }
    }

    private static Secret Read(string field, string text) => new(
        $"a server's {field}", field == "secret" ? Encoding.UTF8.GetBytes(text) : PrivatePart(Convert.FromBase64String(text)));

    // The rest of such a file is the same for all keys, or is in the certificate too.
    private static byte[] PrivatePart(byte[] pem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(Encoding.ASCII.GetString(pem));
        return key.ExportParameters(includePrivateParameters: true).D!;
    }
}
