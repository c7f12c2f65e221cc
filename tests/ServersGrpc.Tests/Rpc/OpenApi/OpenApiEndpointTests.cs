using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;

namespace ServersGrpc.Tests.Rpc.OpenApi;

/// <summary>How the document is served.</summary>
public sealed class OpenApiEndpointTests
{
    [Fact]
    public async Task Get_Twice_IsTheSameAndCanBeKept()
    {
        await using var host = await OpenApiHost.StartAsync();
        using var first = await host.Client.GetAsync("/openapi.json");
        using var again = await SendAsync(host, HttpMethod.Get, request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        using var other = await SendAsync(host, HttpMethod.Get, request => request.Headers.IfNoneMatch.ParseAdd("W/\"other\""));

        Assert.Equal((HttpStatusCode.OK, "application/json"), (first.StatusCode, first.Content.Headers.ContentType!.ToString()));
        Assert.True(first.Headers.CacheControl!.NoCache);
        Assert.Equal((HttpStatusCode.NotModified, 0), (again.StatusCode, (await again.Content.ReadAsByteArrayAsync()).Length));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await other.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, gzip;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("br", false)]
    public async Task Get_AcceptEncoding_IsZippedWhereThatIsAccepted(string accepted, bool zipped)
    {
        await using var host = await OpenApiHost.StartAsync();
        var plain = await host.Client.GetStringAsync("/openapi.json");

        using var response = await SendAsync(host, HttpMethod.Get, request => request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted));

        Assert.Equal(zipped ? ["gzip"] : [], response.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var text = new StreamReader(zipped ? new GZipStream(body, CompressionMode.Decompress) : body);
        Assert.Equal(plain, await text.ReadToEndAsync());
    }

    [Fact]
    public async Task Head_HasTheHeadersAndNoBody()
    {
        await using var host = await OpenApiHost.StartAsync();
        using var get = await host.Client.GetAsync("/openapi.json");
        using var head = await SendAsync(host, HttpMethod.Head, _ => { });

        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Document_OfTwoProcesses_IsTheSame()
    {
        await using var one = await OpenApiHost.StartAsync();
        await using var other = await OpenApiHost.StartAsync();

        Assert.Equal(await one.Client.GetStringAsync("/openapi.json"), await other.Client.GetStringAsync("/openapi.json"));
    }

    [Fact]
    public async Task Document_TwoServicesOfOneName_AreToldApart()
    {
        await using var host = await OpenApiHost.StartAsync(map: app => app.MapGrpcService<AnnexService>());

        var document = JsonNode.Parse(await host.Client.GetStringAsync("/openapi.json"))!;

        Assert.Equal(
            ["openapi.tests.Gallery", "EchoService", "openapi.tests.annex.Gallery"],
            document["tags"]!.AsArray().Select(tag => (string)tag!["name"]!));
        Assert.Equal("openapi_tests_annex_Gallery_GetPicture", (string?)document["paths"]!["/annex/picture"]!["get"]!["operationId"]);
        Assert.Equal("openapi_tests_Gallery_GetPicture_2", (string?)document["paths"]!["/v1/pictures/{name}"]!["get"]!["operationId"]);
    }

    [Fact]
    public async Task Start_OptionsWithoutATitle_Fails() =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => OpenApiHost.StartAsync(options => options.Title = ""));

    [Fact]
    public async Task Start_TransformerThrows_Fails() =>
        await Assert.ThrowsAsync<KeyNotFoundException>(
            () => OpenApiHost.StartAsync(options => options.DocumentTransformers.Add(document => _ = document.Paths["/none"])));

    [Fact]
    public async Task Start_AssemblyWithoutComments_FailsAndSaysWhatIsMissing()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => OpenApiHost.StartAsync(options => options.ContractAssemblies.Add(typeof(FactAttribute).Assembly)));

        Assert.Contains("xunit.core", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(OpenApiHost host, HttpMethod method, Action<HttpRequestMessage> complete)
    {
        using var request = new HttpRequestMessage(method, "/openapi.json");
        complete(request);
        return await host.Client.SendAsync(request);
    }
}
