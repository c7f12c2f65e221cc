using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using ServersGrpc.Auth;
using ServersGrpc.Engine.Fleet;
using ServersGrpc.V1;

namespace ServersGrpc.Api;

/// <summary>The contract's methods, for both faces.</summary>
internal sealed class ServersService(Fleet fleet, IHostApplicationLifetime lifetime) : ServerService.ServerServiceBase
{
    public override async Task<Server> GetServer(GetServerRequest request, ServerCallContext context) =>
        (await fleet.GetAsync(request.Name, context.CancellationToken)).ToMessage();

    public override async Task<ListServersResponse> ListServers(ListServersRequest request, ServerCallContext context)
    {
        var page = await fleet.ListAsync(
            new(request.State, request.Provider, request.LabelSelector), request.PageSize, request.PageToken, context.CancellationToken);
        var response = new ListServersResponse { NextPageToken = page.NextPageToken };
        response.Servers.Capacity = page.Servers.Count;
        foreach (var server in page.Servers)
            response.Servers.Add(server.ToMessage());
        if (page.NextPageToken.Length > 0)
            await context.WriteResponseHeadersAsync(new Metadata { { "link", NextLink(request, page.NextPageToken) } });
        return response;
    }

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
            Actor(context), context.CancellationToken);
        return server.ToMessage();
    }

    public override async Task<Server> TerminateServer(TerminateServerRequest request, ServerCallContext context) =>
        (await fleet.TerminateAsync(request.Name, request.Force, request.Etag, Actor(context), context.CancellationToken)).ToMessage();

    public override async Task<Server> RotateServerCredentials(RotateServerCredentialsRequest request, ServerCallContext context)
    {
        // A service that stops rotates nothing more; the next one goes on with it. To wait for that would hold up the stop.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            return (await fleet.RotateCredentialsAsync(request.Name, request.Etag, Actor(context), ends.Token)).ToMessage();
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw ApiErrors.Stopping("The rotation goes on when the service is started again.").ToRpcException();
        }
    }

    public override async Task WatchServers(WatchServersRequest request, IServerStreamWriter<ServerChange> responseStream, ServerCallContext context)
    {
        var changes = fleet.WatchAsync(
            new(request.State, request.Provider, request.LabelSelector), request.SinceRevision, context.CancellationToken);
        await foreach (var change in changes)
            await responseStream.WriteAsync(change.ToMessage(), context.CancellationToken);
    }

    public override async Task<ListServerEventsResponse> ListServerEvents(ListServerEventsRequest request, ServerCallContext context)
    {
        var events = await fleet.ListEventsAsync(request.Name, context.CancellationToken);
        return new() { Events = { events.Select(@event => @event.ToMessage()) } };
    }

    private static string Actor(ServerCallContext context) => context.GetHttpContext().Features.GetRequiredFeature<Caller>().Name;

    private static string NextLink(ListServersRequest request, string token)
    {
        var query = new QueryBuilder { { "page_size", $"{request.PageSize}" }, { "page_token", token } };
        if (request.State.Count > 0)
            query.Add("state", request.State);
        if (request.Provider.Length > 0)
            query.Add("provider", request.Provider);
        if (request.LabelSelector.Length > 0)
            query.Add("label_selector", request.LabelSelector);
        return $"</api/servers{query}>; rel=\"next\"";
    }
}
