using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using ServersGrpc.Auth;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Auth.Authorization;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Errors;
using ServersGrpc.V1;

namespace ServersGrpc.Api;

/// <summary>The contract's methods, for both faces.</summary>
internal sealed class ServersService(Fleet fleet, AuditTrail audit, IHostApplicationLifetime lifetime, TimeProvider time) : ServerService.ServerServiceBase
{
    [Authorize(Policies.Viewer)]
    public override async Task<Server> GetServer(GetServerRequest request, ServerCallContext context)
    {
        var caller = Caller(context);
        var server = await fleet.GetAsync(request.Name, caller, context.CancellationToken);
        return server.ToMessage(ShowsSecrets(server, caller, context));
    }

    [Authorize(Policies.Viewer)]
    public override async Task<ListServersResponse> ListServers(ListServersRequest request, ServerCallContext context)
    {
        var page = await fleet.ListAsync(
            new(request.State, request.Provider, request.LabelSelector), request.PageSize, request.PageToken, Caller(context), context.CancellationToken);
        var response = new ListServersResponse { NextPageToken = page.NextPageToken };
        response.Servers.Capacity = page.Servers.Count;
        foreach (var server in page.Servers)
            response.Servers.Add(Answer(server, context));
        return response;
    }

    [Authorize(Policies.Operator)]
    public override async Task<Server> ProvisionServer(ProvisionServerRequest request, ServerCallContext context)
    {
        var server = await fleet.ProvisionAsync(
            new()
            {
                Name = request.Name,
                Provider = request.Provider,
                Image = request.Image,
                Region = request.Region,
                Size = request.Size,
                Alternatives = [.. request.Alternatives.Select(alternative => new Engine.Servers.Placement(alternative.Region, alternative.Size))],
                Capacity = request.Capacity,
                Labels = request.Labels.ToDictionary(),
                UserData = request.UserData,
                RequestId = request.RequestId,
                ValidateOnly = request.ValidateOnly,
            },
            CallerHere(context), context.CancellationToken);
        // The first event of a new one says who asked for it, and so who was told its keys.
        return server.Version > 1 ? Answer(server, context) : server.ToMessage(Caller(context).SeesSecretsOf(server));
    }

    [Authorize(Policies.Operator)]
    public override async Task<Server> TerminateServer(TerminateServerRequest request, ServerCallContext context) =>
        Answer(await fleet.TerminateAsync(request.Name, request.Force, request.Etag, CallerHere(context), context.CancellationToken), context);

    [Authorize(Policies.Operator)]
    public override async Task<Server> RotateServerCredentials(RotateServerCredentialsRequest request, ServerCallContext context)
    {
        // A service that stops rotates nothing more; the next one goes on with it. To wait for that would hold up the stop.
        var account = context.GetAccount();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping, account.Ended);
        try
        {
            var server = await fleet.RotateCredentialsAsync(request.Name, request.Etag, CallerHere(context), ends.Token);
            // It may have taken a while.
            return account.Expires <= time.GetUtcNow()
                ? throw RpcStatuses.Create(StatusCode.Unauthenticated, "The token has expired meanwhile. The credentials are rotated.", "TOKEN_EXPIRED").ToRpcException()
                : Answer(server, context);
        }
        catch (OperationCanceledException) when (account.Ended.IsCancellationRequested)
        {
            throw RpcStatuses.Create(StatusCode.Unauthenticated, "The token was revoked. The rotation goes on.", "TOKEN_REVOKED").ToRpcException();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw ApiErrors.Stopping("The rotation goes on when the service is started again.").ToRpcException();
        }
    }

    [Authorize(Policies.Viewer)]
    public override async Task WatchServers(WatchServersRequest request, IServerStreamWriter<ServerChange> responseStream, ServerCallContext context)
    {
        var caller = Caller(context);
        var session = context.GetSession();
        var changes = fleet.WatchAsync(new(request.State, request.Provider, request.LabelSelector), request.SinceRevision, caller, session.Token);
        await foreach (var change in changes)
        {
            // A token given to the write itself would abort the connection.
            await session.WaitAsync(responseStream.WriteAsync(change.ToMessage(change.Server is not null && ShowsSecrets(change.Server, caller, context))));
        }
    }

    [Authorize(Policies.Viewer)]
    public override async Task<ListServerEventsResponse> ListServerEvents(ListServerEventsRequest request, ServerCallContext context)
    {
        var events = await fleet.ListEventsAsync(request.Name, Caller(context), context.CancellationToken);
        return new() { Events = { events.Select(@event => @event.ToMessage()) } };
    }

    private static Caller Caller(ServerCallContext context) => context.GetAccount().Caller;

    /// <summary>The caller with where it calls from, as events tell it.</summary>
    private static Caller CallerHere(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        return Caller(context) with { Address = http.Address(), RequestId = http.TraceIdentifier };
    }

    private Server Answer(ServerRecord server, ServerCallContext context) => server.ToMessage(ShowsSecrets(server, Caller(context), context));

    /// <summary>Whether the caller may see the secrets of a server; that it does is noted.</summary>
    private bool ShowsSecrets(ServerRecord server, Caller caller, ServerCallContext context)
    {
        if (!caller.SeesSecretsOf(server))
            return false;
        // What was only checked, or is purged, has none.
        if (server.Secret.Length > 0)
            audit.SecretsRead(context.GetHttpContext(), caller, server);
        return true;
    }
}
