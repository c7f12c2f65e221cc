using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>The documented REST contract, to the letter, over a fake implementation.</summary>
public sealed class ServersContractTests
{
    [Fact]
    public async Task Get_EmptyServer_HasAllKeysInTheDocumentedOrder()
    {
        await using var host = await RestHost.StartAsync();
        host.Servers.List.Add(new ServersGrpc.V1.Server { Name = "a" });

        var response = await host.SendRawAsync("GET /api/servers/a");

        Assert.Equal(200, response.Status);
        Assert.Equal(
            """
            {"id":"","provider":"","state":"","name":"a","image":"","region":"","size":"","platform":"","address":"","capacity":0,"secret":"","error":"","ca_key":"","ca_cert":"","tls_key":"","tls_cert":"","created":0,"updated":0,"started":0,"stopped":0,"labels":{},"etag":""}
            """,
            response.Body);
        Assert.Equal("application/json", response.Headers["Content-Type"]);
        Assert.Equal("no-store", response.Headers["Cache-Control"]);
        Assert.Equal("nosniff", response.Headers["X-Content-Type-Options"]);
        Assert.Equal(Encoding.UTF8.GetByteCount(response.Body).ToString(), response.Headers["Content-Length"]);
    }

    [Fact]
    public async Task Get_FullServer_WritesNumbersAndPaddedBase64()
    {
        await using var host = await RestHost.StartAsync();
        host.Servers.List.Add(new ServersGrpc.V1.Server
        {
            Name = "a",
            Platform = "linux/amd64",
            Capacity = 2,
            CaKey = ByteString.CopyFrom(0xfb, 0xff, 0xfe, 0x00),
            Created = 1_700_000_000,
            Updated = long.MaxValue,
            Error = "é \"quoted\" <&> \u2028\n",
            Labels = { ["b"] = "2", ["a"] = "1" },
        });

        var body = await host.Client.GetStringAsync("/api/servers/a");

        Assert.Contains("\"platform\":\"linux/amd64\",\"address\":\"\",\"capacity\":2,", body);
        Assert.Contains("\"ca_key\":\"+//+AA==\",", body);
        Assert.Contains("\"created\":1700000000,\"updated\":9223372036854775807,", body);
        Assert.Contains("\"error\":\"é \\\"quoted\\\" <&> ", body);
        Assert.Contains("\"labels\":{\"b\":\"2\",\"a\":\"1\"}", body);
    }

