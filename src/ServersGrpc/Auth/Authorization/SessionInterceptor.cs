using Grpc.Core;
using Grpc.Core.Interceptors;

namespace ServersGrpc.Auth.Authorization;

/// <summary>
/// Looks at the credential again before a method begins, for the request's body may be long in coming, and the call may have to wait for its
/// turn. Ends streams with the credential that opened them, and with the service.
/// </summary>
internal sealed class SessionInterceptor(IHostApplicationLifetime lifetime, TimeProvider time) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        ThrowIfEnded(context.GetHttpContext().FindAccount());
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, _ => continuation(request, responseStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, session => continuation(new SessionReader<TRequest>(requestStream, session.Token), responseStream, context));

    private async Task RunAsync(ServerCallContext context, Func<StreamSession, Task> stream)
    {
        var http = context.GetHttpContext();
        var account = http.FindAccount();
        ThrowIfEnded(account);
        using var session = new StreamSession(account, time, context.CancellationToken, lifetime.ApplicationStopping);
        http.Features.Set(session);
        try
        {
            await stream(session);
        }
        catch (Exception) when (session.Why() is { } status)
        {
            throw status.ToRpcException();
        }
    }

    private void ThrowIfEnded(Account? account)
    {
        if (account?.WhyEnded(time) is { } ended)
            throw ended.ToRpcException();
    }
}
