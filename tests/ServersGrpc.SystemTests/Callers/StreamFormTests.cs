using System.Diagnostics;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Callers;

/// <summary>The REST stream as it crosses the wire.</summary>
public sealed class StreamFormTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const string Watch = "/api/servers:watch";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Service.PauseAsync();
        foreach (var name in (string[])["one", "two", "three"])
            await Service.ProvisionAsync(name);
    }

    [Theory]
    [InlineData("--http1.1", false)]
    [InlineData("--http1.1", true)]
    [InlineData("--http2-prior-knowledge", false)]
    [InlineData("--http2-prior-knowledge", true)]
    public async Task Watch_EachForm_ComesAtOnceAndIsNeitherHeldNorKept(string version, bool asEvents)
    {
        string[] accept = asEvents ? ["--header", "Accept: text/event-stream"] : [];
        await using var curl = Open([version, .. accept], Watch + "?since_revision=2");

        var head = await HeadAsync(curl);
        var first = await curl.Output.ReadLineAsync().WaitAsync(Eventually.Patience);

        Assert.Contains($"content-type: {(asEvents ? "text/event-stream" : "application/x-ndjson")}", head);
        Assert.Contains("x-accel-buffering: no", head);
        Assert.Contains("cache-control: no-store", head);
        if (asEvents)
        {
            Assert.Equal("id: 3", first);
            var data = await curl.Output.ReadLineAsync();
            Assert.StartsWith("data: {\"type\":\"added\",\"revision\":3,\"server\":{\"id\":", data, StringComparison.Ordinal);
            Assert.Equal("", await curl.Output.ReadLineAsync());
            Assert.Equal("id: 3", await curl.Output.ReadLineAsync().WaitAsync(Eventually.Patience));
            Assert.Equal("data: {\"type\":\"bookmark\",\"revision\":3}", await curl.Output.ReadLineAsync());
        }
        else
        {
            Assert.StartsWith("{\"type\":\"added\",\"revision\":3,\"server\":{\"id\":", first, StringComparison.Ordinal);
            Assert.Equal("{\"type\":\"bookmark\",\"revision\":3}", await curl.Output.ReadLineAsync().WaitAsync(Eventually.Patience));
        }
    }

    [Theory]
    [InlineData("?since_revision=1")]
    [InlineData("?since_revision=0")]
    [InlineData("?since_revision=99999")]
    [InlineData("")]
    public async Task Watch_LastEventId_WinsOverTheQuery(string query)
    {
        await using var curl = Open(["--header", "Last-Event-ID: 2"], Watch + query);

        await HeadAsync(curl);

        var first = await curl.Output.ReadLineAsync().WaitAsync(Eventually.Patience);
        Assert.StartsWith("{\"type\":\"added\",\"revision\":3,", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("9223372036854775808")]
    public async Task Watch_BadLastEventId_IsNamedAndSoIsItsHead(string id)
    {
        var get = await Curl.SendAsync(Service, "GET", Watch, "--header", $"Last-Event-ID: {id}");
        var head = await Curl.SendAsync(Service, "HEAD", Watch, "--head", "--header", $"Last-Event-ID: {id}");

        Assert.Equal((400, $"Last-Event-ID: \"{id}\" is not the id of an event"), (get.Status, (string?)get.Json!["message"]));
        Assert.Equal((400, ""), (head.Status, head.Body));
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2-prior-knowledge")]
    public async Task Watch_Head_EndsWithTheHeadersOfTheStream(string version)
    {
        var clock = Stopwatch.StartNew();

        var head = await Curl.SendAsync(Service, "HEAD", Watch, version, "--head", "--header", "Accept: text/event-stream");

        // A stream would go on until curl gives up.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.Equal((0, 200, ""), (head.ExitCode, head.Status, head.Body));
        Assert.Equal(("text/event-stream", "no"), (head.Header("Content-Type"), head.Header("X-Accel-Buffering")));
    }

    [Fact]
    public async Task Watch_ErrorBeforeItsFirstMessage_IsAnAnswerOfItsOwn()
    {
        var answer = await Curl.SendAsync(Service, "GET", Watch + "?since_revision=99999", "--header", "Accept: text/event-stream");

        Assert.Equal((400, 11), (answer.Status, (int)answer.Json!["code"]!));
        Assert.StartsWith("application/json", answer.Header("Content-Type"), StringComparison.Ordinal);
    }

    private ExternalCommand Open(string[] options, string path) => ExternalCommand.Start(
        "curl",
        [
            "--silent", "--no-buffer", "--include", "--noproxy", "*", .. options,
            "--header", $"Authorization: Bearer {Service.Token}", Service.Address + path,
        ]);

    private static async Task<List<string>> HeadAsync(ExternalCommand curl)
    {
        var lines = new List<string>();
        while (await curl.Output.ReadLineAsync().WaitAsync(Eventually.Patience) is { Length: > 0 } line)
            lines.Add(line.ToLowerInvariant().TrimEnd());
        return lines;
    }
}
