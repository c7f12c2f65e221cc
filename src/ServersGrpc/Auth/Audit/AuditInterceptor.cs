using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Errors;
using ServersGrpc.V1;

namespace ServersGrpc.Auth.Audit;

/// <summary>Notes what callers change, and which servers they were refused.</summary>
internal sealed class AuditInterceptor(AuditTrail audit) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var call = continuation(request, context);
        // Most calls only read, and have ended: of these there is nothing to note.
        return call.IsCompletedSuccessfully && !Changes(request) ? call : NoteAsync(request, context, call);
    }

    private async Task<TResponse> NoteAsync<TRequest, TResponse>(TRequest request, ServerCallContext context, Task<TResponse> call)
        where TRequest : class
        where TResponse : class
    {
        var http = context.GetHttpContext();
        try
        {
            var response = await call;
            if (Changes(request))
                audit.Allowed(http, context.GetAccount().Caller, MethodOf(http), response is Server server ? server.Name : Name(request));
            return response;
        }
        catch (Exception e) when (ApiErrors.From(e) is { } status && http.FindAccount() is { } account)
        {
            await NoteAsync(request, http, account.Caller, e, ((StatusCode)status.Code).ToString());
            throw;
        }
    }

    private async Task NoteAsync(object request, HttpContext http, Caller caller, Exception exception, string code)
    {
        switch (exception)
        {
            case OutOfScopeException hidden:
                audit.Refused(http, caller, MethodOf(http), hidden.Server, code);
                break;
            case AccessDeniedException:
                await audit.RefusedAsync(http, caller, MethodOf(http), Name(request), code);
                break;
            case ServerException when Changes(request):
                audit.Failed(http, caller, MethodOf(http), Name(request), code);
                break;
        }
    }

    // The context has the path as it was sent, in any case of letters.
    private static string MethodOf(HttpContext http) => http.GetEndpoint()!.Metadata.GetMetadata<GrpcMethodMetadata>()!.Method.FullName;

    private static bool Changes(object request) => request is ProvisionServerRequest { ValidateOnly: false } or TerminateServerRequest or RotateServerCredentialsRequest;

    private static string Name(object request) => request switch
    {
        GetServerRequest get => get.Name,
        ProvisionServerRequest provision => provision.Name,
        TerminateServerRequest terminate => terminate.Name,
        RotateServerCredentialsRequest rotate => rotate.Name,
        ListServerEventsRequest events => events.Name,
        _ => "",
    };
}
