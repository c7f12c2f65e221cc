using Microsoft.Extensions.Configuration;
using ServersGrpc.Configuration;
using ServersGrpc.Errors;

namespace ServersGrpc.Tests.Configuration;

public sealed class ServersConfigurationTests
{
    [Fact]
    public void Read_Nothing_IsEveryDocumentedDefault()
    {
        var options = Read();

        Assert.Equal(("data", "", "local", "agent-", 2, 100),
            (options.DataDirectory, options.InstallationId, options.Fleet.DefaultProvider, options.Fleet.NamePrefix, options.Fleet.DefaultCapacity, options.Fleet.MaxServers));
        Assert.Equal((64, TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(30), TimeSpan.FromDays(1)),
            (options.Lifecycle.Concurrency, options.Lifecycle.ReadyDeadline, options.Lifecycle.LivenessInterval, options.Lifecycle.StoppedRetention));
        Assert.Equal(("litedb", 256), (options.Storage.Kind, options.Storage.MaxBatch));
        Assert.Empty(options.Cors.Origins);
        Assert.Equal((true, 8), (options.Local.Enabled, options.Local.MaxConcurrentCalls));
        Assert.Equal((true, false), (options.Docs.Enabled, options.Metrics.Open));
        Assert.False(options.Docker.Enabled);
        Assert.Equal((false, false, TimeSpan.FromDays(30)), (options.Tls.HasCertificate, options.Tls.AllowClearText, options.Tls.HstsMaxAge));
        Assert.Equal((1 << 20, 100, 32 << 10, 4096, 10_000, 4 << 20, 64 << 20), (options.Limits.MaxRequestSize, options.Limits.MaxHeaders,
            options.Limits.MaxHeadersSize, options.Limits.MaxStreamsPerConnection, options.Limits.MaxConnections,
            options.Limits.MaxUnreadAnswersPerConnection, options.Limits.MaxUnreadAnswers));
        Assert.Equal(["http://127.0.0.1:8080"], options.Addresses);
    }

    [Theory]
    [InlineData("urls", "http://127.0.0.1:1; http://[::1]:2", "http://127.0.0.1:1 http://[::1]:2")]
    [InlineData("urls", "", "https://127.0.0.1:8080")]
    [InlineData("https_ports", "8443", "")]
    [InlineData("http_ports", "", "https://127.0.0.1:8080")]
    public void Read_Addresses_AreThoseThatTheHostWouldTake(string key, string value, string expected)
    {
        var certificate = value.StartsWith("http:", StringComparison.Ordinal) ? "false" : "true";

        var read = () => Read((key, value), ("Servers:Tls:DevCertificate", certificate)).Addresses;

        // By ports alone it is every interface, which that certificate is not for.
        if (expected.Length == 0)
            Assert.Contains("https://*:8443 could be reached", Assert.Throws<ConfigurationException>(read).Message);
        else
            Assert.Equal(expected, string.Join(' ', read()));
    }

    [Fact]
    public void Read_SectionOfDocker_TurnsItOn()
    {
        var options = Read(
            ("Servers:Providers:docker:Image", "docker:dind"), ("Servers:Providers:docker:Sizes", "a=1/1g, b=2/2g"), ("Servers:DefaultProvider", "docker"));

        Assert.Equal(("docker:dind", "unix:///var/run/docker.sock"), (options.Docker.Image, options.Docker.Endpoint));
        Assert.Equal(["a=1/1g", "b=2/2g"], options.Docker.Sizes);
    }

    [Fact]
    public void Read_AnyCase_IsTaken()
    {
        var options = Read(
            ("servers:maxservers", "7"), ("Servers:Lifecycle:LivenessInterval", "00:00:01.5"), ("Servers:Providers:local:maxconcurrentcalls", "3"));

        Assert.Equal((7, TimeSpan.FromSeconds(1.5), 3), (options.Fleet.MaxServers, options.Lifecycle.LivenessInterval, options.Local.MaxConcurrentCalls));
    }

    [Fact]
    public void Read_List_IsTakenAsItemsAndAsOneValue()
    {
        string[] origins = ["https://app.example:8443", "http://127.0.0.1:3000", "http://[::1]:3000", "https://xn--bcher-kva.example"];

        Assert.Equal(origins, Read([.. origins.Select((origin, i) => ($"Servers:Cors:Origins:{i}", origin))]).Cors.Origins);
        Assert.Equal(origins, Read(("Servers:Cors:Origins", string.Join(", ", origins))).Cors.Origins);
        Assert.Equal(["*"], Read(("Servers:Cors:Origins", "*")).Cors.Origins);
        Assert.Empty(Read(("Servers:Cors:Origins", "")).Cors.Origins);
    }

