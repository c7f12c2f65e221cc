using System.Diagnostics;
using System.Net.Http.Json;
using Google.Protobuf;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Harness.Leaks;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Otlp;

/// <summary>What the real service sends to a collector, and what it does where that is away.</summary>
public sealed class OtlpTests(ITestOutputHelper output)
{
    private const string UserData = "#cloud-config of a user, who shows it to no one";
    private const string Query = "hidden-in-a-query-string";
    private const string Jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";

    /// <summary>All that a service takes to stop before a supervisor kills it.</summary>
    private static readonly TimeSpan StopBudget = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Provision_InACallersTrace_IsSentWithAllThatItCauses()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(OverHttp(receiver.Http));
        var caller = Trace.New();

        await ProvisionAsync(service, "traced", caller);
        await service.BecomesAsync("traced", "running");
        var termination = Trace.New();
        await SendAsync(service, HttpMethod.Delete, "/api/servers/traced?force=true", termination);
        await service.BecomesAsync("traced", "stopped");
        Assert.Equal(0, await service.StopAsync());

        var spans = receiver.Spans.ToArray();
        var request = Assert.Single(spans, span => span.Kind == SpanKind.Server && span.TraceId == caller.TraceId);
        Assert.Equal(caller.SpanId, request.ParentSpanId);
        var steps = Linked(spans, caller.TraceId, request.SpanId);
        Assert.Equal(["step CreateStep", "step BootStep", "step ReadinessStep"], steps.Select(step => step.Name).Distinct());
        Assert.All(steps, step => Assert.Equal(
            ("traced", "local", "ok"), (Text(step, "servers.server.name"), Text(step, "servers.provider"), Text(step, "servers.outcome"))));
        Assert.All(steps, step => Assert.Equal((0, false), (step.ParentSpanId.Length, step.TraceId == caller.TraceId)));
        var create = Assert.Single(spans, span => span.Name == "provider create");
        Assert.Equal(steps.First(step => step.Name == "step CreateStep").SpanId, create.ParentSpanId);
        Assert.Contains(spans, span => span.Name == "store commit" && span.ParentSpanId == request.SpanId);
        Assert.All(steps, step => Assert.Contains(spans, span => span.Name == "store commit" && span.ParentSpanId == step.SpanId));
        // A probe of the new server is a request that the service makes.
        Assert.Contains(spans, span =>
            span.Kind == SpanKind.Client && span.TraceId == steps.Last().TraceId
            && span.Attributes.Any(one => one.Key == "server.address"));
        var ending = Assert.Single(spans, span => span.Kind == SpanKind.Server && span.TraceId == termination.TraceId);
        Assert.Contains(Linked(spans, termination.TraceId, ending.SpanId), step => step.Name == "step DestroyStep");

