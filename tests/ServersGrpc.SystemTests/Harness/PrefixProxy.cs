using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>
/// A proxy that takes a prefix off the path and changes nothing else, as nginx does with
/// <c>location /fleet/ { proxy_pass http://127.0.0.1:PORT/; }</c>.
/// </summary>
internal sealed class PrefixProxy : IAsyncDisposable
{
    // They are of one connection each.
    private static readonly string[] HopByHop = ["Connection", "Host", "Keep-Alive", "Transfer-Encoding", "Upgrade"];

    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _client =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });
    private readonly string _prefix;
    private readonly string _target;

    private PrefixProxy(WebApplication app, string prefix, string target) => (_app, _prefix, _target) = (app, prefix, target);

    /// <summary>Where callers find the service, the prefix included.</summary>
    public string Address { get; private set; } = "";

    public static async Task<PrefixProxy> StartAsync(string prefix, string target)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var proxy = new PrefixProxy(builder.Build(), prefix, target);
        proxy._app.Run(proxy.ForwardAsync);
        await proxy._app.StartAsync();
        var addresses = proxy._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        proxy.Address = addresses.Single() + prefix;
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments(_prefix, out var rest))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var address = _target + rest.ToUriComponent() + http.Request.QueryString;
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), address);
        request.Content = new StreamContent(http.Request.Body);
        foreach (var (name, values) in http.Request.Headers.Where(header => !HopByHop.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                request.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
        using var response = await _client.SendAsync(request, http.RequestAborted);
        http.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !HopByHop.Contains(header.Key)))
            http.Response.Headers[name] = values.ToArray();
        await response.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
