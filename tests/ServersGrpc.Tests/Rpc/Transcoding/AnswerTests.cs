using System.Net;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Engine;
using ServersGrpc.Tests.Rpc.Transcoding.Echo;
using Enum = System.Enum;
using Status = Grpc.Core.Status;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>How messages, failures and streams become responses.</summary>
public sealed class AnswerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Response_Empty_HasAllFieldsThatDoNotKnowWhetherTheyAreSet()
    {
        await using var host = await RestHost.StartAsync();

        Assert.Equal(
            """{"text":"","boolValue":false,"int32Value":0,"int64Value":0,"uint32Value":0,"uint64Value":0,"floatValue":0,"doubleValue":0,"bytesValue":"","color":"COLOR_UNSPECIFIED","tags":[],"inners":[],"labels":{},"byNumber":{},"colors":[],"numbers":[]}""",
            await host.Client.GetStringAsync("/query"));
    }

    [Fact]
    public async Task Response_Full_IsProto3JsonWithNumbers()
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Unary = (_, _) => Task.FromResult(new Everything
        {
            Text = "\"\\/\u0001é😀</script>",
            BoolValue = true,
            Int32Value = int.MinValue,
            Int64Value = long.MinValue,
            Uint32Value = uint.MaxValue,
            Uint64Value = ulong.MaxValue,
            FloatValue = 1.1f,
            DoubleValue = double.NegativeInfinity,
            BytesValue = ByteString.CopyFromUtf8("a"),
            Color = (Color)77,
            Inner = new Inner { Inner_ = new Inner() },
            Tags = { "a", "b" },
            Inners = { new Inner { Name = "i" } },
            Labels = { ["k"] = "v" },
            ByNumber = { [-1] = new Inner() },
            Maybe = 0,
            Left = "",
            At = new Timestamp { Seconds = 1 },
            Lasting = new Duration { Nanos = 500_000_000 },
            Wrapped = 5,
            Colors = { Color.Red },
            Numbers = { 1, -2 },
        });

        Assert.Equal(
            """{"text":"\"\\/\u0001é😀</script>","boolValue":true,"int32Value":-2147483648,"int64Value":-9223372036854775808,"uint32Value":4294967295,"uint64Value":18446744073709551615,"floatValue":1.1,"doubleValue":"-Infinity","bytesValue":"YQ==","color":77,"inner":{"name":"","count":0,"inner":{"name":"","count":0}},"tags":["a","b"],"inners":[{"name":"i","count":0}],"labels":{"k":"v"},"byNumber":{"-1":{"name":"","count":0}},"maybe":0,"left":"","at":"1970-01-01T00:00:01Z","lasting":"0.500s","wrapped":5,"colors":["COLOR_RED"],"numbers":[1,-2]}""",
            (await host.Client.GetStringAsync("/query")).Replace("\\uD83D\\uDE00", "😀"));
    }

    [Theory]
    [InlineData(StatusCode.Cancelled, 499)]
    [InlineData(StatusCode.Unknown, 500)]
    [InlineData(StatusCode.InvalidArgument, 400)]
    [InlineData(StatusCode.DeadlineExceeded, 504)]
    [InlineData(StatusCode.NotFound, 404)]
    [InlineData(StatusCode.AlreadyExists, 409)]
    [InlineData(StatusCode.PermissionDenied, 403)]
    [InlineData(StatusCode.ResourceExhausted, 429)]
    [InlineData(StatusCode.FailedPrecondition, 400)]
    [InlineData(StatusCode.Aborted, 409)]
    [InlineData(StatusCode.OutOfRange, 400)]
    [InlineData(StatusCode.Unimplemented, 501)]
    [InlineData(StatusCode.Internal, 500)]
    [InlineData(StatusCode.Unavailable, 503)]
    [InlineData(StatusCode.DataLoss, 500)]
    [InlineData(StatusCode.Unauthenticated, 401)]
    public async Task Error_EveryCode_HasItsHttpStatusAndErrorInfo(StatusCode code, int httpStatus)
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Unary = (_, _) => throw new RpcException(new Status(code, "why"));

        var response = await host.SendRawAsync("GET /query");

        Assert.Equal(httpStatus, response.Status);
        var reason = string.Concat(Enum.GetName(code)!.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
        Assert.Equal(
            $$$"""{"code":{{{(int)code}}},"message":"why","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{{{reason}}}","domain":"tests","metadata":{}}]}""",
            response.Body);
        Assert.Equal(code == StatusCode.Unauthenticated, response.Headers.TryGetValue("WWW-Authenticate", out var scheme) && scheme == "Bearer");
        Assert.Equal("no-store", response.Headers["Cache-Control"]);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Error_WithDetails_WritesThemAndTheRetryAfter()
    {
        await using var host = await RestHost.StartAsync();
        var status = new Google.Rpc.Status
        {
            Code = (int)StatusCode.Unavailable,
            Message = "later",
            Details =
            {
                Any.Pack(new ErrorInfo { Reason = "BUSY", Domain = "own", Metadata = { ["a"] = "b" } }),
                Any.Pack(new RetryInfo { RetryDelay = new Duration { Seconds = 2, Nanos = 100_000_000 } }),
                new Any { TypeUrl = "type.googleapis.com/unknown.Type", Value = ByteString.CopyFrom(1, 2, 3) },
            },
        };
        host.Echo.Unary = (_, _) => throw new RpcException(
            new Status(StatusCode.Unavailable, "later"), new Metadata { { "grpc-status-details-bin", status.ToByteArray() } });

        var response = await host.SendRawAsync("GET /query");

        Assert.Equal(503, response.Status);
        Assert.Equal("3", response.Headers["Retry-After"]);
        Assert.Equal(
            """{"code":14,"message":"later","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"BUSY","domain":"own","metadata":{"a":"b"}},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2.100s"},{"@type":"type.googleapis.com/unknown.Type","value":"AQID"}]}""",
            response.Body);
    }

    [Fact]
    public async Task Error_RetryAfterTrailer_BecomesTheHeader()
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Unary = (_, _) => throw new RpcException(new Status(StatusCode.ResourceExhausted, "full"), new Metadata { { "retry-after", "7" } });

        var response = await host.SendRawAsync("GET /query");

        Assert.Equal(429, response.Status);
        Assert.Equal("7", response.Headers["Retry-After"]);
    }

    [Fact]
    public async Task Error_StatusSetAndNotThrown_IsAnError()
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Unary = (request, context) =>
        {
            context.Status = new Status(StatusCode.Aborted, "set");
            return Task.FromResult(request);
        };

        var response = await host.SendRawAsync("GET /query");

        Assert.Equal(409, response.Status);
        Assert.Contains("\"message\":\"set\"", response.Body);
    }

    [Fact]
    public async Task Exception_Unforeseen_IsA500WithoutItsTextAndLoggedOnce()
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Unary = (_, _) => throw new InvalidOperationException("secret");

        var response = await host.SendRawAsync("GET /query");

        Assert.Equal(500, response.Status);
        Assert.DoesNotContain("secret", response.Body);
        Assert.StartsWith("{\"code\":2,", response.Body);
        Assert.Contains("secret", Assert.Single(host.Logs.At(LogLevel.Warning)));
    }

    [Fact]
    public async Task Headers_OfRequestAndResponse_AreMetadata()
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Unary = async (request, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "link", "<x>; rel=\"next\"" }, { "x-two", "1" }, { "x-two", "2" } });
            return new Everything { Text = context.RequestHeaders.GetValue("authorization") };
        };

        var response = await host.SendRawAsync("GET /query", "Authorization: Bearer abc\r\n");

        Assert.Equal(200, response.Status);
        Assert.Contains("\"text\":\"Bearer abc\"", response.Body);
        Assert.Equal("<x>; rel=\"next\"", response.Headers["link"]);
        Assert.Equal("1, 2", response.Headers["x-two"]);
    }

    [Fact]
    public async Task Deadline_InTheHeader_CancelsTheMethod()
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Unary = async (request, context) =>
        {
            await Task.Delay(Patience, context.CancellationToken);
            return request;
        };

        var response = await host.SendRawAsync("GET /query", "grpc-timeout: 50m\r\n");

        Assert.Equal(504, response.Status);
        Assert.Equal(400, (await host.SendRawAsync("GET /query", "grpc-timeout: soon\r\n")).Status);
        Assert.Equal(400, (await host.SendRawAsync("GET /query", "grpc-timeout: 1H\r\ngrpc-timeout: 2H\r\n")).Status);
    }

    [Fact]
    public async Task Deadline_MethodIgnoresItsToken_TheAnswerDoesNotWaitForIt()
    {
        var time = new ManualTime();
        await using var host = await RestHost.StartAsync(add: services => services.AddSingleton<TimeProvider>(time));
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception?>();
        host.Echo.Unary = async (request, context) =>
        {
            entered.SetResult();
            await release.Task;
            ended.SetResult(await Record.ExceptionAsync(() => context.WriteResponseHeadersAsync([])));
            return request;
        };

        using var request = new HttpRequestMessage(HttpMethod.Get, "/query") { Headers = { { "grpc-timeout", "1S" } } };
        var asking = host.Client.SendAsync(request);
        await entered.Task.WaitAsync(Patience);
        time.Advance(TimeSpan.FromSeconds(1));
        using var response = await asking;
        var body = await response.Content.ReadAsStringAsync();
        Assert.False(ended.Task.IsCompleted);
        release.SetResult();

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Contains("DEADLINE_EXCEEDED", body);
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Patience));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/own/1")).StatusCode);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task CallerGone_DuringTheMethod_CancelsItAndLogsNothing()
    {
        await using var host = await RestHost.StartAsync();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        host.Echo.Unary = async (request, context) =>
        {
            started.SetResult();
            using var registration = context.CancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
            context.CancellationToken.ThrowIfCancellationRequested();
            return request;
        };
        using var leave = new CancellationTokenSource();

        var request = host.Client.GetAsync("/query", leave.Token);
        await started.Task.WaitAsync(Patience);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await cancelled.Task.WaitAsync(Patience);
        await host.App.StopAsync();
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Stream_Messages_AreLinesSentAtOnce()
    {
        await using var host = await RestHost.StartAsync();
        var next = new TaskCompletionSource();
        host.Echo.Stream = async (_, responses, _) =>
        {
            await responses.WriteAsync(new Event { Revision = 1, Text = "a" });
            await next.Task;
            await responses.WriteAsync(new Event { Revision = 2 });
        };

        using var response = await host.Client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("""{"revision":1,"text":"a"}""", await lines.ReadLineAsync().WaitAsync(Patience));
        next.SetResult();
        Assert.Equal("""{"revision":2,"text":""}""", await lines.ReadLineAsync().WaitAsync(Patience));
        Assert.Null(await lines.ReadLineAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task Stream_HeadersWritten_AreSentBeforeTheFirstMessage()
    {
        await using var host = await RestHost.StartAsync();
        var end = new TaskCompletionSource();
        host.Echo.Stream = async (_, _, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "x-early", "yes" } });
            await end.Task;
        };

        using var response = await host.Client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);

        Assert.Equal("yes", response.Headers.GetValues("x-early").Single());
        end.SetResult();
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("", "application/x-ndjson", "{\"revision\":1,\"text\":\"\"}\n{\"error\":{STATUS}}\n")]
    [InlineData("Accept: text/html, text/event-stream;q=0.9\r\n", "text/event-stream", "id: 1\ndata: {\"revision\":1,\"text\":\"\"}\n\nevent: error\ndata: {STATUS}\n\n")]
    public async Task Stream_ErrorAfterMessages_IsTheLastThingInIt(string accept, string contentType, string body)
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Stream = async (_, responses, _) =>
        {
            await responses.WriteAsync(new Event { Revision = 1 });
            throw new RpcException(new Status(StatusCode.Unavailable, "over"));
        };

        var response = await host.SendRawAsync("GET /stream", accept);

        Assert.Equal(200, response.Status);
        Assert.Equal(contentType, response.Headers["Content-Type"]);
        const string Status =
            "\"code\":14,\"message\":\"over\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"UNAVAILABLE\",\"domain\":\"tests\",\"metadata\":{}}]";
        Assert.Equal(body.Replace("STATUS", Status), response.Body);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Stream_DeadlinePassesWhileNobodyReads_IsTheLastLine()
    {
        await using var host = await RestHost.StartAsync();
        var ended = new TaskCompletionSource();
        host.Echo.Stream = async (_, responses, _) =>
        {
            try
            {
                while (true)
                    await responses.WriteAsync(new Event { Text = new string('a', 100_000) });
            }
            finally
            {
                ended.SetResult();
            }
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stream") { Headers = { { "grpc-timeout", "1S" } } };

        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await ended.Task.WaitAsync(Patience);
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.StartsWith("""{"error":{"code":4,""", lines[^1]);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Stream_ErrorBeforeMessages_IsTheHttpStatus()
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Stream = (_, _, _) => throw new RpcException(new Status(StatusCode.OutOfRange, "gone"));

        var response = await host.SendRawAsync("GET /stream", "Accept: text/event-stream\r\n");

        Assert.Equal(400, response.Status);
        Assert.Equal("application/json", response.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Stream_ServiceStops_EndsWithUnavailable()
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Stream = async (_, responses, context) =>
        {
            await responses.WriteAsync(new Event { Revision = 1 });
            await Task.Delay(Patience, context.CancellationToken);
        };
        using var response = await host.Client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        await lines.ReadLineAsync();

        var stop = host.App.StopAsync();

        Assert.StartsWith("{\"error\":{\"code\":14,", await lines.ReadLineAsync().WaitAsync(Patience));
        await stop.WaitAsync(Patience);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Stream_Head_DoesNotRunTheMethod()
    {
        await using var host = await RestHost.StartAsync();
        host.Echo.Stream = (_, _, _) => throw new InvalidOperationException("ran");

        var response = await host.SendRawAsync("HEAD /stream");

        Assert.Equal(200, response.Status);
        Assert.Equal("application/x-ndjson", response.Headers["Content-Type"]);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData("GET /own/x", 200, null)]
    [InlineData("PUT /own/x", 405, "GET, POST")]
    [InlineData("GET /own/x/y", 404, null)]
    [InlineData("GET /transcoding.tests.EchoService/NotRest", 405, "POST")]
    public async Task OwnEndpoint_BesideTheRules_AnswersAsItsMethodsSay(string requestLine, int status, string? allow)
    {
        await using var host = await RestHost.StartAsync();

        var response = await host.SendRawAsync(requestLine);

        Assert.Equal(status, response.Status);
        Assert.Equal(allow, response.Headers.GetValueOrDefault("Allow"));
    }

    [Fact]
    public async Task WriteRpcStatus_FromMiddleware_AnswersOnTheFaceOfTheRequest()
    {
        await using var host = await RestHost.StartAsync(map: app => app.Use((HttpContext http, RequestDelegate _) => http.WriteRpcStatusAsync(
            new Google.Rpc.Status { Code = (int)Code.Unauthenticated, Message = "no token" }, http.RequestAborted)));

        var rest = await host.SendRawAsync("GET /query");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/transcoding.tests.EchoService/Query")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[5]) { Headers = { { "content-type", "application/grpc" } } },
        };
        using var grpc = await host.Client.SendAsync(request);

        Assert.Equal(401, rest.Status);
        Assert.Equal("Bearer", rest.Headers["WWW-Authenticate"]);
        Assert.Contains("\"reason\":\"UNAUTHENTICATED\",\"domain\":\"tests\"", rest.Body);
        Assert.Equal(HttpStatusCode.OK, grpc.StatusCode);
        Assert.Equal("16", grpc.Headers.GetValues("grpc-status").Single());
        Assert.Equal("no token", grpc.Headers.GetValues("grpc-message").Single());
        var details = grpc.Headers.GetValues("grpc-status-details-bin").Single();
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        Assert.Equal("tests", status.Details.Single().Unpack<ErrorInfo>().Domain);
    }
}
