using System.Text.Json.Nodes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Errors;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Rest;

/// <summary>Errors over REST: their HTTP status, their form and their headers, whoever answers them.</summary>
public sealed class RestErrorTests : IAsyncLifetime
{
    private RestHost _host = null!;

    public async Task InitializeAsync() => _host = await RestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Call_FailsOutsideOfItsMethod_IsTheServicesFaultAndNotTheCallers()
    {
        await using var host = await RestHost.StartAsync(outermost: typeof(FailingInterceptor));
        using var channel = GrpcChannel.ForAddress(host.Address);

        var fault = await Assert.ThrowsAsync<RpcException>(
            () => new ServerService.ServerServiceClient(channel).GetServerAsync(new() { Name = "a" }).ResponseAsync);

        Assert.Equal(StatusCode.Unknown, fault.StatusCode);
        Assert.Equal("UNKNOWN", fault.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
    }

    [Theory]
    [InlineData(StatusCode.Cancelled, 408)]
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
    public async Task Method_FailsWithEachCode_HasItsHttpStatusAndErrorInfo(StatusCode code, int httpStatus)
    {
        _host.Servers.Failure = new RpcException(new(code, "told \"so\" é"));

        foreach (var path in (string[])["/api/servers/a", "/api/servers"])
        {
            using var response = await _host.Http.GetAsync(path);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

            Assert.Equal(httpStatus, (int)response.StatusCode);
            // What ends a request before its method has the same table.
            Assert.Equal(httpStatus, RpcStatuses.HttpStatusOf(code));
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            Assert.Equal(["code", "message", "details"], answer.AsObject().Select(pair => pair.Key));
            Assert.Equal(((int)code, "told \"so\" é"), ((int)answer["code"]!, (string?)answer["message"]));
            var info = answer["details"]![0]!;
            Assert.Equal("type.googleapis.com/google.rpc.ErrorInfo", (string?)info["@type"]);
            Assert.Equal((RpcStatuses.ReasonOf(code), "servers-grpc"), ((string?)info["reason"], (string?)info["domain"]));
            Assert.Equal(code == StatusCode.Unauthenticated, response.Headers.WwwAuthenticate.ToString() == "Bearer");
        }
    }

    [Fact]
    public async Task Method_StoreUnavailable_SaysWhenToComeBack()
    {
        _host.Servers.Failure = new StoreUnavailableException("The database is locked.");

        using var response = await _host.Http.GetAsync("/api/servers/a");

        Assert.Equal((503, "1"), ((int)response.StatusCode, response.Headers.RetryAfter?.ToString()));
    }

    [Fact]
    public async Task Method_FailsUnforeseen_TellsNothingOfIt()
    {
        _host.Servers.Failure = new InvalidOperationException("a secret thing");

        using var response = await _host.Http.GetAsync("/api/servers/a");
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal(500, (int)response.StatusCode);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.Equal("UNKNOWN", (string?)JsonNode.Parse(body)!["details"]![0]!["reason"]);
    }

    [Theory]
    [InlineData("PUT", "/api/servers", "GET, HEAD, POST")]
    [InlineData("OPTIONS", "/api/servers", "GET, HEAD, POST")]
    [InlineData("POST", "/api/servers/a", "DELETE, GET, HEAD")]
    [InlineData("POST", "/api/servers:watch", "GET, HEAD")]
    [InlineData("POST", "/api/servers/a/events", "GET, HEAD")]
    [InlineData("PUT", "/api/servers/a:rotate-credentials", "DELETE, GET, HEAD, POST")]
    [InlineData("HEAD", "/servers.v1.ServerService/GetServer", "POST")]
    public async Task WrongMethod_KnownPath_Is405WithAllow(string method, string path, string allow)
    {
        using var request = new HttpRequestMessage(new(method), path);
        using var response = await _host.Http.SendAsync(request);

        Assert.Equal(405, (int)response.StatusCode);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow.Order(StringComparer.Ordinal)));
        if (method != "HEAD")
        {
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            Assert.Equal("METHOD_NOT_ALLOWED", (string?)answer["details"]![0]!["reason"]);
            Assert.StartsWith($"{path} does not take {method}. It takes ", (string?)answer["message"], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/api/servers/a/b/c")]
    [InlineData("/api//servers")]
    [InlineData("/api")]
    [InlineData("/")]
    public async Task UnknownPath_AnyMethod_IsA404Status(string path)
    {
        foreach (var method in (string[])["GET", "POST", "OPTIONS", "DELETE"])
        {
            using var request = new HttpRequestMessage(new(method), _host.Address + path);
            using var response = await _host.Http.SendAsync(request);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

            Assert.Equal((404, 5), ((int)response.StatusCode, (int)answer["code"]!));
            Assert.Equal($"There is nothing at {path}.", (string?)answer["message"]);
        }
    }

    [Fact]
    public async Task GrpcPath_WithAnotherContentType_Is415()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/servers.v1.ServerService/GetServer");
        request.Content = new StringContent("{}");
        (request.Version, request.VersionPolicy) = (new(2, 0), HttpVersionPolicy.RequestVersionExact);
        using var response = await _host.Http.SendAsync(request);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal((415, "UNSUPPORTED_MEDIA_TYPE"), ((int)response.StatusCode, (string?)answer["details"]![0]!["reason"]));
    }

    [Fact]
    public async Task Grpc_UnknownMethod_IsUnimplementedWithItsDetails()
    {
        using var channel = GrpcChannel.ForAddress(_host.Address);
        var asItIs = Marshallers.Create<byte[]>(message => message, message => message);
        var method = new Method<byte[], byte[]>(MethodType.Unary, ServerService.Descriptor.FullName, "Nothing", asItIs, asItIs);

        var fault = await Assert.ThrowsAsync<RpcException>(
            () => channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, []).ResponseAsync);

        Assert.Equal(StatusCode.Unimplemented, fault.StatusCode);
        Assert.Equal("UNIMPLEMENTED", fault.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
    }

    [Theory]
    [InlineData('a')]
    [InlineData('€')]
    public async Task Grpc_LongError_FitsIntoTheHeadersOfEveryClient(char letter)
    {
        // At most 20 violations and five of them in the message, each as long as they get.
        var violations = Enumerable.Range(0, 300).Select(i => new FieldViolation($"field{i}", new string(letter, 300)));
        _host.Servers.Failure = new InvalidRequestException([.. violations]);
        using var channel = GrpcChannel.ForAddress(_host.Address);

        var fault = await Assert.ThrowsAsync<RpcException>(
            () => new ServerService.ServerServiceClient(channel).GetServerAsync(new()).ResponseAsync);

        // Clients drop more than 8 KiB, the percent-encoding and the base64 included.
        var size = Uri.EscapeDataString(fault.Status.Detail).Length
            + fault.Trailers.Where(trailer => trailer.IsBinary).Sum(trailer => trailer.ValueBytes.Length * 4 / 3);
        Assert.InRange(size, 1, 8 * 1024 - 512);
        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Equal("INVALID_ARGUMENT", fault.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
        Assert.Equal("field0", fault.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations[0].Field);
    }

    [Fact]
    public async Task Rest_LongError_IsWhole()
    {
        var violations = Enumerable.Range(0, 20).Select(i => new FieldViolation($"field{i}", new string('a', 300)));
        _host.Servers.Failure = new InvalidRequestException([.. violations]);

        var answer = JsonNode.Parse(await (await _host.Http.GetAsync("/api/servers/a")).Content.ReadAsStringAsync())!;

        Assert.Equal(20, answer["details"]![1]!["fieldViolations"]!.AsArray().Count);
    }
}
