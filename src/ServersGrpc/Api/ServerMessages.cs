using System.Runtime.CompilerServices;
using Google.Protobuf;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.V1;

namespace ServersGrpc.Api;

/// <summary>The engine's records as messages of the contract.</summary>
internal static class ServerMessages
{
    // Weak: a message lives as long as its record.
    private static readonly ConditionalWeakTable<ServerRecord, Server> Whole = [];
    private static readonly ConditionalWeakTable<ServerRecord, Server> Withheld = [];

    /// <summary>
    /// The record as a message, for somebody who may see its secrets or may not. Records never change, so each is made once and stands in many
    /// answers: it must not change either.
    /// </summary>
    public static Server ToMessage(this ServerRecord server, bool withSecrets) =>
        withSecrets ? Whole.GetValue(server, Make) : Withheld.GetValue(server, static server => Make(server.WithoutPrivateParts()));

    public static V1.ServerChange ToMessage(this Engine.Storage.ServerChange change, bool withSecrets) => new()
    {
        Type = change.Type switch
        {
            ChangeType.Added => "added",
            ChangeType.Modified => "modified",
            ChangeType.Deleted => "deleted",
            _ => "bookmark",
        },
        Revision = change.Revision,
        Server = change.Server?.ToMessage(withSecrets),
    };

    public static V1.ServerEvent ToMessage(this Engine.Storage.ServerEvent @event) => new()
    {
        Revision = @event.Revision,
        Time = @event.Time.ToUnixTimeMilliseconds(),
        State = ServerStates.Name(@event.State),
        Reason = @event.Reason,
        Message = @event.Message,
        Actor = @event.Actor,
        Address = @event.Address,
        RequestId = @event.RequestId,
    };

    private static Server Make(ServerRecord server)
    {
        var message = new Server
        {
            Id = server.InstanceId,
            Provider = server.Provider,
            State = ServerStates.Name(server.State),
            Name = server.Name,
            Image = server.Image,
            Region = server.Region,
            Size = server.Size,
            Platform = server.Platform,
            // One that is planned for a machine that is not made yet is of no use to callers.
            Address = server.InstanceId.Length > 0 ? server.Address : "",
            Capacity = server.Capacity,
            Secret = server.Secret,
            Error = server.Error,
            // Records never change, so their bytes need no copy.
            CaKey = UnsafeByteOperations.UnsafeWrap(server.Credentials.CaKey),
            CaCert = UnsafeByteOperations.UnsafeWrap(server.Credentials.CaCertificate),
            TlsKey = UnsafeByteOperations.UnsafeWrap(server.Credentials.TlsKey),
            TlsCert = UnsafeByteOperations.UnsafeWrap(server.Credentials.TlsCertificate),
            Created = server.Created.ToUnixTimeSeconds(),
            Updated = server.Updated.ToUnixTimeSeconds(),
            Started = server.Started?.ToUnixTimeSeconds() ?? 0,
            Stopped = server.Stopped?.ToUnixTimeSeconds() ?? 0,
            Etag = server.Etag,
        };
        foreach (var (key, value) in server.Labels)
            message.Labels.Add(key, value);
        return message;
    }
}
