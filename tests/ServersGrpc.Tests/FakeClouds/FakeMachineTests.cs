using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ServersGrpc.Engine.Servers;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.Tests.FakeClouds;

/// <summary>What a fake cloud's machines do on their address.</summary>
public class FakeMachineTests : FakeCloudTest
{
    private readonly ServerCredentials _credentials = new ServerCredentialsFactory(TimeProvider.System).Create("web-1");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ping_CertificatesOfTheUserData_AnswersOk(bool isEncoded)
    {
        var userData = isEncoded ? CloudInit.Encoded(_credentials) : CloudInit.Plain(_credentials);
        var server = await CreateServerAsync("web-1", body => body["user_data"] = userData);

        var address = (string)server["server"]!["public_net"]!["ipv4"]!["ip"]!;

        Assert.Equal("OK", await SeePingAsync(address));
        Assert.Equal(userData, await Fake.GetUserDataAsync((long)server["server"]!["id"]!));
    }

    [Fact]
    public async Task Ping_DropletWithVpc_AnswersOnBothAddresses()
    {
        await Fake.SetSettingsAsync(new() { AddressDelay = TimeSpan.Zero });
        var vpc = await CallAsync(
            Cloud.DigitalOcean, HttpMethod.Post, "vpcs", new JsonObject { ["name"] = "inner", ["region"] = "fra1" }, HttpStatusCode.Created);
        var droplet = await CreateDropletAsync("web-1", body =>
        {
            body["user_data"] = CloudInit.Plain(_credentials);
            body["vpc_uuid"] = vpc!["vpc"]!["id"]!.DeepClone();
        });

        foreach (var address in droplet["droplet"]!["networks"]!["v4"]!.AsArray())
            Assert.Equal("OK", await SeePingAsync((string)address!["ip_address"]!));
    }

    [Fact]
    public async Task Ping_CertificateOfAnotherAuthority_IsRefused()
    {
        var address = await CreateMachineAsync();
        await SeePingAsync(address);
        var stranger = new ServerCredentialsFactory(TimeProvider.System).Create("web-1");

        var refused = await Record.ExceptionAsync(() => PingAsync(address, _credentials.CaCertificate, stranger));

        Assert.IsType<HttpRequestException>(refused);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#!/bin/sh\nreboot")]
    [InlineData("#cloud-config\nwrite_files:\n - path: /etc/docker/ca.pem\n  content: x")]
    public async Task Connect_NoCertificates_IsRefused(string userData)
    {
        var silent = await CreateServerAsync("silent", body => body["user_data"] = userData);
        // The other boots later, so it tells that this one has booted.
        await SeePingAsync(await CreateMachineAsync());

        await AssertRefusedAsync((string)silent["server"]!["public_net"]!["ipv4"]!["ip"]!);
    }

    [Fact]
    public async Task Ping_AfterRestart_AnswersOnTheSameAddress()
    {
        var address = await CreateMachineAsync();
        await SeePingAsync(address);

        await Cloud.RestartAsync();

        Assert.Equal("OK", await SeePingAsync(address));
    }

    [Fact]
    public async Task Connect_AfterDelete_IsRefused()
    {
        var server = await CreateServerAsync("web-1", body => body["user_data"] = CloudInit.Plain(_credentials));
        var address = (string)server["server"]!["public_net"]!["ipv4"]!["ip"]!;
        await SeePingAsync(address);

        await CallAsync(Cloud.Hetzner, HttpMethod.Delete, $"servers/{server["server"]!["id"]}");

        await SeeAsync(() => Record.ExceptionAsync(() => PingAsync(address)), failure => failure is HttpRequestException);
    }

    [Fact]
    public async Task Machine_PoweredOffAndOn_AnswersAgain()
    {
        var server = await CreateServerAsync("web-1", body => body["user_data"] = CloudInit.Plain(_credentials));
        var (path, address) = ($"servers/{server["server"]!["id"]}", (string)server["server"]!["public_net"]!["ipv4"]!["ip"]!);
        await SeePingAsync(address);

        await CallAsync(Cloud.Hetzner, HttpMethod.Post, path + "/actions/poweroff", expected: HttpStatusCode.Created);
        await SeeAsync(() => Record.ExceptionAsync(() => PingAsync(address)), failure => failure is HttpRequestException);
        var off = await GetAsync(Cloud.Hetzner, path);
        await CallAsync(Cloud.Hetzner, HttpMethod.Post, path + "/actions/poweron", expected: HttpStatusCode.Created);

        Assert.Equal("off", (string?)off["server"]!["status"]);
        Assert.Equal("OK", await SeePingAsync(address));
    }

    [Fact]
    public async Task Change_ByTheTest_IsWhatItSays()
    {
        var address = await CreateMachineAsync();
        await SeePingAsync(address);
        var machine = Assert.Single((await Fake.GetBillAsync()).Machines);

        Assert.True(await Fake.ChangeAsync(machine.Id, MachineChange.Impersonate));
        await SeeAsync(
            () => Record.ExceptionAsync(() => PingAsync(address)), failure => failure?.InnerException is AuthenticationException);
        Assert.True(await Fake.ChangeAsync(machine.Id, MachineChange.Silence));
        await SeeAsync(
            () => Record.ExceptionAsync(() => PingAsync(address)), failure => failure is HttpRequestException { InnerException: not AuthenticationException });
        Assert.True(await Fake.ChangeAsync(machine.Id, MachineChange.Wake));
        await SeePingAsync(address);
        Assert.True(await Fake.ChangeAsync(machine.Id, MachineChange.Move));
        var moved = Assert.Single((await Fake.GetBillAsync()).Machines);
        Assert.NotEqual(address, moved.Address);
        await SeePingAsync(moved.Address);
        Assert.True(await Fake.ChangeAsync(machine.Id, MachineChange.Vanish));
        Assert.Empty((await Fake.GetBillAsync()).Machines);
        Assert.False(await Fake.ChangeAsync(machine.Id, MachineChange.Vanish));
    }

    private static async Task AssertRefusedAsync(string address)
    {
        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(address, 2376));
    }

    private static X509Certificate2 Certificate(ReadOnlyMemory<byte> pem) =>
        X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(pem.Span));

    private async Task<string> CreateMachineAsync()
    {
        var server = await CreateServerAsync("web-1", body => body["user_data"] = CloudInit.Plain(_credentials));
        return (string)server["server"]!["public_net"]!["ipv4"]!["ip"]!;
    }

    private Task<string?> SeePingAsync(string address) => SeeAsync(
        async () =>
        {
            try
            {
                return await PingAsync(address);
            }
            catch (HttpRequestException)
            {
                return null;
            }
        },
        answer => answer is not null);

    private Task<string> PingAsync(string address) => PingAsync(address, _credentials.CaCertificate, _credentials);

    private static async Task<string> PingAsync(string address, ReadOnlyMemory<byte> authority, ServerCredentials caller)
    {
        using var ca = Certificate(authority);
        using var certificate = X509Certificate2.CreateFromPem(
            Encoding.ASCII.GetString(caller.TlsCertificate.Span), Encoding.ASCII.GetString(caller.TlsKey.Span));
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            // The certificate is the name's, wherever the machine is.
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(address, 2376, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [certificate],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { ca },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        using var client = new HttpClient(handler);
        return await client.GetStringAsync("https://web-1:2376/_ping");
    }
}
