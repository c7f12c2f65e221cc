using System.Text.Json.Nodes;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Rest;

/// <summary>Queries and paths: what the method gets of them, and what is said against them.</summary>
public sealed class RestQueryTests : IAsyncLifetime
{
    private RestHost _host = null!;

    public static TheoryData<string, bool> Forces => new()
    {
        { "", false },
        { "?", false },
        { "?force", true },
        { "?etag=a&force", true },
        { "?force&etag=a", true },
        { "?%66orce", true },
        { "?force=1", true },
        { "?force=t", true },
        { "?force=T", true },
        { "?force=true", true },
        { "?force=TRUE", true },
        { "?force=True", true },
        { "?force=%74rue", true },
        { "?force=0", false },
        { "?force=f", false },
        { "?force=F", false },
        { "?force=false", false },
        { "?force=FALSE", false },
        { "?force=False", false },
    };

    /// <summary>Method and target, the field, and what is said of it.</summary>
    public static TheoryData<string, string, string> Bad => new()
    {
        { "DELETE /api/servers/a?force=", "force", "\"\" is not one of 1 t T true TRUE True 0 f F false FALSE False" },
        { "DELETE /api/servers/a?etag=b&force=", "force", "\"\" is not one of" },
        { "DELETE /api/servers/a?force=yes", "force", "\"yes\" is not one of" },
        { "DELETE /api/servers/a?force=tRUE", "force", "\"tRUE\" is not one of" },
        { "DELETE /api/servers/a?force=2", "force", "\"2\" is not one of" },
        { "DELETE /api/servers/a?force=%20true", "force", "\" true\" is not one of" },
        { "DELETE /api/servers/a?force=true&force=true", "force", "it is given 2 times" },
        { "DELETE /api/servers/a?force&force=false", "force", "it is given 2 times" },
        { "DELETE /api/servers/a?Force=true", "Force", "it is not a parameter; there are etag, force" },
        { "DELETE /api/servers/a?force%20=true", "force ", "it is not a parameter" },
        { "DELETE /api/servers/a?name=b", "name", "the path says it already" },
        { "GET /api/servers/a?name=a", "name", "the path says it already" },
        { "GET /api/servers/a?verbose", "verbose", "there is none here" },
        { "GET /api/servers/a/events?since=1", "since", "there is none here" },
        { "GET /api/servers?pageSize=1", "pageSize", "there are label_selector, page_size, page_token, provider, state" },
        { "GET /api/servers?page_size=1&page_size=1", "page_size", "it is given 2 times" },
        { "GET /api/servers?provider=a&provider=b", "provider", "it is given 2 times" },
        { "GET /api/servers?page_size=", "page_size", "\"\" is not a whole number of 32 bits" },
        { "GET /api/servers?page_size", "page_size", "\"\" is not a whole number of 32 bits" },
        { "GET /api/servers?page_size=2147483648", "page_size", "\"2147483648\" is not a whole number of 32 bits" },
        { "GET /api/servers?page_size=-2147483649", "page_size", "is not a whole number of 32 bits" },
        { "GET /api/servers?page_size=1.5", "page_size", "is not a whole number of 32 bits" },
        { "GET /api/servers?page_size=1e2", "page_size", "is not a whole number of 32 bits" },
        { "GET /api/servers?page_size=0x1f", "page_size", "is not a whole number of 32 bits" },
        { "GET /api/servers?page_size=1,000", "page_size", "is not a whole number of 32 bits" },
        { "GET /api/servers?page_size=%201", "page_size", "is not a whole number of 32 bits" },
        { "GET /api/servers?page_size=1%00", "page_size", "is not a whole number of 32 bits" },
        { "GET /api/servers:watch?since_revision=9223372036854775808", "since_revision", "is not a whole number of 64 bits" },
        { "GET /api/servers:watch?since_revision=many", "since_revision", "\"many\" is not a whole number of 64 bits" },
        { "POST /api/servers?name=a", "name", "it belongs into the body" },
        { "POST /api/servers?nmae=a", "nmae", "there is none here" },
        { "POST /api/servers/a:rotate-credentials?etag=1", "etag", "it belongs into the body" },
        { "POST /api/servers/a:rotate-credentials?name=b", "name", "the path says it already" },
    };

    public async Task InitializeAsync() => _host = await RestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Forces))]
    public async Task Terminate_AnySpellingOfForce_IsReadAsDocumented(string query, bool force)
    {
        var (status, _) = await SendAsync($"DELETE /api/servers/a{query}");

        Assert.Equal(200, status);
        Assert.Equal(force, Assert.IsType<TerminateServerRequest>(Assert.Single(_host.Servers.Requests)).Force);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Query_Wrong_IsNamedAndTheMethodIsNotCalled(string request, string field, string said)
    {
        var (status, answer) = await SendAsync(request);

        Assert.Equal(400, status);
        var violation = Assert.Single(answer["details"]![1]!["fieldViolations"]!.AsArray())!;
        Assert.Equal(field, (string?)violation["field"]);
        Assert.Contains(said, (string?)violation["description"], StringComparison.Ordinal);
        Assert.Contains($"{field}: ", (string?)answer["message"], StringComparison.Ordinal);
        Assert.Empty(_host.Servers.Requests);
    }

    [Fact]
    public async Task Query_SeveralWrong_AreAllNamed()
    {
        var (_, answer) = await SendAsync("GET /api/servers?limit=1&page_size=few&provider=a&provider=b");

        Assert.Equal(
            ["limit", "page_size", "provider"],
            answer["details"]![1]!["fieldViolations"]!.AsArray()
                .Select(violation => (string?)violation!["field"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Query_Right_IsTheMessage()
    {
        await SendAsync(
            "GET /api/servers?page_size=-2147483648&page_token=a%26b%3Dc%2B&state=running&state=&provider=a+b%20c"
            + "&label_selector=a%3D%E2%82%AC");
        await SendAsync("GET /api/servers:watch?since_revision=9223372036854775807&state=x");

        Assert.Equal(
            new ListServersRequest
            {
                PageSize = int.MinValue,
                PageToken = "a&b=c+",
                State = { "running", "" },
                Provider = "a b c",
                LabelSelector = "a=€",
            },
            _host.Servers.Requests[0]);
        Assert.Equal(new WatchServersRequest { SinceRevision = long.MaxValue, State = { "x" } }, _host.Servers.Requests[1]);
    }

    [Theory]
    [InlineData("/api/servers/a%20b", "a b")]
    [InlineData("/api/servers/%E2%82%AC", "€")]
    [InlineData("/api/servers/a:b", "a:b")]
    [InlineData("/api/servers/a+b", "a+b")]
    [InlineData("/api/servers/a%25", "a%")]
    public async Task Path_OfAName_IsTheName(string path, string name)
    {
        await SendAsync($"GET {path}");

        Assert.Equal(new GetServerRequest { Name = name }, Assert.Single(_host.Servers.Requests));
    }

    private async Task<(int Status, JsonNode Answer)> SendAsync(string request)
    {
        var parts = request.Split(' ', 2);
        using var message = new HttpRequestMessage(new(parts[0]), _host.Address + parts[1]);
        using var response = await _host.Http.SendAsync(message, HttpCompletionOption.ResponseContentRead);
        var body = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, JsonNode.Parse(body.Split('\n')[0])!);
    }
}
