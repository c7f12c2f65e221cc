using Microsoft.Extensions.Configuration;
using ServersGrpc.Configuration;
using ServersGrpc.Errors;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.Configuration;

/// <summary>The sections of the clouds.</summary>
public sealed class CloudConfigurationTests : IDisposable
{
    private const string Hetzner = "Servers:Providers:hetznercloud";
    private const string DigitalOcean = "Servers:Providers:digitalocean";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_NoSection_CloudsAreOff()
    {
        var options = Read();

        Assert.Equal((true, false, false), (options.Local.Enabled, options.Hetzner.Enabled, options.DigitalOcean.Enabled));
    }

    [Fact]
    public void Read_TokenAlone_IsOnWithEveryDocumentedDefault()
    {
        var options = Read(($"{Hetzner}:Token", "t"), ($"{DigitalOcean}:Token", "u"), ("Servers:DefaultProvider", "hetznercloud"));

        var (hetzner, digitalOcean) = (options.Hetzner, options.DigitalOcean);
        Assert.Equal((true, "t", "https://api.hetzner.cloud/v1", "cx23", "ubuntu-24.04", "fsn1", true, true, false, 0, 10),
            (hetzner.Enabled, hetzner.Token, hetzner.Endpoint, hetzner.ServerType, hetzner.Image, hetzner.Location, hetzner.IPv4, hetzner.IPv6,
                hetzner.PrivateAddress, hetzner.VolumeSize, hetzner.ConsistencyWindow.TotalSeconds));
        Assert.Equal((true, "u", "https://api.digitalocean.com/v2", "s-1vcpu-1gb", "ubuntu-24-04-x64", "nyc3", true, false, 60),
            (digitalOcean.Enabled, digitalOcean.Token, digitalOcean.Endpoint, digitalOcean.Size, digitalOcean.Image, digitalOcean.Region,
                digitalOcean.PublicNetworking, digitalOcean.IPv6, digitalOcean.ConsistencyWindow.TotalSeconds));
        Assert.Equal(("linux/amd64", 30), (hetzner.Platform, hetzner.CallTimeout.TotalSeconds));
    }

    [Fact]
    public void Read_TurnedOff_NeedsNoToken() => Assert.False(Read(($"{Hetzner}:Enabled", "false")).Hetzner.Enabled);

    [Fact]
    public void Read_TokenAndTemplateFiles_AreTaken()
    {
        var (token, template) = (Write("token", " t\n"), Write("user-data", "#cloud-config\nhostname: {{name}}\n"));

        var options = Read(
            ($"{Hetzner}:TokenFile", token), ($"{Hetzner}:UserDataFile", template), ($"{Hetzner}:Endpoint", "http://127.0.0.1:8081/v1"),
            ($"{Hetzner}:SshKeys:0", "me"), ($"{Hetzner}:Networks", "1,2"), ($"{Hetzner}:PrivateAddress", "true"), ($"{Hetzner}:Alternatives", "nbg1/cx23"));

        Assert.Equal(["1", "2"], options.Hetzner.Networks);
    }

    [Theory]
    [InlineData($"{Hetzner}:Location", "fsn1", "exactly one of Token and TokenFile is needed")]
    [InlineData($"{Hetzner}:TokenFile", "/nonexistent/token", "TokenFile /nonexistent/token can't be read")]
    [InlineData($"{Hetzner}:Token", "two words", "Token has characters that no token has")]
    [InlineData($"{DigitalOcean}:Size", "s", "exactly one of Token and TokenFile is needed")]
    [InlineData($"{Hetzner}:Datacenter", "fsn1-dc14", "Servers:Providers:hetznercloud:Datacenter is not a known key")]
    [InlineData("Servers:DefaultProvider", "hetznercloud", "Servers:DefaultProvider is hetznercloud, which is not enabled. Enabled: local")]
    public void Read_BadSetting_IsRefused(string key, string value, string expected) => AssertRefused(expected, (key, value));

