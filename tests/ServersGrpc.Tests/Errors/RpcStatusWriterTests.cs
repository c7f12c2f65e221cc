using System.Text;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using ServersGrpc.Errors;

namespace ServersGrpc.Tests.Errors;

/// <summary>A status that ends a request before its method, on the face that the request came by.</summary>
public sealed class RpcStatusWriterTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("50% of \"it\"", "50%25 of \"it\"")]
    [InlineData("é\n\0", "%C3%A9%0A%00")]
    [InlineData("\u007F~", "%7F~")]
    [InlineData("\U0001F600", "%F0%9F%98%80")]
    public async Task Write_GrpcCall_IsPercentEncodedInHeadersAlone(string message, string encoded)
    {
        var http = Request("application/grpc");

        await http.WriteRpcStatusAsync(RpcStatuses.Create(StatusCode.Aborted, message, "WHY"));

        Assert.Equal((200, "application/grpc"), (http.Response.StatusCode, http.Response.ContentType));
        Assert.Equal(("10", encoded), ($"{http.Response.Headers["grpc-status"]}", $"{http.Response.Headers["grpc-message"]}"));
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(http.Response.Headers["grpc-status-details-bin"]!));
        Assert.Equal((10, message, "WHY"), (status.Code, status.Message, status.GetDetail<ErrorInfo>()?.Reason));
        Assert.Equal("", Body(http));
    }

    [Fact]
    public async Task Write_RestRequest_IsTheStatusAsJson()
    {
        var http = Request("application/json");

        await http.WriteRpcStatusAsync(
            RpcStatuses.Create(StatusCode.Unavailable, "é \"a\" <b>", "WHY", ("name", "n")).WithRetry(TimeSpan.FromMilliseconds(1_200)));

        Assert.Equal((503, "application/json"), (http.Response.StatusCode, http.Response.ContentType));
        Assert.Equal(
            """{"code":14,"message":"é \"a\" <b>","details":["""
            + """{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"WHY","domain":"servers-grpc","metadata":{"name":"n"}},"""
            + """{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.200s"}]}""",
            Body(http));
        Assert.Equal(("2", "no-store"), ($"{http.Response.Headers.RetryAfter}", $"{http.Response.Headers.CacheControl}"));
        Assert.Equal(0, http.Response.Headers.WWWAuthenticate.Count);
    }

    [Fact]
    public async Task Write_Unauthenticated_AsksForAToken()
    {
        var http = Request(contentType: null);

        await http.WriteRpcStatusAsync(RpcStatuses.Create(StatusCode.Unauthenticated, "no", "NO"));

        Assert.Equal((401, "Bearer"), (http.Response.StatusCode, http.Response.Headers.WWWAuthenticate.ToString()));
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("APPLICATION/GRPC;charset=utf-8", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/grpcx", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void IsGrpc_ContentType_SaysSo(string? contentType, bool expected) =>
        Assert.Equal(expected, Request(contentType).Request.IsGrpc());

    [Theory]
    [InlineData(0.001, "1")]
    [InlineData(1, "1")]
    [InlineData(1.01, "2")]
    [InlineData(3600, "3600")]
    public void AddErrorHeaders_Retry_IsWholeSecondsRoundedUp(double seconds, string expected)
    {
        var http = Request(contentType: null);

        http.Response.AddErrorHeaders(RpcStatuses.Create(StatusCode.ResourceExhausted, "", "WHY").WithRetry(TimeSpan.FromSeconds(seconds)));

        Assert.Equal(expected, http.Response.Headers.RetryAfter);
    }

    [Fact]
    public void FittingHeaders_ShortStatus_IsLeftAsItIs()
    {
        var status = RpcStatuses.Create(StatusCode.NotFound, "none", "WHY");

        Assert.Same(status, status.FittingHeaders());
    }

    [Theory]
    [InlineData('a')]
    [InlineData('é')]
    [InlineData('€')]
    public void FittingHeaders_LongStatus_KeepsCodeReasonAndTheFirstViolations(char letter)
    {
        var status = RpcStatuses.Create(StatusCode.InvalidArgument, new string(letter, 50_000), "WHY");
        var request = new BadRequest();
        for (var i = 0; i < 100; i++)
            request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = $"f{i}", Description = new string(letter, 100) });
        status.Details.Add(Any.Pack(request));

        var fitting = status.FittingHeaders();

        // The message crosses the wire percent-encoded beside the details in base64: together less than the 8 KiB that clients take.
        Assert.InRange(Uri.EscapeDataString(fitting.Message).Length + (fitting.CalculateSize() * 4 / 3), 1, 8 * 1024 - 512);
        Assert.EndsWith(" …", fitting.Message, StringComparison.Ordinal);
        Assert.Equal((status.Code, "WHY"), (fitting.Code, fitting.GetDetail<ErrorInfo>()?.Reason));
        var fields = fitting.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field).ToList();
        Assert.Equal(Enumerable.Range(0, fields.Count).Select(i => $"f{i}"), fields);
    }

    [Fact]
    public void FittingHeaders_CharactersOfTwoUnits_AreNotCutApart()
    {
        var status = RpcStatuses.Create(StatusCode.InvalidArgument, "a" + string.Concat(Enumerable.Repeat("\U0001F600", 5_000)), "WHY");

        Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(status.FittingHeaders().Message)), status.FittingHeaders().Message);
    }

    [Fact]
    public void ToRichStatus_NoDetails_GetsAnErrorInfoOfItsCode()
    {
        var status = new RpcException(new(StatusCode.FailedPrecondition, "no")).ToRichStatus();

        Assert.Equal(("no", "FAILED_PRECONDITION"), (status.Message, status.GetDetail<ErrorInfo>()?.Reason));
    }

    private static DefaultHttpContext Request(string? contentType)
    {
        var http = new DefaultHttpContext();
        (http.Request.Method, http.Request.ContentType) = (HttpMethods.Post, contentType);
        http.Response.Body = new MemoryStream();
        return http;
    }

    private static string Body(HttpContext http) => Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
}
