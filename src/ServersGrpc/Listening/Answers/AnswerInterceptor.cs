using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using ServersGrpc.Errors;

namespace ServersGrpc.Listening.Answers;

/// <summary>
/// Holds back calls on a connection that leaves too much unread, and tells <see cref="AnswerServices.UseAnswerLimits"/> which answers count. Long
/// gRPC answers are compressed for callers that take it; short ones are not, since they would not get shorter.
/// </summary>
internal sealed class AnswerInterceptor : Interceptor
{
    // Kestrel's flush waits for the caller from here on, and tells nothing of less. A stream is one of a bounded number until it is read.
    private const int Counted = 4 * 1024;

    // A flush costs a write of its own to the socket. Of the answers below, one is taken by lot and stands for the others: no caller can know
    // which to leave unread.
    private const int CountedEach = 32 * 1024;
    private const int Lot = 64;

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var http = context.GetHttpContext();
        return http.Features.Get<UnreadAnswers>() is { } unread ? CountAsync(request, context, continuation, http, unread) : continuation(request, context);
    }

    private static async Task<TResponse> CountAsync<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation, HttpContext http, UnreadAnswers unread)
        where TRequest : class
        where TResponse : class
    {
        if (unread.BeginAsync(context.CancellationToken) is { IsCompletedSuccessfully: false } turn)
            await turn;
        var counted = 0L;
        try
        {
            var response = await continuation(request, context);
            var size = ((IMessage)response).CalculateSize();
            if (size < Counted && http.Request.IsGrpc())
                context.WriteOptions = new(WriteFlags.NoCompress);
            counted = size < Counted ? 0 : size >= CountedEach ? size : Random.Shared.Next(Lot) == 0 ? size * Lot : 0;
            if (counted > 0)
            {
                unread.Add(counted);
                http.Features.Set(new CountedAnswer(unread, counted));
            }
            return response;
        }
        finally
        {
            if (counted == 0)
                unread.End(0);
        }
    }
}
