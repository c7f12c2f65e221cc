using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Tls;

/// <summary>Where the service does not listen, and what it says instead.</summary>
public class ListeningTests(ITestOutputHelper output)
{
    /// <summary>Environment variables and arguments, and what the refusal must say.</summary>
    public static TheoryData<string, string, string> Refused => new()
    {
        { "", "--urls=http://0.0.0.0:0", "http://0.0.0.0:0 could be reached from other machines without TLS" },
        { "", "--urls=http://127.0.0.1:0;http://*:0", "Servers:Tls:AllowClearText=true" },
        { "", "--urls=http://[::]:0", "without TLS" },
        { "ASPNETCORE_URLS=http://+:0", "", "without TLS" },
        { "DOTNET_URLS=http://+:0", "", "without TLS" },
        { "URLS=http://+:0", "", "without TLS" },
        { "ASPNETCORE_HTTP_PORTS=0", "", "http://*:0 could be reached" },
        { "ASPNETCORE_HTTPS_PORTS=0", "", "https://*:0 needs a certificate" },
        { "Kestrel__Endpoints__Http__Url=http://*:0", "", "Kestrel:Endpoints is not read" },
        { "", "--urls=https://127.0.0.1:0", "Servers:Tls:KeyFile (PEM). To try it out on this machine, start with --dev-certificate" },
        { "", "--dev-certificate --urls=https://0.0.0.0:0", "not for: it names localhost" },
        { "", "--dev-certificate --urls=http://127.0.0.1:0", "no address begins with https://" },
        { "", "--urls=https://127.0.0.1:0 --Servers:Tls:CertificateFile=/nowhere.pem", "CertificateFile and KeyFile are needed together" },
        { "", "--urls=https://127.0.0.1:0 --Servers:Tls:CertificateFile=/nowhere.pem --Servers:Tls:KeyFile=/nowhere.key", "/nowhere.pem can't be read" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Start_NotSafe_IsRefusedBeforeAnythingIsMade(string variable, string arguments, string expected)
    {
        var directory = ServiceProcess.NewDirectory();
        try
        {
            var data = Path.Combine(directory, "data");
            var environment = variable.Split('=', 2) is [var name, var value] ? new Dictionary<string, string> { [name] = value } : [];
            var result = await ServiceProcess.FailToStartAsync(
                environment, [.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), $"--Servers:DataDirectory={data}"]);

            output.WriteLine(result.Error);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains(expected, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("listening", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Start_EncryptedKey_IsRefusedWithWhatToDo()
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.Server();
        var encrypted = Path.Combine(authority.Directory, "encrypted.key");
        Assert.Equal(0, (await ExternalCommand.RunAsync("openssl", ["pkey", "-in", key, "-aes256", "-passout", "pass:secret", "-out", encrypted])).ExitCode);

        var result = await ServiceProcess.FailToStartAsync(Path.Combine(authority.Directory, "data"),
            "--urls=https://127.0.0.1:0", $"--Servers:Tls:CertificateFile={certificate}", $"--Servers:Tls:KeyFile={encrypted}");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"The key in {encrypted} is encrypted", result.Error, StringComparison.Ordinal);
        Assert.Contains("openssl pkey", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ec")]
    [InlineData("rsa")]
    [InlineData("pkcs8")]
    public async Task Start_KeyInAnyForm_IsTaken(string form)
    {
        using var authority = new TestAuthority();
        var (certificate, key) = (Path.Combine(authority.Directory, "own.pem"), Path.Combine(authority.Directory, "own.key"));
        string[] kind = form == "rsa" ? ["rsa:2048"] : ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
        Assert.Equal(0, (await ExternalCommand.RunAsync("openssl",
            ["req", "-x509", "-newkey", .. kind, "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=own", "-addext", "subjectAltName=IP:127.0.0.1"])).ExitCode);
        if (form != "pkcs8")
            Assert.Equal(0, (await ExternalCommand.RunAsync("openssl", [form, "-in", key, "-out", key, .. form == "rsa" ? new[] { "-traditional" } : []])).ExitCode);
        Assert.StartsWith(form == "pkcs8" ? "-----BEGIN PRIVATE" : $"-----BEGIN {form.ToUpperInvariant()} ", await File.ReadAllTextAsync(key), StringComparison.Ordinal);

        await using var service = await ServiceProcess.StartAsync(output,
            "--urls=https://127.0.0.1:0", $"--Servers:Tls:CertificateFile={certificate}", $"--Servers:Tls:KeyFile={key}");

        Assert.Equal("OK", (await Curl.SendAsync("--cacert", certificate, $"{service.Address}/healthz")).Body);
    }

    [Fact]
    public async Task Start_ClearTextAllowedByName_ListensAndWarns()
    {
        await using var service = await ServiceProcess.StartAsync(output, "--urls=http://0.0.0.0:0", "--Servers:Tls:AllowClearText=true");

        await Eventually.BeAsync(() => service.Log.Contains("can be reached from other machines without TLS", StringComparison.Ordinal), "it warns");
    }
}
