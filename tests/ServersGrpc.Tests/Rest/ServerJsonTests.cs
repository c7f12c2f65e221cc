using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Rest;

/// <summary>What the service writes by itself is what transcoding writes, to the byte.</summary>
public sealed class ServerJsonTests
{
    private static readonly Server[] Servers =
    [
        new(),
        Full("\"quotes\" \\ / <&> '"),
        Full("é € \U0001F600 \u2028\u2029 \uFEFF \u202E"),
        Full("\0\u0001\b\t\n\f\r\u001F\u007F\u0085"),
        new()
        {
            Capacity = int.MinValue,
            Created = long.MaxValue,
            Updated = long.MinValue,
            Started = -1,
            CaKey = ByteString.CopyFrom(0xFB, 0xFF, 0xFE, 0x00),
            CaCert = ByteString.CopyFrom(0xFF),
            TlsKey = ByteString.CopyFrom([.. Enumerable.Range(0, 256).Select(i => (byte)i)]),
        },
    ];

    [Fact]
    public async Task List_AnyServers_IsWhatTranscodingWrites()
    {
        await using var ours = await RestHost.StartAsync();
        await using var transcoding = await RestHost.StartAsync(writesItself: false);
        ours.Servers.Servers = transcoding.Servers.Servers = Servers;

        var list = await ours.Http.GetByteArrayAsync("/api/servers");

        Assert.Equal(await transcoding.Http.GetByteArrayAsync("/api/servers"), list);
    }

    [Fact]
    public async Task Get_AnyServer_IsWhatTranscodingWrites()
    {
        await using var ours = await RestHost.StartAsync();
        await using var transcoding = await RestHost.StartAsync(writesItself: false);
        foreach (var server in Servers)
        {
            ours.Servers.Servers = transcoding.Servers.Servers = [server];

            using var written = await ours.Http.GetAsync("/api/servers/any");

            using var expected = await transcoding.Http.GetAsync("/api/servers/any");
            Assert.Equal(await expected.Content.ReadAsByteArrayAsync(), await written.Content.ReadAsByteArrayAsync());
            Assert.Equal($"{expected.Content.Headers.ContentType}", $"{written.Content.Headers.ContentType}");
        }
    }

    [Fact]
    public async Task Watch_AnyChanges_AreLinesOfWhatTranscodingWrites()
    {
        await using var ours = await RestHost.StartAsync();
        await using var transcoding = await RestHost.StartAsync(writesItself: false);
        ours.Servers.Servers = transcoding.Servers.Servers = Servers;

        var lines = await ours.Http.GetStringAsync("/api/servers:watch");

        Assert.Equal(await transcoding.Http.GetStringAsync("/api/servers:watch"), lines);
        Assert.EndsWith("{\"type\":\"bookmark\",\"revision\":8}\n", lines, StringComparison.Ordinal);
    }

    /// <summary>A field that is added to the contract is missing in the list until it is written there too.</summary>
    [Fact]
    public async Task List_Server_HasEveryFieldOfTheContractInItsOrder()
    {
        await using var host = await RestHost.StartAsync();

        var server = System.Text.Json.Nodes.JsonNode.Parse(await host.Http.GetStringAsync("/api/servers"))![0]!.AsObject();

        Assert.Equal(Server.Descriptor.Fields.InFieldNumberOrder().Select(field => field.JsonName), server.Select(pair => pair.Key));
    }

    /// <summary>A server with this in every text, and another value in every number.</summary>
    private static Server Full(string text)
    {
        var server = new Server { Labels = { [text] = text, ["a"] = "", ["b"] = "2" } };
        foreach (var field in Server.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsMap)
                continue;
            field.Accessor.SetValue(server, field.FieldType switch
            {
                FieldType.String => text,
                FieldType.Bytes => ByteString.CopyFromUtf8(text),
                FieldType.Int32 => field.FieldNumber,
                _ => (long)field.FieldNumber,
            });
        }
        return server;
    }
}
