using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using ServersGrpc.Rpc.Transcoding.Errors;
using ServersGrpc.Rpc.Transcoding.Json;
using ServersGrpc.Rpc.Wire;
using static Google.Rpc.BadRequest.Types;
using Status = Google.Rpc.Status;

namespace ServersGrpc.Rpc.Transcoding.Binding;

/// <summary>Reads the body into the request, or into one field of it (body of the HTTP rule). No body at all sets nothing.</summary>
internal sealed class BodyReader(FieldDescriptor? field, int limit, JsonMessageReader json)
{
    /// <exception cref="RequestRejectedException">The body is too large, encoded, or could not be received.</exception>
    public async Task ReadAsync(HttpContext http, IMessage request, List<FieldViolation> problems, CancellationToken cancellationToken)
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return;
        RefuseEncoded(http);
        if (http.Request.ContentLength > limit)
            throw TooLarge();
        var body = new ArrayBufferWriter<byte>((int)(http.Request.ContentLength is > 0 and var length ? length : 256));
        await ReceiveAsync(http, body, cancellationToken);
        if (RawBody.Is(request.Descriptor, field))
            RawBody.Set(request, field, http.Request.ContentType ?? "", body.WrittenSpan);
        else if (body.WrittenSpan.ContainsAnyExcept(" \t\r\n"u8))
            json.Read(body.WrittenSpan, request, field, problems);
    }

    private async Task ReceiveAsync(HttpContext http, ArrayBufferWriter<byte> body, CancellationToken cancellationToken)
    {
        var input = http.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(cancellationToken);
                var tooLarge = body.WrittenCount + read.Buffer.Length > limit;
                if (!tooLarge)
                {
                    foreach (var part in read.Buffer)
                        body.Write(part.Span);
                }
                input.AdvanceTo(read.Buffer.End);
                if (tooLarge)
                    throw TooLarge();
                if (read.IsCompleted)
                    return;
            }
        }
        catch (BadHttpRequestException e)
        {
            throw Malformed(e.StatusCode, e);
        }
        catch (IOException e) when (e.InnerException is OverflowException)
        {
            // A chunk's size is beyond all numbers, which the server does not call a bad request.
            throw Malformed(StatusCodes.Status400BadRequest, e);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The connection broke, which is noticed here before the request is told.
            throw new CallOverException(e);
        }
    }

    private static RequestRejectedException Malformed(int httpStatus, Exception fault) =>
        new(httpStatus, new Status { Code = (int)Code.InvalidArgument, Message = fault.Message }, fault);

    private static void RefuseEncoded(HttpContext http)
    {
        var encoding = http.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return;
        http.Response.Headers.AcceptEncoding = "identity";
        throw new RequestRejectedException(StatusCodes.Status415UnsupportedMediaType, new Status
        {
            Code = (int)Code.InvalidArgument,
            Message = $"{HeaderNames.ContentEncoding} \"{encoding}\" is not supported; send the body as it is.",
        });
    }

    private RequestRejectedException TooLarge()
    {
        var message = $"The body is larger than the {limit} bytes that are allowed.";
        return new RequestRejectedException(StatusCodes.Status413PayloadTooLarge, new Status
        {
            Code = (int)Code.InvalidArgument,
            Message = message,
            Details = { Any.Pack(new BadRequest { FieldViolations = { new FieldViolation { Description = message } } }) },
        });
    }
}
