using System.ComponentModel.DataAnnotations;
using System.Net;
using ServersGrpc.Engine.Providers.Docker;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Providers.Docker;

public sealed class DockerProviderOptionsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Validate_ImageAlone_IsEnough()
    {
        var options = new DockerProviderOptions { Image = "docker:dind" };

        Assert.Empty(Problems(options));
        Assert.Equal(("small", "docker"), (options.DefaultSize, options.Region));
        Assert.Matches("^linux/[a-z0-9]+$", options.Platform);
        Assert.Equal(new DockerSize("medium", 2_000_000_000, 4L << 30), options.FindSize("medium"));
    }

    [Fact]
    public void Validate_Disabled_NeedsNothing() => Assert.Empty(Problems(new DockerProviderOptions { Enabled = false }));

    [Fact]
    public void Validate_TcpWithCertificates_IsTaken()
    {
        var options = WithCertificates("tcp://engine.example");

        Assert.Empty(Problems(options));
        Assert.Equal("https://engine.example:2376/", options.EngineEndpoint.Base.ToString());
    }

    [Theory]
    [InlineData("tcp://127.0.0.1", "http://127.0.0.1:2375/")]
    [InlineData("tcp://[::1]:1234", "http://[::1]:1234/")]
    [InlineData("tcp://localhost:80", "http://localhost/")]
    [InlineData("unix:///run/user/1000/docker.sock", "http://docker/")]
    public void Validate_LocalEndpointInClearText_IsTaken(string endpoint, string expected)
    {
        var options = new DockerProviderOptions { Image = "image", Endpoint = endpoint };

        Assert.Empty(Problems(options));
        Assert.Equal(expected, options.EngineEndpoint.Base.ToString());
    }

    [Theory]
    [InlineData("tcp://engine.example", "which needs TLS")]
    [InlineData("tcp://0.0.0.0:2375", "which needs TLS")]
    [InlineData("http://127.0.0.1", "neither unix:///PATH nor tcp://HOST:PORT")]
    [InlineData("unix://docker.sock", "neither unix:///PATH nor tcp://HOST:PORT")]
    [InlineData("tcp://127.0.0.1/path", "neither unix:///PATH nor tcp://HOST:PORT")]
    [InlineData("/var/run/docker.sock", "neither unix:///PATH nor tcp://HOST:PORT")]
    [InlineData("", "neither unix:///PATH nor tcp://HOST:PORT")]
    public void Validate_BadEndpoint_IsRefused(string endpoint, string expected) =>
        Assert.Contains(expected, Assert.Single(Problems(new() { Image = "image", Endpoint = endpoint })));

    [Fact]
    public void Validate_CertificatesThatCannotBeUsed_AreRefused()
    {
        var options = new DockerProviderOptions { Image = "image", Endpoint = "tcp://engine.example", CaFile = "ca.pem" };
        Assert.Contains("come together or not at all", Assert.Single(Problems(options)));

        options = WithCertificates("unix:///run/docker.sock");
        Assert.Contains("are for tcp://", Assert.Single(Problems(options)));

        options = WithCertificates("tcp://engine.example");
        options.CertificateFile = _directory.File("missing.pem");
        Assert.Contains("missing.pem", Assert.Single(Problems(options)));

        options = WithCertificates("tcp://engine.example");
        File.WriteAllText(options.KeyFile, "no key");
        Assert.Contains("can't be used", Assert.Single(Problems(options)));

        options = WithCertificates("tcp://engine.example");
        File.WriteAllText(options.CaFile, "");
        Assert.Contains("holds no certificate", Assert.Single(Problems(options)));
    }

    [Theory]
    [InlineData("small", "which is not NAME=CPUS/MEMORY")]
    [InlineData("small=1", "which is not NAME=CPUS/MEMORY")]
    [InlineData("small=0/1g", "which is not NAME=CPUS/MEMORY")]
    [InlineData("small=0.001/1g", "which is not NAME=CPUS/MEMORY")]
    [InlineData("small=1/5m", "which is not NAME=CPUS/MEMORY")]
    [InlineData("small=1/1t", "which is not NAME=CPUS/MEMORY")]
    [InlineData("=1/1g", "which is not NAME=CPUS/MEMORY")]
    public void Validate_BadSize_IsRefused(string size, string expected) =>
        Assert.Contains(expected, Assert.Single(Problems(new() { Image = "image", Sizes = ["good=1/1g", size] })));

    [Theory]
    [InlineData("a=1/6291456", 1_000_000_000, 6 << 20)]
    [InlineData("a=0.25/8192K", 250_000_000, 8 << 20)]
    [InlineData(" a = 1.5 / 512m ", 1_500_000_000, 512 << 20)]
    public void FindSize_ReadSize_IsInTheEnginesUnits(string size, long nanoCpus, long memory) =>
        Assert.Equal(new DockerSize("a", nanoCpus, memory), new DockerProviderOptions { Sizes = [size] }.FindSize("a"));

    public static TheoryData<string, DockerProviderOptions> Refused => new()
    {
        { "Image is needed.", new() },
        { "is no image's name", new() { Image = "an image" } },
        { "Pull must be", new() { Image = "image", Pull = "often" } },
        { "Restart must be", new() { Image = "image", Restart = "sometimes" } },
        { "Platform must be", new() { Image = "image", Platform = "linux" } },
        { "Sizes needs an entry", new() { Image = "image", Sizes = [] } },
        { "Sizes has a 2 times", new() { Image = "image", Sizes = ["a=1/1g", "a=2/2g"] } },
        { "Size is b, which Sizes does not have", new() { Image = "image", Sizes = ["a=1/1g"], Size = "b" } },
        { "\"host\", which must stand alone", new() { Image = "image", Networks = ["host", "front"] } },
        { "\"none\", on which no server can be reached", new() { Image = "image", Networks = ["none"] } },
        { "can't be had with the network \"host\"", new() { Image = "image", Networks = ["host"], PublishAddress = "127.0.0.1" } },
        { "which is no IP address", new() { Image = "image", PublishAddress = "engine.example" } },
        { "nothing says at which of them", new() { Image = "image", PublishAddress = "0.0.0.0" } },
        { "\"A\", which is not NAME=VALUE", new() { Image = "image", Environment = ["A"] } },
        { "CertificateDirectory must be an absolute path", new() { Image = "image", CertificateDirectory = "certs" } },
        { "UserDataPath must be an absolute path", new() { Image = "image", UserDataPath = "/data/" } },
        { "StopGrace", new() { Image = "image", StopGrace = TimeSpan.FromMinutes(3) } },
        { "Region", new() { Image = "image", Region = "" } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Validate_BadOption_IsRefusedWithWhatIsWrong(string expected, DockerProviderOptions options) =>
        Assert.Contains(Problems(options), problem => problem.Contains(expected));

    [Fact]
    public void Validate_EnginesNetworkOfAnotherMachine_IsRefused()
    {
        var options = WithCertificates("tcp://engine.example");
        options.Networks = ["host"];

        Assert.Contains("only a local Endpoint", Assert.Single(Problems(options)));
    }

    private DockerProviderOptions WithCertificates(string endpoint)
    {
        var credentials = new ServerCredentialsFactory(TimeProvider.System).Create("engine", IPAddress.Loopback);
        return new()
        {
            Image = "image",
            Endpoint = endpoint,
            CaFile = Write("ca.pem", credentials.CaCertificate),
            CertificateFile = Write("cert.pem", credentials.TlsCertificate),
            KeyFile = Write("key.pem", credentials.TlsKey),
        };
    }

    private string Write(string name, ReadOnlyMemory<byte> content)
    {
        File.WriteAllBytes(_directory.File(name), content.ToArray());
        return _directory.File(name);
    }

    private static List<string> Problems(DockerProviderOptions options)
    {
        var results = new List<ValidationResult>();
        // As the service does: first each option, then all of them together.
        if (Validator.TryValidateObject(options, new(options), results, validateAllProperties: true))
            Assert.Empty(results);
        return [.. results.Select(result => result.ErrorMessage!)];
    }
}
