using System.Globalization;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ServersGrpc.Rpc.Transcoding.Json;
using ServersGrpc.Rpc.Transcoding.Responses;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Transcoding.Errors;

/// <summary>Answers a request with an error, on the face that it came to.</summary>
internal sealed class RpcStatusResponder(IOptions<GrpcJsonTranscodingOptions> options, JsonMessageWriters writers, JsonOutputPool outputs)
{
    private readonly JsonMessageWriter _writer = writers.For(Status.Descriptor);

    /// <summary>Answers in the form that the request's content type asks for: gRPC or JSON.</summary>
    public Task AnswerAsync(HttpContext http, Status status, CancellationToken cancellationToken)
    {
        if (!GrpcContentType.Is(http.Request.ContentType))
            return AnswerJsonAsync(http, HttpStatusMap.Of(status.Code), status, cancellationToken);
        var complete = Complete(status);
        TrailersOnly.Write(
            http.Response, new Grpc.Core.Status((Grpc.Core.StatusCode)status.Code, status.Message), complete.ToByteArray());
        return Task.CompletedTask;
    }

    public async Task AnswerJsonAsync(HttpContext http, int httpStatus, Status status, CancellationToken cancellationToken)
    {
        var response = http.Response;
        response.StatusCode = httpStatus;
        RestHeaders.Add(response);
        if (httpStatus == StatusCodes.Status401Unauthorized && response.Headers.WWWAuthenticate.Count == 0)
            response.Headers.WWWAuthenticate = "Bearer";
        if (RichStatus.RetryDelay(status) is { } delay)
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        using var output = outputs.Rent();
        Write(output, status);
        await output.SendWholeAsync(response, cancellationToken);
    }

    /// <summary>Answers 405.</summary>
    public Task AnswerMethodNotAllowedAsync(HttpContext http, IReadOnlyCollection<string> allowed)
    {
        var methods = string.Join(", ", allowed);
        http.Response.Headers.Allow = methods;
        var status = new Status
        {
            Code = (int)Code.Unimplemented,
            Message = $"{http.Request.Method} is not supported here; supported: {methods}.",
        };
        return AnswerJsonAsync(http, StatusCodes.Status405MethodNotAllowed, status, http.RequestAborted);
    }

    /// <summary>Writes the status as JSON, its ErrorInfo included.</summary>
    public void Write(JsonOutput output, Status status) => _writer.Write(output.Json, Complete(status));

    private Status Complete(Status status) => RichStatus.WithErrorInfo(status, options.Value.ErrorDomain);
}
