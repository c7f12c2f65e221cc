namespace ServersGrpc.SystemTests.Harness;

/// <summary>The real curl.</summary>
internal static class Curl
{
    private static readonly string[] Always = ["--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", "60"];

    /// <summary>One request as curl makes it from these arguments.</summary>
    public static async Task<CurlResponse> SendAsync(params string[] arguments)
    {
        var result = await ExternalCommand.RunAsync("curl", [.. Always, .. arguments]);
        return CurlResponse.Parse(result);
    }

    /// <summary>One request to the service, with its token.</summary>
    public static Task<CurlResponse> SendAsync(ServiceProcess service, string method, string path, params string[] arguments) =>
        SendAsync(["--request", method, "--header", $"Authorization: Bearer {service.Token}", .. arguments, service.Address + path]);
}
