using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests;

/// <summary>The many forms in which existing clients say the same.</summary>
public class RestFormsTests(SharedService shared) : IClassFixture<SharedService>, IAsyncLifetime
{
    // What is asked for here need not be made.
    public Task InitializeAsync() => shared.Service.PauseAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData]
    [InlineData("--header", "Content-Type:")]
    [InlineData("--data", "")]
    [InlineData("--data", "", "--header", "Content-Type: application/json")]
    [InlineData("--data", "{}", "--header", "Content-Type:")]
    [InlineData("--json", "{}")]
    [InlineData("--json", """{"labels": {"team": "a"}, "capacity": "3"}""")]
    public async Task Provision_AnyFormOfBody_IsAccepted(params string[] body)
    {
        var answer = await Curl.SendAsync(shared.Service, "POST", "/api/servers", body);

        Assert.Equal(200, answer.Status);
        DocumentedForm.Check(answer.Body);
    }

    [Theory]
    [InlineData("?force")]
    [InlineData("?force=1")]
    [InlineData("?force=t")]
    [InlineData("?force=T")]
    [InlineData("?force=TRUE")]
    [InlineData("?force=true")]
    [InlineData("?force=True")]
    [InlineData("?force=0")]
    [InlineData("?force=f")]
    [InlineData("?force=F")]
    [InlineData("?force=FALSE")]
    [InlineData("?force=false")]
    [InlineData("?force=False")]
    public async Task Terminate_AnyFormOfForce_AnswersTheServer(string query)
    {
        var name = $"doomed-{Guid.NewGuid():N}";
        await shared.Service.ProvisionAsync(name);

        var answer = await Curl.SendAsync(shared.Service, "DELETE", $"/api/servers/{name}{query}");

        Assert.Equal(200, answer.Status);
        DocumentedForm.Check(answer.Body);
        Assert.Contains((string?)answer.Json!["state"], new[] { "shutdown", "stopping", "stopped" });
        Assert.True((await shared.Service.BecomesAsync(name, "stopped")).Stopped > 0);
    }
}
