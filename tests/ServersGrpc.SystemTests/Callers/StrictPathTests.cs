using System.Text;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>Paths that take nothing refuse what a caller sends by mistake, in every spelling of the path that is served.</summary>
public sealed class StrictPathTests(SharedService shared) : IClassFixture<SharedService>
{
    private ServiceProcess Service => shared.Service;

    [Theory]
    [InlineData("GET", "/varz?x=1", "x")]
    [InlineData("GET", "/varz/?x=1", "x")]
    [InlineData("GET", "/VARZ?x=1", "x")]
    [InlineData("GET", "/healthz?x=1", "x")]
    [InlineData("GET", "/healthz?x", "x")]
    [InlineData("GET", "/version?x", "x")]
    [InlineData("GET", "/metrics?x=1", "x")]
    [InlineData("GET", "/metrics/?x=1", "x")]
    [InlineData("GET", "/openapi.json?x=1", "x")]
    [InlineData("POST", "/api/pause?x=1", "x")]
    [InlineData("POST", "/api/pause/?x=1", "x")]
    [InlineData("POST", "/API/Resume?force", "force")]
    public async Task Query_WhereNoneIsTaken_IsNamed(string method, string path, string named)
    {
        var answer = await Curl.SendAsync(Service, method, path);

        Assert.Equal(400, answer.Status);
        Assert.Equal($"{named}: it is not a parameter: there is none here", (string?)answer.Json!["message"]);
        Assert.Equal(named, (string?)answer.Json["details"]![1]!["fieldViolations"]![0]!["field"]);
    }

    [Theory]
    [InlineData("POST", "/api/pause", "junk")]
    [InlineData("POST", "/api/pause/", """{"paused":true}""")]
    [InlineData("POST", "/api/resume", """{"x":1}""")]
    [InlineData("POST", "/api/resume", "[]")]
    [InlineData("GET", "/varz", "{\"a\":1}")]
    [InlineData("GET", "/healthz", "x")]
    public async Task Body_WhereNoneIsTaken_IsRefused(string method, string path, string body)
    {
        var answer = await Curl.SendAsync(Service, method, path, "--data-raw", body);

        Assert.Equal((400, "a body is not taken here"), (answer.Status, (string?)answer.Json!["message"]));
    }

    [Theory]
    [InlineData("--data-raw", "")]
    [InlineData("--json", "{}")]
    [InlineData("--data-raw", " { } ")]
    public async Task Body_OfNothing_IsTakenAnywhere(string option, string body)
    {
        Assert.Equal(204, (await Curl.SendAsync(Service, "POST", "/api/resume", option, body)).Status);
        Assert.Equal(200, (await Curl.SendAsync(Service, "GET", "/varz", option, body)).Status);
    }

    [Theory]
    [InlineData("/api/servers/nobody/none")]
    [InlineData("/api/pause/x")]
    [InlineData("/api//servers")]
    [InlineData("/api")]
    [InlineData("/varz/x")]
    [InlineData("/healthz//")]
    public async Task Path_OfNothing_IsNotFoundAndNamed(string path)
    {
        foreach (var method in (string[])["GET", "POST", "OPTIONS"])
        {
            var answer = await Curl.SendAsync(Service, method, path, "--path-as-is");

            Assert.Equal((404, 5), (answer.Status, (int)answer.Json!["code"]!));
            Assert.Equal($"There is nothing at {path}.", (string?)answer.Json["message"]);
        }
    }

    [Theory]
    [InlineData("/api/servers/nobody")]
    [InlineData("/api/servers")]
    [InlineData("/healthz")]
    [InlineData("/version")]
    [InlineData("/varz")]
    [InlineData("/openapi.json")]
    [InlineData("/nowhere")]
    [InlineData("/api/servers?limit=1")]
    [InlineData("/api/servers:watch?since_revision=x")]
    public async Task Head_WhereGetIs_HasItsStatusAndType(string path)
    {
        var get = await Curl.SendAsync(Service, "GET", path);
        var head = await Curl.SendAsync(Service, "HEAD", path, "--head");

        Assert.Equal((get.Status, get.Header("Content-Type"), ""), (head.Status, head.Header("Content-Type"), head.Body));
    }

    /// <summary>What a library says of such a body helps no one: "'0x00' is an invalid start of a property name".</summary>
    [Theory]
    [InlineData("application/json; charset=utf-16le")]
    [InlineData("application/json; charset=\"UTF-16\"")]
    [InlineData("application/json; charset=latin1")]
    public async Task Charset_Another_SaysThatUtf8IsNeeded(string contentType)
    {
        var file = Path.Combine(Service.DataDirectory, "wide.json");
        await File.WriteAllBytesAsync(file, Encoding.Unicode.GetBytes("""{"name":"wide"}"""));

        foreach (var (method, path) in ((string, string)[])[("POST", "/api/servers"), ("POST", "/api/pause"), ("DELETE", "/api/servers/x")])
        {
            var answer = await Curl.SendAsync(
                Service, method, path, "--header", $"Content-Type: {contentType}", "--data-binary", "@" + file);

            Assert.Equal(400, answer.Status);
            Assert.EndsWith("it must be UTF-8", (string?)answer.Json!["message"], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2-prior-knowledge")]
    public async Task Headers_OverTheLimit_AreRefusedInWords(string version)
    {
        var answer = await Curl.SendAsync(Service, "GET", "/api/servers", version, "--header", $"X-Large: {new string('a', 60_000)}");

        Assert.Equal((431, "HEADERS_TOO_LARGE"), (answer.Status, (string?)answer.Json!["details"]![0]!["reason"]));
        Assert.Contains("32768 bytes", (string?)answer.Json["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_InABrowser_LeadsToThePageRelatively()
    {
        var answer = await Curl.SendAsync(Service.Address + "/");

        Assert.Equal((302, "docs/index.html"), (answer.Status, answer.Header("Location")));
    }
}
