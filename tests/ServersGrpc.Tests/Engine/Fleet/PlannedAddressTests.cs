using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine.Lifecycle;
using ServersGrpc.Tests.Engine.Providers.Local;

namespace ServersGrpc.Tests.Engine.Fleet;

/// <summary>Servers whose address is known before they are made.</summary>
public sealed class PlannedAddressTests : IAsyncLifetime
{
    private const int Many = 200;

    private static readonly IPAddress Ip = IPAddress.Parse("127.1.2.3");

    private readonly EngineFixture _engine = new();

    private static CancellationToken Timeout => EngineFixture.Timeout;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _engine.DisposeAsync().AsTask();

    [Fact]
    public async Task Provision_AddressIsPlanned_TheRecordAndTheCertificateHaveIt()
    {
        _engine.Provider.Plan = _ => new(Ip, IsShared: false);

        var server = await _engine.ProvisionAsync();

        Assert.Equal("127.1.2.3", server.Address);
        AssertNames(server.Credentials, "one", Ip);
        Assert.Equal("127.1.2.3", InstanceSpec.For(server).Address);
    }

    [Fact]
    public async Task Provision_AddressIsShared_TheCertificateHasItAndTheRecordWaitsForThePort()
    {
        _engine.Provider.Plan = _ => new(Ip, IsShared: true);

        var (one, two) = (await _engine.ProvisionAsync(), await _engine.ProvisionAsync("two"));

        Assert.Equal(("", ""), (one.Address, two.Address));
        AssertNames(one.Credentials, "one", Ip);
        AssertNames(two.Credentials, "two", Ip);
    }

    [Fact]
    public async Task Provision_AddressIsNotKnown_TheCertificateHasTheNameAlone()
    {
        var server = await _engine.ProvisionAsync();

        Assert.Equal("", server.Address);
        AssertNames(server.Credentials, "one");
    }

    [Fact]
    public async Task Provision_ManyAtOnceAndEveryAddressPlannedTwice_EachHasItsOwn()
    {
        var planned = 0;
        // The first round plans each address twice; whoever is second plans once more.
        _engine.Provider.Plan = _ => Interlocked.Increment(ref planned) is var n && n <= Many
            ? new(AddressOf(n % (Many / 2)), IsShared: false)
            : new(AddressOf(n), IsShared: false);

        var servers = await ProvisionManyAsync();

        Assert.Equal(Many, servers.Select(server => server.Address).Distinct().Count());
        Assert.Equal(Many + (Many / 2), planned);
        Assert.All(servers, server => AssertNames(server.Credentials, server.Name, IPAddress.Parse(server.Address)));

        static IPAddress AddressOf(int n) => new([127, 1, (byte)(n / 200), (byte)(1 + (n % 200))]);
    }

    [Fact]
    public async Task Provision_ManyAtOnceOfTheLocalProvider_EachHasItsOwnAddress()
    {
        using var machine = new LocalMachine();
        var local = machine.NewProvider();
        _engine.Provider.Plan = local.PlanAddress;

        var servers = await ProvisionManyAsync();

        Assert.Equal(Many, servers.Select(server => server.Address).Distinct().Count());
        Assert.All(servers, server => AssertNames(server.Credentials, server.Name, IPAddress.Parse(server.Address)));
    }

    [Fact]
    public async Task Provision_NoUidNamesAFreeAddress_FailsAndStoresNothing()
    {
        _engine.Provider.Plan = _ => new(Ip, IsShared: false);
        await _engine.ProvisionAsync();

        await Assert.ThrowsAsync<AddressTakenException>(() => _engine.ProvisionAsync("two"));

        Assert.Null(await _engine.Store.FindAsync("two", Timeout));
    }

    [Fact]
    public async Task Provision_ValidateOnly_PlansNoAddress()
    {
        _engine.Provider.Plan = _ => throw new InvalidOperationException("nothing is made");

        var server = await _engine.Fleet.ProvisionAsync(new() { Name = "one", ValidateOnly = true }, EngineFixture.Tester, Timeout);

        Assert.Equal("", server.Address);
    }

    [Fact]
    public async Task Restart_PendingServer_KeepsItsAddressAndNoOtherGetsIt()
    {
        _engine.Provider.Plan = _ => new(Ip, IsShared: false);
        await _engine.Store.SetPausedAsync(true, Timeout);
        var before = await _engine.ProvisionAsync();

        await _engine.RestartAsync();

        var after = (await _engine.Store.FindAsync("one", Timeout))!;
        Assert.Equal((before.Uid, "127.1.2.3"), (after.Uid, after.Address));
        AssertNames(after.Credentials, "one", Ip);
        await Assert.ThrowsAsync<AddressTakenException>(() => _engine.ProvisionAsync("two"));
    }

    [Fact]
    public async Task Rotate_PlannedAddress_TheNewCertificateHasItToo()
    {
        _engine.Provider.Plan = _ => new(Ip, IsShared: false);
        _engine.Provider.FirstAddress = "127.1.2.3";
        await _engine.StartAsync();
        await _engine.ProvisionAsync();
        await RunningAsync();

        var after = await _engine.RotateAsync();

        AssertNames(after.Credentials, "one", Ip);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("192.0.2.7:32768", "192.0.2.7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("[2001:db8::7]:32768", "2001:db8::7")]
    [InlineData("engine.example:32768", null)]
    public async Task Rotate_ServerMadeWithoutAPlannedAddress_TheNewCertificateHasWhatItHas(string address, string? ip)
    {
        _engine.Provider.FirstAddress = address;
        await _engine.StartAsync();
        await _engine.ProvisionAsync();
        var before = await RunningAsync();
        AssertNames(before.Credentials, "one");

        var after = await _engine.RotateAsync();

        Assert.Equal(address, after.Address);
        AssertNames(after.Credentials, "one", ip is null ? [] : [IPAddress.Parse(ip)]);
    }

    private Task<ServerRecord> RunningAsync() => _engine.PassTimeUntilAsync(server => server.State == ServerState.Running);

    private Task<ServerRecord[]> ProvisionManyAsync()
    {
        _engine.FleetOptions.MaxServers = Many;
        return Task.WhenAll(Enumerable.Range(0, Many).Select(i => Task.Run(() => _engine.ProvisionAsync($"s{i}"))));
    }

    private static void AssertNames(ServerCredentials credentials, string name, params IPAddress[] addresses)
    {
        using var leaf = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(credentials.TlsCertificate.Span));
        var names = Assert.Single(leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>());
        Assert.Equal([name], names.EnumerateDnsNames());
        Assert.Equal(addresses, names.EnumerateIPAddresses());
    }
}
