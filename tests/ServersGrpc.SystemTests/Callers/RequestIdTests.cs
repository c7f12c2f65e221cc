using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile;
using ServersGrpc.SystemTests.Hostile.Http2;
using ServersGrpc.V1;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>Every answer names its request, by the caller's own name where that can be shown.</summary>
public sealed class RequestIdTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string Header = "x-request-id";

    private ServiceProcess Service => shared.Service;

    [Theory]
    [InlineData("GET", "/api/servers", 200)]
    [InlineData("HEAD", "/api/servers", 200)]
    [InlineData("HEAD", "/api/servers:watch", 200)]
    [InlineData("GET", "/api/servers/nobody", 404)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("HEAD", "/nothing", 404)]
    [InlineData("PUT", "/api/servers", 405)]
    [InlineData("GET", "/api/servers?limit=1", 400)]
    [InlineData("GET", "/healthz", 200)]
    [InlineData("GET", "/openapi.json", 200)]
    [InlineData("GET", "/", 302)]
    public async Task Rest_EachKindOfAnswer_NamesItsRequest(string method, string path, int status)
    {
        foreach (var version in (string[])["--http1.1", "--http2-prior-knowledge"])
        {
            string[] head = method == "HEAD" ? ["--head"] : [];
            var given = await Curl.SendAsync(Service, method, path, [version, .. head, "--header", $"{Header}: mine {method}~"]);
            var made = await Curl.SendAsync(Service, method, path, [version, .. head]);
            var next = await Curl.SendAsync(Service, method, path, [version, .. head]);

            Assert.Equal((status, status), (given.Status, made.Status));
            Assert.Equal($"mine {method}~", given.Header(Header));
            Assert.NotEqual("", made.Header(Header)!);
            Assert.NotEqual(made.Header(Header), next.Header(Header));
        }
    }

    [Fact]
    public async Task Rest_Stranger_HasTheNameToo()
    {
        var refused = await Curl.SendAsync("--header", $"{Header}: mine", Service.Address + "/api/servers");

        Assert.Equal((401, "mine"), (refused.Status, refused.Header(Header)));
    }

    [Theory]
    [InlineData("0", 128, true)]
    [InlineData("0", 129, false)]
    [InlineData("é", 1, false)]
    [InlineData("\t", 1, false)]
    [InlineData("\u007F", 1, false)]
    public async Task Rest_OwnName_IsTakenWhereItIsPrintableAndShort(string character, int length, bool isTaken)
    {
        var own = $"{string.Concat(Enumerable.Repeat(character, length - 1))}{character}";
        if (length == 1)
            own = $"a{character}b";

        var answer = await Curl.SendAsync(Service, "GET", "/version", "--header", $"{Header}: {own}");

        Assert.Equal(200, answer.Status);
        Assert.Equal(isTaken, own == answer.Header(Header));
        Assert.Matches("^[ -~]{1,128}$", answer.Header(Header));
    }

    [Fact]
    public async Task Rest_TwoNames_AreReplacedByOne()
    {
        var answer = await Curl.SendAsync(Service, "GET", "/version", "--header", $"{Header}: one", "--header", $"{Header}: two");

        Assert.DoesNotContain("one", Assert.Single(answer.Headers[Header]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ListServers", true)]
    [InlineData("ListServers", false)]
    [InlineData("GetServer", true)]
    [InlineData("Nothing", true)]
    public async Task Grpc_EachKindOfAnswer_NamesItsRequest(string method, bool hasToken)
    {
        using var raw = new RawClient(Service.Address);
        List<(string, string)> headers = [(Header, "mine")];
        if (hasToken)
            headers.Add(("authorization", $"Bearer {Service.Token}"));

        var answer = await raw.PostAsync(RawClient.Frame(new ListServersRequest()), CallFrames.Service + method, headers: [.. headers]);

        Assert.Equal("mine", answer.Value(Header));
    }
}
