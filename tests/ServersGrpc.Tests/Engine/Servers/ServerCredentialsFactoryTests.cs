using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Servers;

public sealed class ServerCredentialsFactoryTests
{
    private static readonly DateTimeOffset Now = new(2031, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly ServerCredentialsFactory _factory = new(new FixedTimeProvider(Now));

    [Fact]
    public void Create_Name_EveryPartIsOnePemBlockThatEndsWithANewline()
    {
        var credentials = _factory.Create("agent-one");

        AssertPem("PRIVATE KEY", credentials.CaKey);
        AssertPem("CERTIFICATE", credentials.CaCertificate);
        AssertPem("PRIVATE KEY", credentials.TlsKey);
        AssertPem("CERTIFICATE", credentials.TlsCertificate);
    }

    [Fact]
    public void Create_Name_KeysAreP256AndBelongToTheirCertificates()
    {
        var credentials = _factory.Create("agent-one");

        foreach (var (key, certificate) in new[]
                 {
                     (credentials.CaKey, credentials.CaCertificate), (credentials.TlsKey, credentials.TlsCertificate),
                 })
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(Text(key));
            using var parsed = Certificate(certificate);
            Assert.Equal("1.2.840.10045.3.1.7", ecdsa.ExportParameters(false).Curve.Oid.Value);
            Assert.Equal(ecdsa.ExportSubjectPublicKeyInfo(), parsed.PublicKey.ExportSubjectPublicKeyInfo());
        }
    }

    [Fact]
    public void Create_Name_AuthorityMaySignAndNothingElse()
    {
        using var authority = Certificate(_factory.Create("agent-one").CaCertificate);

        var constraints = Assert.Single(authority.Extensions.OfType<X509BasicConstraintsExtension>());
        Assert.True(constraints.Critical);
        Assert.True(constraints.CertificateAuthority);
        var usage = Assert.Single(authority.Extensions.OfType<X509KeyUsageExtension>());
        Assert.True(usage.Critical);
        Assert.Equal(X509KeyUsageFlags.KeyCertSign, usage.KeyUsages);
        Assert.Equal(authority.Subject, authority.Issuer);
    }

    [Fact]
    public void Create_NameAndAddress_LeafServesAndCallsUnderBoth()
    {
        using var leaf = Certificate(_factory.Create("agent-one", IPAddress.Parse("10.1.2.3")).TlsCertificate);

        var names = Assert.Single(leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>());
        Assert.Equal(["agent-one"], names.EnumerateDnsNames());
        Assert.Equal([IPAddress.Parse("10.1.2.3")], names.EnumerateIPAddresses());
        var usage = Assert.Single(leaf.Extensions.OfType<X509KeyUsageExtension>());
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, usage.KeyUsages);
        var purposes = Assert.Single(leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>()).EnhancedKeyUsages;
        Assert.Equal(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], purposes.Cast<Oid>().Select(purpose => purpose.Value!));
        Assert.False(Assert.Single(leaf.Extensions.OfType<X509BasicConstraintsExtension>()).CertificateAuthority);
    }

    [Fact]
    public void Create_NameOnly_LeafHasNoAddress()
    {
        using var leaf = Certificate(_factory.Create("agent-one").TlsCertificate);

        Assert.Empty(Assert.Single(leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()).EnumerateIPAddresses());
    }

    [Fact]
    public void Create_Name_LeafPointsToItsAuthority()
    {
        var credentials = _factory.Create("agent-one");
        using var authority = Certificate(credentials.CaCertificate);
        using var leaf = Certificate(credentials.TlsCertificate);

        var authorityKeyId = Assert.Single(authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>()).SubjectKeyIdentifierBytes;
        var issuerKeyId = Assert.Single(leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>()).KeyIdentifier;
        Assert.Equal(authorityKeyId.ToArray(), issuerKeyId!.Value.ToArray());
        Assert.Single(leaf.Extensions.OfType<X509SubjectKeyIdentifierExtension>());
        Assert.NotEqual(leaf.Subject, leaf.Issuer);
        Assert.NotEqual(leaf.SerialNumber, authority.SerialNumber);
    }

    [Fact]
    public void Create_Name_ValidFor1080DaysFromADayAgo()
    {
        var credentials = _factory.Create("agent-one");

        foreach (var certificate in new[] { Certificate(credentials.CaCertificate), Certificate(credentials.TlsCertificate) })
        {
            using (certificate)
            {
                Assert.Equal(Now.UtcDateTime.AddDays(-1), certificate.NotBefore.ToUniversalTime());
                Assert.Equal(Now.UtcDateTime.AddDays(-1).AddDays(1080), certificate.NotAfter.ToUniversalTime());
            }
        }
    }

    [Theory]
    [InlineData(-23, true)]
    [InlineData(-25, false)]
    [InlineData(1078 * 24, true)]
    [InlineData(1080 * 24, false)]
    public void Create_Name_MachineWhoseClockDiffersBySoManyHours_TrustsItOrNot(int hours, bool trusts)
    {
        var credentials = _factory.Create("agent-one");

        Assert.Equal(trusts, IsTrusted(credentials.TlsCertificate, credentials.CaCertificate, Now.AddHours(hours)));
    }

    [Fact]
    public void Create_TwoServers_EachTrustsOnlyItsOwn()
    {
        var one = _factory.Create("agent-one");
        var other = _factory.Create("agent-one");

        Assert.True(IsTrusted(one.TlsCertificate, one.CaCertificate));
        Assert.False(IsTrusted(one.TlsCertificate, other.CaCertificate));
        Assert.False(IsTrusted(other.TlsCertificate, one.CaCertificate));
    }

    [Fact]
    public void Create_LongestName_IsUsable()
    {
        var credentials = _factory.Create(new string('n', 63));

        Assert.True(IsTrusted(credentials.TlsCertificate, credentials.CaCertificate));
    }

    [Theory]
    [InlineData(2046)]
    [InlineData(2047)]
    [InlineData(2050)]
    public void Create_AroundTheEndOfTwoDigitYears_DatesAreRight(int year)
    {
        var now = new DateTimeOffset(year, 6, 1, 0, 5, 0, TimeSpan.Zero);

        using var leaf = Certificate(new ServerCredentialsFactory(new FixedTimeProvider(now)).Create("agent-one").TlsCertificate);

        Assert.Equal(now.UtcDateTime.AddDays(-1), leaf.NotBefore.ToUniversalTime());
        Assert.Equal(now.UtcDateTime.AddDays(-1).AddDays(1080), leaf.NotAfter.ToUniversalTime());
    }

    private static bool IsTrusted(ReadOnlyMemory<byte> certificate, ReadOnlyMemory<byte> authority, DateTimeOffset? now = null)
    {
        using var root = Certificate(authority);
        using var leaf = Certificate(certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = (now ?? Now).UtcDateTime;
        return chain.Build(leaf);
    }

    private static void AssertPem(string label, ReadOnlyMemory<byte> pem)
    {
        var text = Text(pem);
        Assert.StartsWith($"-----BEGIN {label}-----\n", text, StringComparison.Ordinal);
        Assert.EndsWith($"\n-----END {label}-----\n", text, StringComparison.Ordinal);
    }

    private static X509Certificate2 Certificate(ReadOnlyMemory<byte> pem) => X509Certificate2.CreateFromPem(Text(pem));

    private static string Text(ReadOnlyMemory<byte> pem) => Encoding.ASCII.GetString(pem.Span);
}
