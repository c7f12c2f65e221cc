using System.Text;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>Requests in HTTP/1.1 of which two readers could think differently: refused, so that nobody can hide one in another.</summary>
[Collection(Collection)]
public class Http1Tests(ITestOutputHelper output) : HostileTest(output)
{
    private const string Hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";

    private string Head => $"POST /api/servers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Service.Token}\r\n";

    private string Get => $"GET /varz HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Service.Token}\r\n";

    [Fact]
    public Task AmbiguousRequest_OfEachKind_IsRefusedAndNothingHiddenIsServed() => WithstandAsync(async () =>
    {
        // Of gRPC-Web text that is no base64: the package leaves the body half read, and the server logs that.
        Service.ExpectErrors("automatic draining of the request body failed");
        var wrong = new List<string>();
        foreach (var (name, expected, request) in Cases())
        {
            using var connection = await RawConnection.OpenAsync(Service);
            await connection.SendAsync(request);
            // Nothing more is sent: a request that is not refused is answered, and its connection closed as it asks.
            await Eventually.SeeAsync(
                () => Task.FromResult((connection.Ended.IsCompleted, connection.Text)), seen => seen.IsCompleted, $"{name} is answered, and the connection closed");
            var outcome = string.Join(' ', connection.Text.Split("\r\n").Where(line => line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[1]));
            if (outcome != expected) wrong.Add($"{name}: \"{outcome}\", expected \"{expected}\"");
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    });

    private IEnumerable<(string Name, string Expected, string Request)> Cases()
    {
        const string Close = "Connection: close\r\n\r\n";
        // RFC 9112, 6.1: the chunks hold, and the connection ends.
        yield return ("a length and chunks", "200", Head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Hidden);
        yield return ("chunks and a length", "200", Head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + Hidden);
        yield return ("two lengths", "400", Head + "Content-Length: 0\r\nContent-Length: 38\r\n\r\n" + Hidden);
        yield return ("a list of lengths", "400", Head + "Content-Length: 0, 38\r\n\r\n" + Hidden);
        yield return ("a negative length", "400", Head + "Content-Length: -1\r\n\r\n" + Hidden);
        yield return ("a length beyond all numbers", "400", Head + "Content-Length: 99999999999999999999\r\n\r\n" + Hidden);
        yield return ("chunks that are not the last encoding", "400", Head + "Transfer-Encoding: chunked, gzip\r\n\r\n" + Hidden);
        yield return ("an encoding that is none", "400", Head + "Transfer-Encoding: xchunked\r\n\r\n" + Hidden);
        yield return ("chunks of garbage", "400", Head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" + Hidden);
        yield return ("a chunk longer than it says", "400", Head + "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n" + Hidden);
        yield return ("a chunk of a negative size", "400", Head + "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n" + Hidden);
        yield return ("a chunk beyond all numbers", "400", Head + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n" + Hidden);
        yield return ("a space before the colon", "400", Head + "Content-Length : 38\r\n\r\n" + Hidden);
        yield return ("a folded line", "400", Get + "X-Folded: a\r\n b\r\n" + Close);
        yield return ("a header without a name", "400", Get + ": x\r\n" + Close);
        yield return ("a header without a colon", "400", Get + "nonsense\r\n" + Close);
        yield return ("a zero in a header", "400", Get + "X: a\0b\r\n" + Close);
        yield return ("a lone return in a header", "400", Get + "X: a\rb\r\n" + Close);
        yield return ("no host", "400", "GET /healthz HTTP/1.1\r\n" + Close);
        yield return ("two hosts", "400", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + Close);
        yield return ("a host that is none", "400", "GET /healthz HTTP/1.1\r\nHost: a b/c\r\n" + Close);
        yield return ("a version that is none", "505", "GET /healthz HTTP/1.9\r\nHost: x\r\n" + Close);
        yield return ("a path without a slash", "405", "GET healthz HTTP/1.1\r\nHost: x\r\n" + Close);
        yield return ("two spaces", "400", "GET  /healthz HTTP/1.1\r\nHost: x\r\n" + Close);
        yield return ("a method that is none", "400", "G@T /healthz HTTP/1.1\r\nHost: x\r\n" + Close);
        yield return ("nothing but a line", "400", "\r\n\r\nhello\r\n\r\n");
        yield return ("a tunnel", "401", "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n" + Close);
        yield return ("a star", "401", "OPTIONS * HTTP/1.1\r\nHost: x\r\n" + Close);
        yield return ("an absolute path", "200", "GET http://x/healthz HTTP/1.1\r\nHost: x\r\n" + Close);
        yield return ("an absolute path of another host", "400", "GET http://y/healthz HTTP/1.1\r\nHost: x\r\n" + Close);
        yield return ("a path that climbs", "401", "GET /healthz/../varz HTTP/1.1\r\nHost: x\r\n" + Close);
        yield return ("a path of a bad escape", "401", "GET /%zz HTTP/1.1\r\nHost: x\r\n" + Close);
        yield return ("a path with a zero", "400", "GET /%00 HTTP/1.1\r\nHost: x\r\n" + Close);
        yield return ("a very long path", "414", $"GET /{new string('a', 40_000)} HTTP/1.1\r\nHost: x\r\n" + Close);
        yield return ("a very long header", "431", Get + $"X: {new string('a', 40_000)}\r\n" + Close);
        yield return ("very many headers", "431", Get + string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: a\r\n")) + Close);
        yield return ("a body where none belongs", "400", Get + "Content-Length: 4\r\nConnection: close\r\n\r\nbody");
        yield return ("an offer to upgrade", "200", Get + "Upgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n");
        yield return ("an expectation that nobody knows", "200", Get + "Expect: a-miracle\r\n" + Close);
        yield return ("gRPC-Web of garbage", "200", GrpcWeb("application/grpc-web", "\u0007garbage"));
        yield return ("gRPC-Web text of garbage", "200", GrpcWeb("application/grpc-web-text", "!!!!"));
        yield return ("gRPC-Web that promises 4 GiB", "200", GrpcWeb("application/grpc-web", "\0\u00FF\u00FF\u00FF\u00FF"));
        yield return ("gRPC in HTTP/1.1", "426", GrpcWeb("application/grpc", ""));
    }

    private string GrpcWeb(string contentType, string body) =>
        $"POST {CallFrames.Service}GetServer HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Service.Token}\r\nContent-Type: {contentType}\r\n"
        + $"Content-Length: {Encoding.Latin1.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";
}