        Assert.Contains("servers.by_state", receiver.Metrics);
        Assert.Contains("http.server.request.duration", receiver.Metrics);
        Assert.All(receiver.ResourceSpans, resource => Assert.Equal("servers-grpc", Text(resource.Resource, "service.name")));
        Assert.All(receiver.ResourceSpans, resource => Assert.NotEqual("", Text(resource.Resource, "service.version")));
    }

    [Fact]
    public async Task EverythingSent_HoldsNoSecret()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(OverHttp(receiver.Http));

        await SendAsync(
            service, HttpMethod.Post, "/api/servers", Trace.New(), JsonContent.Create(new { name = "guarded", user_data = UserData }));
        await service.BecomesAsync("guarded", "running");
        await service.RotateAsync("guarded");
        using (await service.Http.GetAsync($"/api/servers?name_prefix={Query}&token={service.Token}"))
        using (await service.Http.GetAsync($"/nothing?{service.Token}={Query}"))
        using (await service.Http.GetAsync($"/api/servers/{service.Token}"))
        using (await service.Http.GetAsync($"/nothing/{service.Token}/{Jwt}"))
        using (await SendAsAsync(service, $"agent/1 {service.Token} {Jwt}"))
            await service.TerminateAsync("guarded");
        await service.BecomesAsync("guarded", "stopped");
        Assert.Equal(0, await service.StopAsync());

        Assert.Contains(receiver.Spans, span => span.Name == "provider deliver");
        var search = new LeakSearch(service.Secrets.All);
        foreach (var request in receiver.Requests)
        {
            Assert.Empty(search.In(request.Path, request.Message));
            Assert.Equal(-1, request.Message.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(UserData)));
            Assert.Equal(-1, request.Message.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Query)));
            Assert.Equal(-1, request.Message.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Jwt)));
        }
    }

    [Fact]
    public async Task Steps_AfterARestart_LinkToTheRequestOfBefore()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(OverHttp(receiver.Http));
        var caller = Trace.New();
        await service.PauseAsync();
        await ProvisionAsync(service, "waiting", caller);
        Assert.Equal(0, await service.StopAsync());
        var request = Assert.Single(receiver.Spans, span => span.Kind == SpanKind.Server && span.TraceId == caller.TraceId);

        await service.StartAsync();
        using (await service.Http.PostAsync("/api/resume", content: null))
            await service.BecomesAsync("waiting", "running");
        Assert.Equal(0, await service.StopAsync());

        Assert.Contains(Linked([.. receiver.Spans], caller.TraceId, request.SpanId), step => step.Name == "step ReadinessStep");
    }

    [Fact]
    public async Task StandardSettings_OverGrpc_AreObeyed()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Grpc), ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue"),
            ("OTEL_SERVICE_NAME", "renamed"), ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=testing"),
            ("OTEL_TRACES_SAMPLER", "always_on"));

        await ProvisionAsync(service, "called", Trace.New());
        Assert.Equal(0, await service.StopAsync());

        Assert.Contains(receiver.Spans, span => span.Kind == SpanKind.Server);
        Assert.Contains("servers.by_state", receiver.Metrics);
        Assert.All(receiver.Requests, request => Assert.Equal("blue", request.Headers["x-tenant"]));
        Assert.All(receiver.ResourceSpans, resource => Assert.Equal(
            ("renamed", "testing"), (Text(resource.Resource, "service.name"), Text(resource.Resource, "deployment.environment.name"))));
    }

    [Fact]
    public async Task Sampler_AlwaysOff_SendsNoTrace()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync([.. OverHttp(receiver.Http), ("OTEL_TRACES_SAMPLER", "always_off")]);

        await service.ProvisionRunningAsync("unseen");
        Assert.Equal(0, await service.StopAsync());

        Assert.Empty(receiver.Spans);
        Assert.Contains("servers.by_state", receiver.Metrics);
    }

    [Theory]
    [InlineData("TRACES", "METRICS")]
    [InlineData("METRICS", "TRACES")]
    public async Task EndpointOfOneSignal_GetsThisSignalAlone(string signal, string other)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var service = await StartAsync(
            ($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", receiver.Http + $"/own/{signal}"),
            ($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", "http/protobuf"),
            ($"OTEL_EXPORTER_OTLP_{signal}_HEADERS", "x-of=one"));

        await ProvisionAsync(service, "called", Trace.New());
        Assert.Equal(0, await service.StopAsync());

        Assert.NotEmpty(receiver.Sent(signal));
        Assert.Empty(receiver.Sent(other));
        Assert.All(receiver.Requests, request => Assert.Equal(($"/own/{signal}", "one"), (request.Path, request.Headers["x-of"])));
    }

    [Fact]
    public async Task Collector_IsAway_HindersNeitherCallsNorTheStopAndIsToldOnce()
    {
        string away;
        await using (var receiver = await OtlpReceiver.StartAsync())
            away = receiver.Http;
        await using var service = await StartAsync(OverHttp(away));

        await service.ProvisionRunningAsync("lone");
        await Eventually.BeAsync(() => Warnings(service) > 0, "the log tells of it");
        // So many exports fail meanwhile.
        await service.TerminateAsync("lone");
        await service.BecomesAsync("lone", "stopped");
        await StopsInTimeAsync(service);

        Assert.InRange(Warnings(service), 1, 3);
    }

    [Fact]
    public async Task Collector_Hangs_HindersNeitherCallsNorTheStop()
    {
        await using var receiver = await OtlpReceiver.StartAsync(hangs: true);
        await using var service = await StartAsync(OverHttp(receiver.Http));

        await service.ProvisionRunningAsync("lone");
        await Eventually.BeAsync(() => receiver.Sent("traces").Any() && receiver.Sent("metrics").Any(), "both signals hang");
        Assert.Equal(200, (await Curl.SendAsync(service, "GET", "/metrics")).Status);
        await service.TerminateAsync("lone");
        await service.BecomesAsync("lone", "stopped");

        await StopsInTimeAsync(service);
    }

    [Theory]
    [InlineData("collector:4317")]
    [InlineData("nowhere")]
    [InlineData("http://user:password@localhost:4317")]
    public async Task Endpoint_IsNoAddress_StopsTheStart(string endpoint)
    {
        var directory = ServiceProcess.NewDirectory();
        try
        {
            var result = await ServiceProcess.FailToStartAsync(
                new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = endpoint },
                "--urls", "http://127.0.0.1:0", $"--Servers:DataDirectory={directory}");

            Assert.Equal(1, result.ExitCode);
            Assert.Contains("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be an address", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("password@", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>A service that sends soon.</summary>
    private Task<ServiceProcess> StartAsync(params IEnumerable<(string Name, string Value)> settings)
    {
        var variables = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        variables["OTEL_BSP_SCHEDULE_DELAY"] = variables["OTEL_METRIC_EXPORT_INTERVAL"] = "200";
        return ServiceProcess.StartAsync(ServiceProcess.NewDirectory(), output, variables);
    }

    private static IEnumerable<(string Name, string Value)> OverHttp(string endpoint) =>
        [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")];

    private static Task<HttpResponseMessage> SendAsAsync(ServiceProcess service, string agent)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/servers");
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        return service.Http.SendAsync(request);
    }

    private static Task ProvisionAsync(ServiceProcess service, string name, Trace trace) =>
        SendAsync(service, HttpMethod.Post, "/api/servers", trace, JsonContent.Create(new { name }));

    private static async Task SendAsync(ServiceProcess service, HttpMethod method, string path, Trace trace, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content, Headers = { { "traceparent", trace.Parent } } };
        using var response = await service.Http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task StopsInTimeAsync(ServiceProcess service)
    {
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await service.StopAsync());
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, StopBudget);
    }

    private static int Warnings(ServiceProcess service) => service.Log.Split('\n')
        .Count(line => line.StartsWith("warn: ServersGrpc.Telemetry.TelemetryDiagnostics", StringComparison.Ordinal));

    private static Span[] Linked(Span[] spans, ByteString traceId, ByteString spanId) =>
        [.. spans.Where(span => span.Links.Any(link => link.TraceId == traceId && link.SpanId == spanId))];

    private static string Text(Span span, string key) => span.Attributes.Single(attribute => attribute.Key == key).Value.StringValue;

    private static string Text(Resource resource, string key) =>
        resource.Attributes.Single(attribute => attribute.Key == key).Value.StringValue;

    /// <summary>A caller's own trace, which it names in a header.</summary>
    private sealed record Trace(ByteString TraceId, ByteString SpanId, string Parent)
    {
        public static Trace New()
        {
            var (trace, span) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());
            return new(Bytes(trace), Bytes(span), $"00-{trace}-{span}-01");
        }

        private static ByteString Bytes(string hex) => ByteString.CopyFrom(Convert.FromHexString(hex));
    }
}
