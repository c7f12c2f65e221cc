using System.Text;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>Requests to the REST face: good ones, of which most are spoiled in one place or in a few.</summary>
internal sealed class RestFuzzer(string token)
{
    private const string Watch = "watch";

    private static readonly (string Method, string Path, string Query, string Body)[] Good =
    [
        ("GET", "/api/servers", "", ""),
        ("GET", "/api/servers", "page_size=1&state=pending&state=stopped", ""),
        ("GET", "/api/servers", "page_size=2&provider=local&label_selector=a%3Db%2C!c", ""),
        ("GET", "/api/servers", "pageToken=made-up", ""),
        ("GET", "/api/servers/fuzz-1", "", ""),
        ("GET", "/api/servers/fuzz-2/events", "", ""),
        ("GET", "/api/servers:watch", "since_revision=1&state=pending", ""),
        ("GET", "/api/servers:watch", "", ""),
        ("POST", "/api/servers", "", ""),
        ("POST", "/api/servers", "", """{"name":"fuzz-1","labels":{"a":"b","c":""},"capacity":3}"""),
        ("POST", "/api/servers", "", """{"name":"fuzz-2","image":"i","region":"r","size":"s","provider":"local","user_data":"#!","request_id":"q-1"}"""),
        ("POST", "/api/servers", "", """{"name":"fuzz-3","validate_only":true,"capacity":"7","labels":{}}"""),
        ("DELETE", "/api/servers/fuzz-1", "force=true", ""),
        ("DELETE", "/api/servers/fuzz-2", "etag=x", ""),
        ("DELETE", "/api/servers/fuzz-4", "force", ""),
        ("POST", "/api/pause", "", ""),
        ("GET", "/varz", "", ""),
        ("GET", "/metrics", "", ""),
        ("GET", "/version", "", ""),
        ("GET", "/healthz", "", ""),
        ("GET", "/nothing/here", "a=b", ""),
        ("POST", "/servers.v1.ServerService/GetServer", "", "{}"),
    ];

    private static readonly string[] Methods =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "PROPFIND", "M-SEARCH", "X"];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("Accept", ["*/*", "text/event-stream", "application/json", "text/html, application/json;q=0.1", ";;;", "a/b/c"]),
        ("Accept-Encoding", ["gzip", "br, *;q=0", "identity;q=0"]),
        ("Content-Type", ["application/json", "text/plain", "application/xml", "application/grpc", "application/grpc-web", "application/json; charset=utf-16", ";"]),
        ("Content-Encoding", ["gzip", "identity", "br", ""]),
        ("Last-Event-ID", ["1", "0", "-1", "x", "99999999999999999999"]),
        ("grpc-timeout", ["1S", "20m", "1n", "0S", "99999999H", "999999999S", "-1S", "S", "1", ""]),
        ("Expect", ["100-continue", "200-ok"]),
        ("Origin", ["http://evil.example", "null", ""]),
        ("If-None-Match", ["*", "\"x\"", "x"]),
        ("X-HTTP-Method-Override", ["DELETE"]),
        ("Range", ["bytes=0-1", "bytes=9-1"]),
        ("Cookie", ["a=b; c", "=;="]),
        ("traceparent", ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "xx"]),
        ("Connection", ["keep-alive", "upgrade", "x"]),
        ("Upgrade", ["h2c", "websocket"]),
        ("x-data-bin", ["AAE=", "AAE", "!", ""]),
        ("Forwarded", ["for=1.2.3.4"]),
    ];

    public Http1Request Make(Random random)
    {
        var (method, path, query, body) = Good[random.Next(Good.Length)];
        var headers = new List<(string Name, string Value)> { ("Host", "localhost"), ("Authorization", $"Bearer {token}") };
        for (var spoils = random.Next(4); spoils > 0; spoils--)
        {
            switch (random.Next(8))
            {
                case 0:
                    method = Mutation.Of(random, Methods);
                    break;
                case 1:
                    path = "/" + Mutation.Text(random, path[1..]);
                    break;
                case 2:
                    query = Mutation.Text(random, query);
                    break;
                case 3:
                    headers[1] = ("Authorization", Mutation.Text(random, headers[1].Value));
                    break;
                case 4 or 5:
                    var (name, values) = Headers[random.Next(Headers.Length)];
                    headers.Add((name, random.Next(4) == 0 ? Mutation.Text(random, Mutation.Of(random, values)) : Mutation.Of(random, values)));
                    break;
                default:
                    body = new JsonMutator(random.Next()).Mutate(body.Length > 0 ? body : Good[9].Body);
                    break;
            }
        }
        // A watch has no end over REST: only its headers are asked for.
        if ((path + query).Contains(Watch, StringComparison.OrdinalIgnoreCase) && method.Equals("GET", StringComparison.OrdinalIgnoreCase))
            method = "HEAD";
        return new(method, query.Length > 0 ? $"{path}?{query}" : path, headers, Encoding.UTF8.GetBytes(body));
    }
}
