using System.Globalization;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;

namespace ServersGrpc.InteropServer;

/// <summary>Does what gRPC's public interoperability test descriptions ask of a server.</summary>
internal sealed class InteropService(TimeProvider time) : TestService.TestServiceBase
{
    private const string EchoInitial = "x-grpc-test-echo-initial";
    private const string EchoTrailing = "x-grpc-test-echo-trailing-bin";

    public override async Task<Empty> EmptyCall(Empty request, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        return new Empty();
    }

    public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context)
    {
        CheckCompression(request.ExpectCompressed, context, message: 0);
        await EchoMetadataAsync(context, compress: request.ResponseCompressed?.Value == true);
        ThrowIfAsked(request.ResponseStatus);
        return new SimpleResponse { Payload = Zeros(request.ResponseType, request.ResponseSize) };
    }

    public override async Task<SimpleResponse> CacheableUnaryCall(SimpleRequest request, ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync(new Metadata { { "cache-control", "max-age=60, public" } });
        var now = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        return new SimpleResponse { Payload = new Payload { Body = ByteString.CopyFrom(now, Encoding.ASCII) } };
    }

    public override async Task StreamingOutputCall(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        await EchoMetadataAsync(context, compress: request.ResponseParameters.Any(response => response.Compressed?.Value == true));
        await AnswerAsync(request, responseStream, context);
    }

    public override async Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream,
        ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        var (size, message) = (0, 0);
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            CheckCompression(request.ExpectCompressed, context, message++);
            size += request.Payload?.Body.Length ?? 0;
        }

        return new StreamingInputCallResponse { AggregatedPayloadSize = size };
    }

    public override async Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
            await AnswerAsync(request, responseStream, context);
    }

    public override async Task HalfDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        var requests = new List<StreamingOutputCallRequest>();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
            requests.Add(request);
        foreach (var request in requests)
            await AnswerAsync(request, responseStream, context);
    }

    /// <summary>Sends back what the caller wants to have sent back, and asks for compression where it is wanted.</summary>
    private static async Task EchoMetadataAsync(ServerCallContext context, bool compress = false)
    {
        foreach (var entry in context.RequestHeaders.GetAll(EchoTrailing))
            context.ResponseTrailers.Add(entry);
        var headers = new Metadata();
        foreach (var entry in context.RequestHeaders.GetAll(EchoInitial))
            headers.Add(entry);
        if (compress)
            headers.Add("grpc-internal-encoding-request", "gzip");
        if (headers.Count > 0)
            await context.WriteResponseHeadersAsync(headers);
    }

    /// <exception cref="RpcException">INVALID_ARGUMENT: the message did not come as it was said to come.</exception>
    private static void CheckCompression(BoolValue? expected, ServerCallContext context, int message)
    {
        if (expected is not null && expected.Value != CompressionFlags.IsSet(context.GetHttpContext(), message))
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"Message {message} came {(expected.Value ? "un" : "")}compressed."));
    }

    private static void ThrowIfAsked(EchoStatus? status)
    {
        if (status is { Code: not (int)StatusCode.OK })
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
    }

    private static Payload Zeros(PayloadType type, int size) => type == PayloadType.Compressable
        ? new Payload { Type = type, Body = UnsafeByteOperations.UnsafeWrap(new byte[size]) }
        : throw new RpcException(new Status(StatusCode.InvalidArgument, $"There is no payload of type {type}."));

    private async Task AnswerAsync(
        StreamingOutputCallRequest request,
        IServerStreamWriter<StreamingOutputCallResponse> responses,
        ServerCallContext context)
    {
        ThrowIfAsked(request.ResponseStatus);
        foreach (var wanted in request.ResponseParameters)
        {
            if (wanted.IntervalUs > 0)
                await Task.Delay(TimeSpan.FromMicroseconds(wanted.IntervalUs), time, context.CancellationToken);
            responses.WriteOptions = new WriteOptions(wanted.Compressed?.Value == true ? default : WriteFlags.NoCompress);
            var response = new StreamingOutputCallResponse { Payload = Zeros(request.ResponseType, wanted.Size) };
            await responses.WriteAsync(response, context.CancellationToken);
        }
    }
}
