using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>
/// Values that mean something to a shell, a file system, a database or a URL, in every place where a request has one. They are refused, or
/// kept letter by letter as what they are: text.
/// </summary>
public class HostileValueTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly string Mark = $"servers-hostile-{Guid.NewGuid():N}";

    // The data directory has nothing beside it, so that whatever climbs out of it is seen.
    private readonly string _directory = ServiceProcess.NewDirectory();

    private static readonly string[] Values =
    [
        "../x", "../../../../tmp/" + Mark, "..%2fx", "/etc/passwd", "..\\x", "a;b", $"a; touch /tmp/{Mark}", $"$(touch /tmp/{Mark})", $"`touch /tmp/{Mark}`",
        $"| touch /tmp/{Mark} #", "-rf", "--help", "%00", "a\0b", "a\r\nX-Injected: 1", "' OR 1=1 --", "'; DROP TABLE servers; --", "\"; DELETE FROM servers; --", "%", "_",
        "{{secret}}", "${PATH}", "\u202Eevil", "ünïcödé", "\U0001F600", "\uFEFF", "null", "undefined", "__proto__", "<script>alert(1)</script>", new('a', 5_000),
    ];

    private ServiceProcess Service { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Service = await ServiceProcess.StartAsync(Directory.CreateDirectory(Path.Combine(_directory, "data")).FullName, output);
        await Service.ProvisionRunningAsync("bystander");
    }

    /// <summary>Whatever was sent, nothing was made that is not told of, nothing lies elsewhere, and the database is whole.</summary>
    public async Task DisposeAsync()
    {
        Assert.Equal(["bystander"], (await Service.ListAsync()).Where(server => server.State != "stopped").Select(server => server.Name));
        Assert.Equal("running", (await Service.GetAsync("bystander")).State);
        Assert.Equal(["data"], Directory.EnumerateFileSystemEntries(_directory).Select(path => Path.GetFileName(path)));
        Assert.False(File.Exists("/tmp/" + Mark));
        string[] known = ["admin.token", "control.sock", "encryption.key", "local", "lock", "servers.litedb", "servers.litedb-log"];
        Assert.Equal(known, Directory.EnumerateFileSystemEntries(Service.DataDirectory).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        await Service.StopAsync();
        using (var database = new LiteDB.LiteDatabase(new LiteDB.ConnectionString { Filename = Path.Combine(Service.DataDirectory, "servers.litedb"), ReadOnly = true }))
            Assert.NotEmpty(database.GetCollectionNames().SelectMany(name => database.GetCollection(name).FindAll().ToList()));
        await Service.StartAsync();
        Assert.Equal("running", (await Service.GetAsync("bystander")).State);
        await Service.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Rest_InThePath_IsNotFoundOrRefused()
    {
        foreach (var value in Values)
            foreach (var (method, path) in ((string, string)[])[("GET", "{0}"), ("DELETE", "{0}?force=true"), ("GET", "{0}/events")])
                foreach (var written in (string[])[Uri.EscapeDataString(value), Uri.EscapeDataString(Uri.EscapeDataString(value)), Raw(value)])
                {
                    var answer = await Curl.SendAsync(Service, method, $"/api/servers/{path.Replace("{0}", written, StringComparison.Ordinal)}", "--path-as-is", "--globoff");
                    // A request that can't be read is refused by the server itself, without a body; 405 is another path's answer.
                    Assert.True(answer.Status is 400 or 404 or 405 or 414, $"{method} {written}: {answer.Status} {answer.Body}");
                    Assert.Null(answer.Header("X-Injected"));
                    Assert.DoesNotContain("root:", answer.Body, StringComparison.Ordinal);
                }
    }

    [Fact]
    public async Task Rest_InTheQuery_IsRefusedOrFindsNothing()
    {
        foreach (var value in Values)
            foreach (var query in (string[])["page_token={0}", "state={0}", "page_size={0}", "{0}=1", "label_selector={0}", "label_selector=team%3D{0}", "provider={0}"])
            {
                using var response = await Service.Http.GetAsync($"/api/servers?{query.Replace("{0}", Uri.EscapeDataString(value), StringComparison.Ordinal)}");
                var body = await response.Content.ReadAsStringAsync();
                // Some are right questions, which nothing fits.
                Assert.True(response.StatusCode == HttpStatusCode.BadRequest || (response.StatusCode == HttpStatusCode.OK && body == "[]"), $"{query} of {value}: {(int)response.StatusCode} {body}");
            }
    }

    [Fact]
    public async Task BothFaces_InARequestForAServer_IsRefusedOrKeptAsItIs()
    {
        // A machine of each would be a process of each.
        await Service.PauseAsync();
        using var client = new TypedClient(Service);
        foreach (var value in Values)
            foreach (var field in (string[])["name", "provider", "request_id", "image", "region", "size", "label key", "label value"])
            {
                var name = $"kept-{Guid.NewGuid():N}";
                var (isKept, seen) = await AskAsync(name, field, value);
                var status = await StatusAsync(async () => await client.Servers.ProvisionServerAsync(Typed(name + "-2", field, value), client.Call()));
                Assert.True(
                    (isKept, status) is (false, StatusCode.InvalidArgument) or (true, StatusCode.OK or StatusCode.AlreadyExists or StatusCode.Aborted), $"{field} {value}: {isKept}, {status}");
                Assert.Equal(isKept ? value : null, seen);
                if (isKept)
                    await StopAsync(field == "name" ? value : name);
            }
        await Service.ResumeAsync();
    }

    [Fact]
    public async Task Machine_MadeOfSuchValues_RunsAndNothingElseDoes()
    {
        var labels = Values.Where(value => value.Length < 255 && !value.Any(char.IsControl)).Select((value, i) => (i, value)).ToDictionary(pair => $"k{pair.i}", pair => pair.value);
        var request = new { name = "made", image = $"$(touch /tmp/{Mark})", region = $"`touch /tmp/{Mark}`", size = $"; touch /tmp/{Mark}", labels, user_data = string.Join('\n', Values) };
        using var content = new StringContent(JsonSerializer.Serialize(request), Encoding.UTF8, "application/json");
        using var response = await Service.Http.PostAsync("/api/servers", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        await Service.BecomesAsync("made", "running");

        Assert.Equal(2, Agents.Of(Service.DataDirectory).Count);
        await StopAsync("made");
    }

    [Fact]
    public async Task Grpc_AsANameOrAQuestion_IsRefusedOrFindsNothing()
    {
        using var client = new TypedClient(Service);
        foreach (var value in Values)
        {
            Assert.Equal(StatusCode.NotFound, await StatusAsync(async () => await client.Servers.GetServerAsync(new() { Name = value }, client.Call())));
            Assert.Equal(StatusCode.NotFound, await StatusAsync(async () => await client.Servers.TerminateServerAsync(new() { Name = value, Force = true }, client.Call())));
            foreach (var question in (ListServersRequest[])
            [
                new() { PageToken = value }, new() { State = { value } }, new() { LabelSelector = value }, new() { LabelSelector = $"team={value}" }, new() { Provider = value },
            ])
            {
                var status = await StatusAsync(async () => Assert.Empty((await client.Servers.ListServersAsync(question, client.Call())).Servers));
                Assert.True(status is StatusCode.OK or StatusCode.InvalidArgument, $"{question}: {status}");
            }
        }
    }

    /// <summary>Asks for a server with the value in a field: whether it was recorded, and what it then has there.</summary>
    private async Task<(bool IsKept, string? Seen)> AskAsync(string name, string field, string value)
    {
        var request = new Dictionary<string, object> { ["name"] = name };
        if (field == "label key") request["labels"] = new Dictionary<string, string> { [value] = "x" };
        else if (field == "label value") request["labels"] = new Dictionary<string, string> { ["x"] = value };
        else request[field] = value;
        using var content = new StringContent(JsonSerializer.Serialize(request), Encoding.UTF8, "application/json");
        using var response = await Service.Http.PostAsync("/api/servers", content);
        var body = await response.Content.ReadAsStringAsync();
        if (response.StatusCode == HttpStatusCode.BadRequest)
            return (false, null);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{field} {value}: {(int)response.StatusCode} {body}");
        using var kept = JsonDocument.Parse(body);
        return (true, field switch
        {
            "label key" => kept.RootElement.GetProperty("labels").EnumerateObject().Single().Name,
            "label value" => kept.RootElement.GetProperty("labels").GetProperty("x").GetString(),
            "request_id" => value,
            _ => kept.RootElement.GetProperty(field).GetString(),
        });
    }

    private static ProvisionServerRequest Typed(string name, string field, string value)
    {
        var request = new ProvisionServerRequest { Name = name, ValidateOnly = true };
        switch (field)
        {
            case "name": request.Name = value; break;
            case "provider": request.Provider = value; break;
            case "request_id": request.RequestId = value; break;
            case "image": request.Image = value; break;
            case "region": request.Region = value; break;
            case "size": request.Size = value; break;
            case "label key": request.Labels[value] = "x"; break;
            default: request.Labels["x"] = value; break;
        }
        return request;
    }

    // What curl takes in an argument, and a request line may hold at all.
    private static string Raw(string value) => value.Contains('\0', StringComparison.Ordinal) || value.Any(c => c is ' ' or '\r' or '\n') ? Uri.EscapeDataString(value) : value;

    private async Task StopAsync(string name)
    {
        await Service.TerminateAsync(name, "?force=true");
        await Service.BecomesAsync(name, "stopped");
    }

    private static async Task<StatusCode> StatusAsync(Func<Task> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }
}
