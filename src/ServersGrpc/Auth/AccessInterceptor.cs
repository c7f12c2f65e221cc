using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using ServersGrpc.Api;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;
using ServersGrpc.V1;

namespace ServersGrpc.Auth;

/// <summary>Lets callers call only what their role may, on all faces, and notes what they did and what they were refused.</summary>
internal sealed class AccessInterceptor(AuditTrail audit) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (await AdmitAsync(request, context) is not { } caller)
            return await continuation(request, context);
        try
        {
            var response = await continuation(request, context);
            if (Changes(request))
                audit.Allowed(context.GetHttpContext(), caller, context.Method, response is Server server ? server.Name : Name(request));
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
        await AdmitAsync(request, context);
        await continuation(request, responseStream, context);
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(null, context);
        return await continuation(requestStream, context);
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AdmitAsync(null, context);
        await continuation(requestStream, responseStream, context);
    }

    /// <summary>The caller; null where everyone may call.</summary>
    private async ValueTask<Caller?> AdmitAsync(object? request, ServerCallContext context)
    {
        var isKnown = MethodRoles.OfMethods.TryGetValue(context.Method, out var least);
        if (isKnown && least is null)
            return null;
        var http = context.GetHttpContext();
        // Without an account nobody comes here; should it be otherwise once, nobody is let in.
        var caller = http.Features.Get<Account>()?.Caller;
        if (isKnown && caller?.Role >= least)
            return caller;
        if (caller is not null)
            await audit.RefusedAsync(http, caller, context.Method, Name(request), nameof(StatusCode.PermissionDenied));
        throw ApiErrors.Status(
            StatusCode.PermissionDenied, AccessRefusal.Message(caller ?? new("nobody", Role.Viewer), context.Method), "ROLE_TOO_SMALL").ToRpcException();
    }

    private async Task NoteAsync(object request, ServerCallContext context, Caller caller, Exception exception, Google.Rpc.Status status)
    {
        var code = ((StatusCode)status.Code).ToString();
        switch (exception)
        {
            case OutOfScopeException hidden:
                audit.Refused(context.GetHttpContext(), caller, context.Method, hidden.Server, code);
                break;
            case AccessDeniedException:
                await audit.RefusedAsync(context.GetHttpContext(), caller, context.Method, Name(request), code);
                break;
            case ServerException when Changes(request):
                audit.Failed(context.GetHttpContext(), caller, context.Method, Name(request), code);
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
