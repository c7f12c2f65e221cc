using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.Telemetry;

namespace ServersGrpc.Tests.Telemetry;

/// <summary>Reads what a room measures from the service's own endpoint, without a socket.</summary>
internal sealed class Scrapes : IDisposable
{
    private readonly WebApplication _app;
    private readonly RequestDelegate _endpoint;

    /// <param name="meters">The meters of the room.</param>
    /// <param name="time">The clock of the log's intervals; null: the system's.</param>
    public Scrapes(IMeterFactory meters, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Logs);
        builder.Services.AddSingleton(meters).AddSingleton(time ?? TimeProvider.System).AddTelemetry(new(), builder.Configuration);
        _app = builder.Build();
        _app.MapTelemetry();
        _endpoint = ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).Single().RequestDelegate!;
    }

    public RecordedLogs Logs { get; } = new();

    /// <summary>The value of a sample as it is now, or null where there is none.</summary>
    public string? this[string sample] => Page()[sample];

    public MetricsPage Page() => new(Scrape());

    public string Scrape()
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = _app.Services };
        http.Response.Body = body;
        // Nothing in it waits: it reads from memory and writes to memory.
        _endpoint(http).GetAwaiter().GetResult();
        Assert.Equal(StatusCodes.Status200OK, http.Response.StatusCode);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    public void Dispose() => ((IDisposable)_app).Dispose();
}
