using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>What browsers are told about pages of other origins.</summary>
public class CorsTests(ITestOutputHelper output)
{
    private const string Page = "https://app.example";

    private static readonly string[] FromPage = ["--header", $"Origin: {Page}"];

    [Fact]
    public async Task Request_NoOriginConfigured_HasNoCorsHeaderAtAll()
    {
        await using var service = await ServiceProcess.StartAsync(output);

        CurlResponse[] answers = [await PreflightAsync(service, "/api/servers"), await Curl.SendAsync(service, "GET", "/api/servers", FromPage)];

        Assert.Equal([401, 200], answers.Select(answer => answer.Status));
        Assert.All(answers, answer => Assert.DoesNotContain(answer.Headers, IsCors));
    }

    [Theory]
    [InlineData(Page, Page)]
    [InlineData("*", "*")]
    public async Task Request_OriginConfigured_IsAllowedOnEveryPath(string configured, string allowed)
    {
        await using var service = await ServiceProcess.StartAsync(output, $"--Servers:Cors:Origins={configured}");

        foreach (var path in new[] { "/api/servers", "/servers.v1.ServerService/GetServer", "/varz" })
        {
            var preflight = await PreflightAsync(service, path);
            Assert.Equal((204, allowed), (preflight.Status, preflight.Header("Access-Control-Allow-Origin")));
            Assert.Equal("DELETE", preflight.Header("Access-Control-Allow-Methods"));
            Assert.Equal("authorization,x-grpc-web", preflight.Header("Access-Control-Allow-Headers"));
        }

        CurlResponse[] answers =
        [
            await Curl.SendAsync(service, "GET", "/api/servers", FromPage),
            await Curl.SendAsync(service, "GET", "/api/servers/none", FromPage),
            await Curl.SendAsync(service, "PUT", "/api/servers", FromPage),
            await Curl.SendAsync([.. FromPage, service.Address + "/api/servers"]),
            await Curl.SendAsync([.. FromPage, service.Address + "/healthz"]),
            await Curl.SendAsync(service, "POST", "/servers.v1.ServerService/GetServer", [.. FromPage, "--header", "Content-Type: application/grpc-web"]),
        ];

        Assert.Equal([200, 404, 405, 401, 200, 200], answers.Select(answer => answer.Status));
        Assert.All(answers, answer =>
        {
            Assert.Equal(allowed, answer.Header("Access-Control-Allow-Origin"));
            var readable = answer.Header("Access-Control-Expose-Headers")!.Split(',');
            Assert.Empty(((string[])["grpc-status", "grpc-message", "grpc-status-details-bin", "Link", "Retry-After"]).Except(readable));
            Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
        });
    }

    [Fact]
    public async Task Request_AnotherOrigin_IsNotAllowed()
    {
        await using var service = await ServiceProcess.StartAsync(output, $"--Servers:Cors:Origins={Page}, https://more.example");

        var other = await Curl.SendAsync(service, "GET", "/api/servers", "--header", "Origin: https://app.example.evil.example");
        var more = await Curl.SendAsync(service, "GET", "/api/servers", "--header", "Origin: https://more.example");
        var none = await Curl.SendAsync(service, "GET", "/api/servers");

        Assert.Equal((null, "https://more.example", null), (Allowed(other), Allowed(more), Allowed(none)));
        Assert.Equal("Origin", more.Header("Vary"));

        static string? Allowed(CurlResponse answer) => answer.Header("Access-Control-Allow-Origin");
    }

    private static Task<CurlResponse> PreflightAsync(ServiceProcess service, string path) => Curl.SendAsync(
    [
        .. FromPage, "--request", "OPTIONS", "--header", "Access-Control-Request-Method: DELETE",
        "--header", "Access-Control-Request-Headers: authorization,x-grpc-web", service.Address + path,
    ]);

    private static bool IsCors(IGrouping<string, string> header) => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase);
}
