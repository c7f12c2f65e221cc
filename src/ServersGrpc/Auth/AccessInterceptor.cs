using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http.Features;
using ServersGrpc.Api;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;
using ServersGrpc.V1;

namespace ServersGrpc.Auth;

/// <summary>Lets callers call only what their role may, on all faces, and notes what they did and what they were refused.</summary>
internal sealed class AccessInterceptor(AuditTrail audit, TimeProvider time) : Interceptor
{
    // Watches of health: a few of each load balancer.
    private const int MostOpenStreams = 1000;

    private int _openStreams;

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (!IsAdmitted(context, out var caller))
            return RefuseAsync<TResponse>(request, context, caller);
        var call = continuation(request, context);
        // Most calls only read, and have ended: of these there is nothing to note.
        return caller is null || (call.IsCompletedSuccessfully && !Changes(request)) ? call : NoteAsync(request, context, caller, call);
    }

    private async Task<TResponse> NoteAsync<TRequest, TResponse>(TRequest request, ServerCallContext context, Caller caller, Task<TResponse> call)
        where TRequest : class
        where TResponse : class
    {
        try
        {
            var response = await call;
            if (Changes(request))
                audit.Allowed(context, caller, context.Method, response is Server server ? server.Name : Name(request));
            return response;
        }
        catch (Exception e) when (ApiErrors.From(e) is { } status)
        {
            await NoteAsync(request, context, caller, e, status);
            throw;
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        if (!IsAdmitted(context, out var caller))
            await RefuseAsync<TResponse>(request, context, caller);
        if (caller is not null)
        {
            await continuation(request, responseStream, context);
            return;
        }
        // Streams that are open to everyone are nobody's, so no caller's limit holds for them.
        try
        {
            if (Interlocked.Increment(ref _openStreams) > MostOpenStreams)
                throw ApiErrors.Status(StatusCode.ResourceExhausted, $"{MostOpenStreams} streams without a token are open.", "OPEN_STREAM_LIMIT_REACHED").ToRpcException();
            await continuation(request, responseStream, context);
        }
        finally
        {
            Interlocked.Decrement(ref _openStreams);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var session = await OpenAsync(context);
        return await continuation(session is null ? requestStream : new SessionReader<TRequest>(requestStream, session), context);
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var session = await OpenAsync(context);
        await continuation(session is null ? requestStream : new SessionReader<TRequest>(requestStream, session), responseStream, context);
    }

    /// <summary>Begins what a caller may send on a stream; null where the stream is open to everyone.</summary>
    private async ValueTask<StreamSession?> OpenAsync(ServerCallContext context)
    {
        if (!IsAdmitted(context, out var caller))
            await RefuseAsync<object>(null, context, caller);
        return caller is null ? null : StreamSession.Open(context.GetHttpContext().Features.GetRequiredFeature<Account>(), time, context.CancellationToken);
    }

    /// <summary>Whether the method may be called, and by whom; null where it is open to everyone, or nobody is there.</summary>
    /// <exception cref="RpcException">The credential has ended since the request began: its body may be long in coming.</exception>
    private bool IsAdmitted(ServerCallContext context, out Caller? caller)
    {
        caller = null;
        if (!MethodRoles.OfMethods.TryGetValue(context.Method, out var least))
            return false;
        if (least is null)
            return true;
        // Without an account nobody comes here; should it be otherwise once, nobody is let in.
        var account = context.GetHttpContext().Features.Get<Account>();
        if (account?.WhyEnded(time) is { } status)
            throw status.ToRpcException();
        caller = account?.Caller;
        return caller?.Role >= least;
    }

    private async Task<TResponse> RefuseAsync<TResponse>(object? request, ServerCallContext context, Caller? caller)
    {
        if (caller is not null)
            await audit.RefusedAsync(context, caller, context.Method, Name(request), nameof(StatusCode.PermissionDenied));
        throw ApiErrors.Status(
            StatusCode.PermissionDenied, AccessRefusal.Message(caller ?? new("nobody", Role.Viewer), context.Method), "ROLE_TOO_SMALL").ToRpcException();
    }

    private async Task NoteAsync(object request, ServerCallContext context, Caller caller, Exception exception, Google.Rpc.Status status)
    {
        var code = ((StatusCode)status.Code).ToString();
        // Whether it is there or not: the answers must not differ.
        if (exception is ServerNotFoundException or OutOfScopeException)
            ((RequestOrigin)context).NameRequest();
        switch (exception)
        {
            case OutOfScopeException hidden:
                audit.Refused(context, caller, context.Method, hidden.Server, code);
                break;
            case AccessDeniedException:
                await audit.RefusedAsync(context, caller, context.Method, Name(request), code);
                break;
            case ServerException when Changes(request):
                audit.Failed(context, caller, context.Method, Name(request), code);
                break;
        }
    }

    private static bool Changes(object request) => request is ProvisionServerRequest { ValidateOnly: false } or TerminateServerRequest or RotateServerCredentialsRequest;

    private static string Name(object? request) => request switch
    {
        GetServerRequest get => get.Name,
        ProvisionServerRequest provision => provision.Name,
        TerminateServerRequest terminate => terminate.Name,
        RotateServerCredentialsRequest rotate => rotate.Name,
        ListServerEventsRequest events => events.Name,
        _ => "",
    };
}
