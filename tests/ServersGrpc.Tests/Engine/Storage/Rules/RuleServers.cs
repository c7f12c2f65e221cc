using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Tests.Engine.Storage.Rules;

/// <summary>Servers of which only what the rules look at matters.</summary>
internal static class RuleServers
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>A server that is due now.</summary>
    public static ServerRecord New(string name, string provider = "p", string owner = "me") => new()
    {
        Uid = "uid of " + name,
        Name = name,
        Provider = provider,
        Owner = owner,
        Credentials = ServerCredentials.None,
        Created = Now,
        WakeAt = Now,
        Scheduled = Now,
        Version = 1,
    };

    public static ServerBook Book(params IEnumerable<ServerRecord> servers)
    {
        var book = new ServerBook();
        foreach (var server in servers)
            book.Set(null, server);
        book.Keep();
        return book;
    }
}