    [Theory]
    [InlineData("TokenFile", "x", "exactly one of Token and TokenFile is needed")]
    [InlineData("Endpoint", "api.hetzner.cloud", "which is no absolute URL with https")]
    [InlineData("Endpoint", "ftp://api.hetzner.cloud", "which is no absolute URL with https")]
    [InlineData("Endpoint", "http://api.hetzner.cloud/v1", "the token would cross the network in clear text")]
    [InlineData("Endpoint", "https://me@api.hetzner.cloud/v1", "neither user, query nor fragment")]
    [InlineData("Endpoint", "https://api.hetzner.cloud/v1?x=1", "neither user, query nor fragment")]
    [InlineData("ServerType", "", "ServerType")]
    [InlineData("Location", "", "Location")]
    [InlineData("Image", "", "Image")]
    [InlineData("Networks", "private", "Networks has \"private\", which is not an id")]
    [InlineData("Firewalls", "-1", "Firewalls has \"-1\", which is not an id")]
    [InlineData("PrivateAddress", "true", "PrivateAddress needs Networks")]
    [InlineData("VolumeSize", "9", "VolumeSize must be 0 or at least 10")]
    [InlineData("VolumeSize", "10241", "VolumeSize")]
    [InlineData("Platform", "amd64", "Platform must be like linux/amd64")]
    [InlineData("CallTimeout", "00:05:00", "CallTimeout")]
    [InlineData("ConsistencyWindow", "02:00:00", "ConsistencyWindow")]
    [InlineData("Alternatives", "fsn1", "which is not REGION/SIZE")]
    [InlineData("UserDataFile", "/nonexistent/template", "UserDataFile /nonexistent/template can't be read")]
    public void Read_BadHetznerSetting_IsRefused(string key, string value, string expected) =>
        AssertRefused(expected, ($"{Hetzner}:Token", "t"), ($"{Hetzner}:{key}", value));

    [Theory]
    [InlineData("Tags", "no spaces", "Tags has \"no spaces\"")]
    [InlineData("Tags", "servers-grpc-uid:1", "or is reserved")]
    [InlineData("Vpc", "default", "which is no id of a VPC")]
    [InlineData("Size", "gpu-h100x1-80gb", "the size gpu-h100x1-80gb has a GPU")]
    [InlineData("Alternatives", "tor1/gpu-h100x1-80gb", "the size gpu-h100x1-80gb has a GPU")]
    [InlineData("PublicNetworking", "false", "can't be reached unless PrivateAddress is true")]
    [InlineData("Region", "", "Region")]
    [InlineData("Endpoint", "http://192.0.2.1/v2", "the token would cross the network in clear text")]
    public void Read_BadDigitalOceanSetting_IsRefused(string key, string value, string expected) =>
        AssertRefused(expected, ($"{DigitalOcean}:Token", "t"), ($"{DigitalOcean}:{key}", value));

    [Fact]
    public void Read_ServersWithoutAnyAddress_AreRefused() =>
        AssertRefused("can't be reached", ($"{Hetzner}:Token", "t"), ($"{Hetzner}:IPv4", "false"), ($"{Hetzner}:IPv6", "false"));

    [Fact]
    public void Read_EmptyTokenFile_IsRefused() => AssertRefused("token is empty", ($"{Hetzner}:TokenFile", Write("token", " \n")));

    [Theory]
    [InlineData("{{nope}}", "is no template: Line 1: {{nope}} is not a variable")]
    [InlineData("long", "which are more than the cloud's 32768")]
    public void Read_BadTemplate_IsRefused(string template, string expected)
    {
        var file = Write("user-data", template == "long" ? new string('x', 32_700) + "{{ca_cert}}" : template);

        AssertRefused(expected, ($"{Hetzner}:Token", "t"), ($"{Hetzner}:UserDataFile", file));
    }

    [Fact]
    public void Read_SeveralBadSettings_AreAllListed()
    {
        var refused = Assert.Throws<ConfigurationException>(() => Read(
            ($"{Hetzner}:Endpoint", "x"), ($"{Hetzner}:Networks", "y"), ($"{DigitalOcean}:Vpc", "z"), ($"{DigitalOcean}:Token", "t")));

        Assert.Equal(4, refused.Message.Split('\n').Length - 1);
        Assert.All(refused.Message.Split('\n').Skip(1), line => Assert.Contains("Servers:Providers:", line, StringComparison.Ordinal));
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_directory.File(name), text);
        return _directory.File(name);
    }

    private static void AssertRefused(string expected, params IReadOnlyList<(string Key, string Value)> settings) =>
        Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => Read(settings)).Message, StringComparison.Ordinal);

    private static ServersOptions Read(params IReadOnlyList<(string Key, string Value)> settings) => ServersConfiguration.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());
}
