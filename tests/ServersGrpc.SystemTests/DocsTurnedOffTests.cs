using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>A service that does not describe itself.</summary>
public class DocsTurnedOffTests(ITestOutputHelper output) : ServiceTest(output)
{
    protected override string[] Options => ["--Servers:Docs:Enabled=false"];

    [Theory]
    [InlineData("/openapi.json")]
    [InlineData("/docs")]
    [InlineData("/docs/index.html")]
    public async Task Docs_AreNotThere_AndStrangersAreNotToldSo(string path)
    {
        Assert.Equal(401, (await Curl.SendAsync(Service.Address + path)).Status);
        Assert.Equal(404, (await Curl.SendAsync(Service, "GET", path)).Status);
    }
}
