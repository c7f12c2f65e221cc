using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ServersGrpc.Auth.Authentication.Certificates;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Tests.Auth.Authentication.Certificates;

public sealed class CertificateSubjectsTests : IDisposable
{
    private readonly AuthFixture _auth = new(new()
    {
        Certificates =
        {
            ["ci"] = new() { Subject = "CN=ci,O=Example", Role = Role.Operator, Scope = "team=a" },
            ["root"] = new() { Subject = "CN=root", Role = Role.Admin },
        },
    });

    public void Dispose() => _auth.Dispose();

    [Theory]
    [InlineData("CN=ci, O=Example", "certificate:CN=ci, O=Example")]
    [InlineData("CN=root", "certificate:CN=root")]
    [InlineData("CN=ci", null)]
    [InlineData("O=Example, CN=ci", null)]
    [InlineData("CN=CI, O=Example", null)]
    [InlineData("CN=\"ci, O=Example\"", null)]
    [InlineData("CN=root, OU=x", null)]
    public void Find_ACertificate_ByItsWholeSubject(string subject, string? caller)
    {
        using var certificate = Certificate(subject);

        Assert.Equal(caller, _auth.Get<CertificateSubjects>().Find(certificate)?.Caller.Name);
    }

    [Fact]
    public void Find_ACertificate_EndsWithIt()
    {
        using var certificate = Certificate("CN=ci,O=Example");
        var account = _auth.Get<CertificateSubjects>().Find(certificate)!;
        Assert.Equal(("team=a", Role.Operator), (account.Caller.Scope.ToString(), account.Caller.Role));

        _auth.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal((int)Grpc.Core.StatusCode.Unauthenticated, account.WhyEnded(_auth.Time)!.Code);
    }

    private X509Certificate2 Certificate(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = _auth.Time.GetUtcNow();
        return new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(now - TimeSpan.FromHours(1), now + TimeSpan.FromHours(1));
    }
}
