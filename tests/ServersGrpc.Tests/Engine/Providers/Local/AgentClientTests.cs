using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Local;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.Engine.Lifecycle;

namespace ServersGrpc.Tests.Engine.Providers.Local;

public sealed class AgentClientTests
{
    private static readonly ServerCredentialsFactory Factory = new(TimeProvider.System);

    private readonly ServerCredentials _current = Factory.Create("one");
    private readonly ServerCredentials _next = Factory.Create("one");
    private readonly AgentClient _client = new(TimeProvider.System);

    [Theory]
    [InlineData("204 No Content", null)]
    // An agent of before there was a rotation.
    [InlineData("405 Method Not Allowed", ProviderFault.Rejected)]
    [InlineData("403 Forbidden", ProviderFault.Rejected)]
    [InlineData("500 Internal Server Error", ProviderFault.Transient)]
    public async Task DeliverAsync_AgentWithTheCurrentOnes_IsAsItAnswers(string status, ProviderFault? expected)
    {
        await using var agent = new TlsListener(_current, $"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        var fault = await Record.ExceptionAsync(() => DeliverAsync(agent.Address)) as ProviderException;

        Assert.Equal(expected, fault?.Fault);
        Assert.Single(agent.Callers);
    }

    [Fact]
    public async Task DeliverAsync_AgentWithTheNextOnes_IsDone()
    {
        await using var agent = new TlsListener(_next, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK");

        await DeliverAsync(agent.Address);

        Assert.Single(agent.Callers);
    }

    [Fact]
    public async Task DeliverAsync_AgentWithOthers_LeavesOpenWhatItHas()
    {
        await using var agent = new TlsListener(Factory.Create("one"), "HTTP/1.1 204 No Content\r\n\r\n");

        var fault = await Assert.ThrowsAsync<ProviderException>(() => DeliverAsync(agent.Address));

        Assert.Equal(ProviderFault.Transient, fault.Fault);
        Assert.Empty(agent.Callers);
    }

    [Fact]
    public async Task DeliverAsync_NobodyListens_LeavesOpenWhatItHas()
    {
        var fault = await Assert.ThrowsAsync<ProviderException>(() => DeliverAsync("127.0.0.1:1"));

        Assert.Equal((ProviderFault.Transient, "the agent does not answer: connection refused"), (fault.Fault, fault.Message));
    }

    private Task DeliverAsync(string address) =>
        _client.DeliverAsync(new Instance("local-1-1", "uid", "one", address, default), "generation", _current, _next, default);
}