    [Fact]
    public async Task Get_UnknownName_IsA404Status()
    {
        await using var host = await RestHost.StartAsync();

        var response = await host.SendRawAsync("GET /api/servers/nobody");

        Assert.Equal(404, response.Status);
        Assert.Equal(
            """
            {"code":5,"message":"There is no server \"nobody\".","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"NOT_FOUND","domain":"tests","metadata":{}}]}
            """,
            response.Body);
        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task List_Empty_IsABareArray()
    {
        await using var host = await RestHost.StartAsync();

        Assert.Equal("[]", await host.Client.GetStringAsync("/api/servers"));
    }

    [Fact]
    public async Task List_Long_IsSentInPartsAndWhole()
    {
        await using var host = await RestHost.StartAsync();
        var key = ByteString.CopyFrom(new byte[1000]);
        host.Servers.List.AddRange(Enumerable.Range(0, 1000).Select(i => new ServersGrpc.V1.Server { Name = $"server-{i}", CaKey = key, TlsKey = key }));

        using var response = await host.Client.GetAsync("/api/servers", HttpCompletionOption.ResponseHeadersRead);
        using var json = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStreamAsync());

        Assert.Null(response.Content.Headers.ContentLength);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(host.Servers.List.Select(server => server.Name), json.RootElement.EnumerateArray().Select(server => server.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("Content-Length: 0\r\n", "")]
    [InlineData("Content-Length: 2\r\n", "{}")]
    [InlineData("Content-Length: 2\r\nContent-Type: application/x-www-form-urlencoded\r\n", "{}")]
    [InlineData("Content-Length: 2\r\nContent-Encoding: identity\r\n", "\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "0\r\n\r\n")]
    public async Task Post_NothingInAnyForm_Provisions(string headers, string body)
    {
        await using var host = await RestHost.StartAsync();

        var response = await host.SendRawAsync("POST /api/servers", headers, body);

        Assert.Equal(200, response.Status);
        Assert.False(response.Headers.ContainsKey("Location"));
        Assert.Equal(new ProvisionServerRequest(), Assert.Single(host.Servers.Requests));
    }

    [Fact]
    public async Task Post_Object_SetsTheFields()
    {
        await using var host = await RestHost.StartAsync();

        var response = await host.Client.PostAsync("/api/servers", new StringContent(
            """{"name":"a","capacity":"3","labels":{"x":"y"},"user_data":"#!","requestId":null,"validate_only":true}"""));

        // requestId is neither the contract's name nor its json_name.
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("requestId", await response.Content.ReadAsStringAsync());

        response = await host.Client.PostAsync("/api/servers", new StringContent(
            """{"name":"a","capacity":"3","labels":{"x":"y"},"user_data":"#!","request_id":null,"validate_only":true}"""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            new ProvisionServerRequest { Name = "a", Capacity = 3, Labels = { ["x"] = "y" }, UserData = "#!", ValidateOnly = true },
            Assert.Single(host.Servers.Requests));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("?force", true)]
    [InlineData("?force=1", true)]
    [InlineData("?force=T", true)]
    [InlineData("?force=TRUE", true)]
    [InlineData("?force=f", false)]
    [InlineData("?force=False", false)]
    public async Task Delete_Force_IsReadAsDocumented(string query, bool force)
    {
        await using var host = await RestHost.StartAsync();
        host.Servers.List.Add(new ServersGrpc.V1.Server { Name = "a" });

        var response = await host.SendRawAsync($"DELETE /api/servers/a{query}");

        Assert.Equal(200, response.Status);
        Assert.Equal(new TerminateServerRequest { Name = "a", Force = force }, Assert.Single(host.Servers.Requests));
    }

    [Theory]
    [InlineData("?force=", "\"\"")]
    [InlineData("?force=yes", "\"yes\"")]
    [InlineData("?force=tRUE", "\"tRUE\"")]
    public async Task Delete_BadForce_NamesParameterValueAndWhatIsRight(string query, string shown)
    {
        await using var host = await RestHost.StartAsync();

        var response = await host.SendRawAsync($"DELETE /api/servers/a{query}");

        Assert.Equal(400, response.Status);
        Assert.Contains($"force: in the query: {shown} is not true (1 t T true TRUE True)", response.Body.Replace("\\\"", "\""));
        Assert.Contains("type.googleapis.com/google.rpc.BadRequest", response.Body);
        Assert.Contains("\"field\":\"force\"", response.Body);
        Assert.Empty(host.Servers.Requests);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{}", "")]
    [InlineData("{\"etag\":\"2a\"}", "2a")]
    public async Task Rotate_VerbAfterAName_IsTheRotationOfThatServer(string body, string etag)
    {
        await using var host = await RestHost.StartAsync();
        host.Servers.List.Add(new() { Name = "a", State = "running" });

        var response = await host.SendRawAsync("POST /api/servers/a:rotate-credentials", $"Content-Length: {body.Length}\r\n", body);

        Assert.Equal(200, response.Status);
        var request = Assert.IsType<ServersGrpc.V1.RotateServerCredentialsRequest>(Assert.Single(host.Servers.Requests));
        Assert.Equal(("a", etag), (request.Name, request.Etag));
    }

    [Fact]
    public async Task Watch_BesideAServerName_IsTheWatch()
    {
        await using var host = await RestHost.StartAsync();

        var response = await host.SendRawAsync("GET /api/servers:watch?since_revision=41");

        Assert.Equal("application/x-ndjson", response.Headers["Content-Type"]);
        Assert.Equal("{\"type\":\"bookmark\",\"revision\":42}\n", response.Body);
    }

    [Theory]
    [InlineData("", "id: 8\ndata: {\"type\":\"bookmark\",\"revision\":8}\n\n")]
    [InlineData("?since_revision=2", "id: 8\ndata: {\"type\":\"bookmark\",\"revision\":8}\n\n")]
    public async Task Watch_EventStream_ResumesAtTheLastEventWhateverTheQuerySays(string query, string expected)
    {
        await using var host = await RestHost.StartAsync();

        var response = await host.SendRawAsync($"GET /api/servers:watch{query}", "Accept: text/event-stream\r\nLast-Event-ID: 7\r\n");

        Assert.Equal("text/event-stream", response.Headers["Content-Type"]);
        Assert.Equal(expected, response.Body);
    }

    [Theory]
    [InlineData("PUT /api/servers", "GET, HEAD, POST")]
    [InlineData("OPTIONS /api/servers", "GET, HEAD, POST")]
    [InlineData("POST /api/servers/a", "DELETE, GET, HEAD")]
    [InlineData("get /api/servers/a", "DELETE, GET, HEAD")]
    [InlineData("POST /api/servers:watch", "GET, HEAD")]
    [InlineData("PUT /api/servers/a:rotate-credentials", "DELETE, GET, HEAD, POST")]
    public async Task WrongMethod_KnownPath_Is405WithAllow(string requestLine, string allow)
    {
        await using var host = await RestHost.StartAsync();

        var response = await host.SendRawAsync(requestLine, "Content-Length: 0\r\n");

        Assert.Equal(405, response.Status);
        Assert.Equal(allow, response.Headers["Allow"]);
        Assert.StartsWith("{\"code\":12,", response.Body);
    }

    [Theory]
    [InlineData("/api/servers/")]
    [InlineData("/api/servers/a/")]
    [InlineData("/api/servers/a/b/c")]
    [InlineData("/API/servers")]
    [InlineData("/api//servers")]
    [InlineData("/api")]
    [InlineData("/")]
    public async Task UnknownPath_AnyMethod_IsA404Status(string path)
    {
        await using var host = await RestHost.StartAsync();

        foreach (var method in (string[])["GET", "POST", "OPTIONS"])
        {
            var response = await host.SendRawAsync($"{method} {path}", "Content-Length: 0\r\n");

            Assert.Equal(404, response.Status);
            Assert.StartsWith("{\"code\":5,", response.Body);
        }
    }

    [Theory]
    [InlineData("/api/servers/a")]
    [InlineData("/api/servers")]
    [InlineData("/api/servers/nobody")]
    [InlineData("/nowhere")]
    public async Task Head_WhereGetIs_SameStatusAndHeadersNoBody(string path)
    {
        await using var host = await RestHost.StartAsync();
        host.Servers.List.Add(new ServersGrpc.V1.Server { Name = "a" });

        var get = await host.SendRawAsync($"GET {path}");
        var head = await host.SendRawAsync($"HEAD {path}");

        Assert.Equal("", head.Body);
        Assert.Equal(get.Status, head.Status);
        Assert.Equal(get.ComparableHeaders(), head.ComparableHeaders());
    }
}