    [Theory]
    [InlineData("Servers", "foo", "Servers must be a section")]
    [InlineData("Servers:Nonsense", "1", "Servers:Nonsense is not a known key")]
    [InlineData("Servers:Lifecycle:Nonsense", "1", "Servers:Lifecycle:Nonsense is not a known key")]
    [InlineData("Servers:Docs:Nonsense", "1", "Servers:Docs:Nonsense is not a known key")]
    [InlineData("Servers:Metrics:Nonsense", "1", "Servers:Metrics:Nonsense is not a known key")]
    [InlineData("Servers:Docs:Enabled", "perhaps", "\"perhaps\", which is not true or false")]
    [InlineData("Servers:Providers:hetzner:Token", "1", "Servers:Providers:hetzner is not a known key")]
    [InlineData("Servers:MaxServers", "many", "\"many\", which is not a whole number")]
    [InlineData("Servers:MaxServers", "-1", "MaxServers")]
    [InlineData("Servers:MaxServers:x", "1", "Servers:MaxServers must be one value")]
    [InlineData("Servers:NamePrefix", "Upper-", "NamePrefix must be")]
    [InlineData("Servers:InstallationId", "a b", "InstallationId must be")]
    [InlineData("Servers:DataDirectory", "", "DataDirectory")]
    [InlineData("Servers:Lifecycle:ReadyDeadline", "soon", "which is not a time as d.hh:mm:ss")]
    [InlineData("Servers:Lifecycle:LivenessFailures", "0", "LivenessFailures")]
    [InlineData("Servers:Lifecycle:OrphanAge", "00:99:00", "a time as d.hh:mm:ss")]
    [InlineData("Servers:Lifecycle:Sweep", "7", "one of Destroy, Log")]
    [InlineData("Servers:Lifecycle:Sweep", "Maybe", "one of Destroy, Log")]
    [InlineData("Servers:Storage:Kind", "sqlite", "Kind must be litedb")]
    [InlineData("Servers:Providers:local:StartTimeout", "00:00:00", "StartTimeout")]
    [InlineData("Servers:Providers:local:MaxConcurrentCalls", "0", "MaxConcurrentCalls")]
    [InlineData("Servers:Storage:MaxBatch", "0", "MaxBatch")]
    [InlineData("Servers:Encryption:Key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "Servers:Encryption:Key is not a known key. Known: KeyFile, KeyVariable.")]
    [InlineData("Servers:Encryption:KeyFile", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "Servers:Encryption: KeyFile must be the name of a file")]
    [InlineData("Servers:Encryption:KeyFile", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "KeyFile must be the name of a file")]
    [InlineData("Servers:Encryption:KeyVariable", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "KeyVariable must be the name of an environment variable")]
    [InlineData("Servers:Encryption:KeyVariable", "A=B", "KeyVariable must be the name of an environment variable")]
    [InlineData("Servers:Lifecycle:StopGrace", "00:00:08", "StopGrace")]
    [InlineData("Servers:Lifecycle:StepDeadline", "00:00:20", "more than twice ProbeTimeout")]
    [InlineData("Servers:DefaultProvider", "hetzner", "Servers:DefaultProvider is hetzner, which is not enabled. Enabled: local")]
    [InlineData("Servers:Providers:local:Enabled", "false", "Servers:DefaultProvider is local, which is not enabled. Enabled: none")]
    [InlineData("Servers:Cors:Origins", "app.example", "\"app.example\", which is no origin")]
    [InlineData("Servers:Cors:Origins", "app.example:8080", "which is no origin")]
    [InlineData("Servers:Cors:Origins", "null", "which is no origin")]
    [InlineData("Servers:Cors:Origins", "file:///index.html", "which is no origin")]
    [InlineData("Servers:Cors:Origins", "https://app.example/", "which no browser sends. It would be https://app.example.")]
    [InlineData("Servers:Cors:Origins", "https://app.example:443", "It would be https://app.example.")]
    [InlineData("Servers:Cors:Origins", "https://user@app.example", "It would be https://app.example.")]
    [InlineData("Servers:Cors:Origins", "HTTPS://App.example:8443/path", "It would be https://app.example:8443.")]
    [InlineData("Servers:Cors:Origins", "https://bücher.example", "It would be https://xn--bcher-kva.example.")]
    [InlineData("Servers:Cors:Origins", "https://*.example", "which is no origin")]
    [InlineData("Servers:Cors:Origins", "https://app.example, *", "\"*\", which must stand alone")]
    [InlineData("Servers:Cors:Origins:0:Name", "https://app.example", "Servers:Cors:Origins must be a list of values")]
    [InlineData("Servers:Cors:Credentials", "true", "Servers:Cors:Credentials is not a known key")]
    [InlineData("Servers:Providers:docker:Pull", "missing", "Servers:Providers:docker: Image is needed.")]
    [InlineData("Servers:Providers:docker:Nonsense", "1", "Servers:Providers:docker:Nonsense is not a known key")]
    [InlineData("Servers:Providers:docker", "on", "Servers:Providers:docker must be a section")]
    [InlineData("Servers:Tls:CertificateFile", "a.pem", "CertificateFile and KeyFile are needed together")]
    [InlineData("Servers:Tls:HstsMaxAge", "-00:00:01", "HstsMaxAge")]
    [InlineData("Servers:Tls:ClientAuthority", "ca.pem", "no address begins with https://")]
    [InlineData("Servers:Tls:Nonsense", "1", "Servers:Tls:Nonsense is not a known key")]
    [InlineData("Kestrel:Certificates:Default:Path", "a.pem", "Kestrel:Certificates is not read")]
    [InlineData("urls", "ftp://127.0.0.1:1", "neither http:// nor https://")]
    [InlineData("Servers:Limits:Nonsense", "1", "Servers:Limits:Nonsense is not a known key")]
    [InlineData("Servers:Limits:MaxRequestSize", "1023", "MaxRequestSize")]
    [InlineData("Servers:Limits:MaxHeaders", "0", "MaxHeaders")]
    [InlineData("Servers:Limits:MaxHeadersSize", "10", "MaxHeadersSize")]
    [InlineData("Servers:Limits:MaxStreamsPerConnection", "0", "MaxStreamsPerConnection")]
    [InlineData("Servers:Limits:MaxConnections", "0", "MaxConnections")]
    [InlineData("Servers:Limits:MaxUndecidedConnections", "0", "MaxUndecidedConnections")]
    [InlineData("Servers:Limits:MaxUnreadAnswers", "100000", "MaxUnreadAnswers must be at least MaxUnreadAnswersPerConnection")]
    [InlineData("Servers:Limits:ProtocolTimeout", "00:00:00", "ProtocolTimeout")]
    [InlineData("Servers:Limits:HandshakeTimeout", "00:00:00", "HandshakeTimeout")]
    [InlineData("Servers:Limits:HeadersTimeout", "00:00:00", "HeadersTimeout")]
    [InlineData("Servers:Limits:KeepAliveTimeout", "2.00:00:00", "KeepAliveTimeout")]
    [InlineData("Servers:Limits:MinRequestRate", "-1", "MinRequestRate")]
    [InlineData("Servers:Limits:MinResponseRate", "-1", "MinResponseRate")]
    [InlineData("Servers:Limits:RateGrace", "00:00:01", "RateGrace")]
    [InlineData("Servers:Providers:local:Enabled", "perhaps", "which is not true or false")]
    public void Read_BadSetting_IsRefusedWithWhatWouldBeRight(string key, string value, string expected)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Read((key, value)));

        Assert.Contains(expected, refused.Message);
        if (key.StartsWith("Servers:Encryption", StringComparison.Ordinal))
            Assert.DoesNotContain(value, refused.Message);
    }

    [Fact]
    public void Read_PlaceOfTheKeys_IsOneOfTwo()
    {
        Assert.Equal("/run/secrets/servers/encryption/keysofservers", Read(("Servers:Encryption:KeyFile", "/run/secrets/servers/encryption/keysofservers")).Storage.Encryption.KeyFile);
        Assert.Equal("SERVERS_KEYS", Read(("Servers:Encryption:KeyVariable", "SERVERS_KEYS")).Storage.Encryption.KeyVariable);

        var refused = Assert.Throws<ConfigurationException>(
            () => Read(("Servers:Encryption:KeyFile", "keys"), ("Servers:Encryption:KeyVariable", "KEYS")));

        Assert.Contains("Servers:Encryption: KeyFile and KeyVariable are both set", refused.Message);
    }

    [Fact]
    public void Read_SeveralBadSettings_AreAllListed()
    {
        var refused = Assert.Throws<ConfigurationException>(
            () => Read(("Servers:MaxServers", "x"), ("Servers:Typo", "1"), ("Servers:Storage:Kind", "x")));

        Assert.Equal(3, refused.Message.Split('\n').Length - 1);
    }

    private static ServersOptions Read(params IReadOnlyList<(string Key, string Value)> settings) => ServersConfiguration.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());
}
