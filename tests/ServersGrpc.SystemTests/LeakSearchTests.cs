using System.Security.Cryptography;
using System.Text;
using ServersGrpc.Engine.Servers;
using ServersGrpc.SystemTests.Harness.Leaks;

namespace ServersGrpc.SystemTests;

/// <summary>What every test's service is searched with finds what it is to find.</summary>
public class LeakSearchTests
{
    private readonly string _secret = ServerSecrets.Generate();
    private readonly ServerCredentials _credentials = new ServerCredentialsFactory(TimeProvider.System).Create("searched");
    private readonly SecretLedger _ledger = new();

    public LeakSearchTests() => _ledger.AddAnswer(
        $$$"""[{"change":{"secret":"{{{_secret}}}","ca_key":"{{{Base64(_credentials.CaKey)}}}","tls_key":"{{{Base64(_credentials.TlsKey)}}}"}}]""");

    [Fact]
    public void In_AnyFormOfASecret_FindsIt()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(Encoding.ASCII.GetString(_credentials.TlsKey.Span));
        var lines = Encoding.ASCII.GetString(_credentials.CaKey.Span).Split('\n');

        Assert.Equal(["a server's secret is in x"], Find($"the secret {_secret}."));
        foreach (var before in (string[])["", "1", "22"])
            Assert.Equal(["a server's secret is in x"], Find(Convert.ToBase64String(Encoding.ASCII.GetBytes($"{before}{_secret}."))));
        Assert.Equal(["a server's ca_key is in x"], Find(Encoding.ASCII.GetString(_credentials.CaKey.Span)));
        Assert.Equal(["a server's ca_key is in x"], Find(Base64(_credentials.CaKey)));
        Assert.Equal(["a server's ca_key is in x"], Find(lines[2]));
        Assert.Equal(["a server's ca_key is in x"], Find(string.Concat(lines[1..^2])));
        Assert.Equal(["a server's tls_key is in x"], Search().In("x", key.ExportPkcs8PrivateKey()));
    }

    [Fact]
    public void In_WhatIsPublic_FindsNothing() =>
        Assert.Empty(Find(Encoding.ASCII.GetString([.. _credentials.TlsCertificate.Span, .. _credentials.CaCertificate.Span]) + Base64(_credentials.TlsCertificate)));

    [Fact]
    public void In_TheFileThatMayHoldIt_FindsItElsewhereOnly()
    {
        var token = RandomNumberGenerator.GetHexString(40);
        _ledger.Add(new("the token", Encoding.ASCII.GetBytes(token), MayBeIn: "admin.token"));

        Assert.Empty(Search().In("/data/admin.token", Encoding.ASCII.GetBytes(token)));
        Assert.Equal(["the token is in /data/log"], Search().In("/data/log", Encoding.ASCII.GetBytes(token)));
    }

    private LeakSearch Search() => new(_ledger.All);

    private IReadOnlyList<string> Find(string text) => Search().In("x", Encoding.ASCII.GetBytes(text));

    private static string Base64(ReadOnlyMemory<byte> bytes) => Convert.ToBase64String(bytes.Span);
}
