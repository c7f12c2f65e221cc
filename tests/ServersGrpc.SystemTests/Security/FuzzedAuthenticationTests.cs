using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile;
using ServersGrpc.SystemTests.Hostile.Fuzz;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Two hundred thousand tries to get in, each nearly right: none does, and the service goes on. FUZZ_SEED repeats them.</summary>
[Collection(Collection)]
public sealed class FuzzedAuthenticationTests(ITestOutputHelper output) : HostileTest(output)
{
    private const int Tries = 200_000;
    private const int Workers = 8;

    private static readonly string[] Targets =
    [
        "GET /api/servers", "GET /api/servers/bystander", "GET /api/servers/bystander/events", "GET /api/servers:watch", "DELETE /api/servers/bystander",
        "GET /varz", "GET /metrics", "POST /api/pause", "POST /api/resume", "GET /none", "POST /servers.v1.ServerService/ListServers",
    ];

    [Fact]
    public async Task Authentication_NearlyRight_LetsNobodyIn()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("FUZZ_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
        Output.WriteLine($"FUZZ_SEED={seed}");
        var operators = await Tokens.CreateAsync(Service, "op", "operator");
        var revoked = await Tokens.CreateAsync(Service, "gone", "admin");
        await Tokens.RevokeAsync(Service, "gone");
        var tokens = (string[])[Service.Token, operators, revoked];
        var outcomes = new ConcurrentDictionary<int, int>();
        var faults = new ConcurrentQueue<string>();

        await WithstandAsync(() => Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(unchecked((seed * 31) + worker));
            using var client = new Http1Client(Service);
            for (var i = 0; i < Tries / Workers; i++)
            {
                var request = Make(random, tokens);
                var answer = await client.SendAsync(request, isHead: false, Eventually.Patience);
                outcomes.AddOrUpdate(answer?.Status ?? 0, 1, (_, count) => count + 1);
                // 400: what is no HTTP is no try either. Over gRPC a refusal is 200 with its status in a header.
                var isRefused = answer is { Status: 400 or 401 or 431 } || (answer is { Status: 200 } && answer.Headers["grpc-status"].SequenceEqual(["16"]));
                if (!isRefused && answer is not null)
                    faults.Enqueue($"{answer.Status}: {Encoding.Latin1.GetString(request)}");
            }
        }))));

        Output.WriteLine(string.Join(", ", outcomes.OrderBy(outcome => outcome.Key).Select(outcome => $"{outcome.Key}: {outcome.Value}")));
        Assert.Empty(faults.Take(5));
        Assert.True(outcomes[401] > Tries / 2, "Most tries were understood, and refused.");
        // Nothing was done either, and those who may still can.
        Assert.Equal("pending", (await Service.GetAsync(Bystander.ServerName)).State);
        Assert.Contains("\"paused\":true", await Service.Http.GetStringAsync("/varz"));
    }

    private static byte[] Make(Random random, string[] tokens)
    {
        var target = Targets[random.Next(Targets.Length)].Split(' ');
        var isGrpc = target[1].StartsWith("/servers.v1", StringComparison.Ordinal);
        var text = new StringBuilder($"{target[0]} {target[1]} HTTP/1.1\r\nHost: localhost\r\n");
        foreach (var header in Authorizations(random, tokens))
            text.Append(header).Append("\r\n");
        if (isGrpc)
            text.Append("Content-Type: application/grpc-web+proto\r\n");
        if (target[0] == "POST")
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {(isGrpc ? 5 : 0)}\r\n");
        text.Append("\r\n");
        if (isGrpc)
            text.Append("\0\0\0\0\0");
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static IEnumerable<string> Authorizations(Random random, string[] tokens)
    {
        var good = tokens[random.Next(2)];
        var bad = Spoiled(random, good, tokens[2]);
        return random.Next(10) switch
        {
            0 => [],
            1 => [$"Authorization: Bearer {bad}", $"Authorization: Bearer {good}"],
            2 => [$"Authorization: Bearer {good}", $"Authorization: Bearer {good}"],
            3 => [$"Authorization: {Pick(random, "Basic", "Digest", "Bearer:", "Bearer\u00a0", "Token", "Bear er")} {good}"],
            4 => [$"{Pick(random, "X-Authorization", "Cookie", "Proxy-Authorization", "Authorization-", "X-Api-Key", "Forwarded", "X-Client-Cert")}: Bearer {good}"],
            5 => [$"Authorization: Bearer {good},{bad}"],
            6 => [$"Authorization: Bearer {Jwt(random)}"],
            7 => ["Authorization:"],
            8 => [$"Authorization: {bad}"],
            _ => [$"Authorization: Bearer {bad}"],
        };
    }

    private static string Spoiled(Random random, string good, string revoked)
    {
        var at = random.Next(good.Length);
        var spoiled = random.Next(10) switch
        {
            0 => good[..at],
            1 => good + Any(random),
            2 => good.Insert(at, $"{Any(random)}"),
            3 => good.Remove(at, 1),
            4 => new string([.. good.Select(c => char.IsAsciiLetter(c) ? (char)(c ^ 0x20) : c)]),
            5 => good + good,
            6 => revoked,
            7 => new string([.. Enumerable.Range(0, random.Next(1, 2000)).Select(_ => Any(random))]),
            8 => $"{good[..at]}%{random.Next(256):X2}{good[at..]}",
            _ => $"{good[..at]}{(char)(good[at] ^ (1 << random.Next(7)))}{good[(at + 1)..]}",
        };
        // By chance it may be a good one again, or have a line's end, which makes two headers of it.
        return new string([.. (spoiled == good ? good + "x" : spoiled).Select(c => c is '\r' or '\n' or '\0' ? '_' : c)]).TrimEnd() is var text && text == good ? "x" : text;
    }

    private static string Jwt(Random random)
    {
        var header = Pick(random, """{"alg":"none"}""", """{"alg":"HS256","typ":"JWT"}""", """{"alg":"RS256","kid":"a"}""", "{}", "nonsense");
        var payload = Pick(random, """{"sub":"admin","roles":["admin"]}""", """{"roles":"admin","exp":9999999999}""", "[]", "");
        return $"{Base64(header)}.{Base64(payload)}.{Pick(random, "", Base64("signature"), "!!!")}";
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static char Any(Random random) => (char)random.Next(0x21, 0x7F);

    private static string Pick(Random random, params string[] all) => all[random.Next(all.Length)];
}
