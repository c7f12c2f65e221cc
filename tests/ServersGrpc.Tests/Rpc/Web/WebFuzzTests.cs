using System.Net;
using System.Text;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using ServersGrpc.Tests.Rpc.Wire;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.Web;

/// <summary>Bodies that chance made. The seed is the name of the case.</summary>
public sealed class WebFuzzTests
{
    private const int Bodies = 200;

    private static readonly StatusCode[] Foreseen = [StatusCode.OK, StatusCode.Internal, StatusCode.ResourceExhausted, StatusCode.Unimplemented];

    [Theory]
    [InlineData("application/grpc-web", 1)]
    [InlineData("application/grpc-web-text", 2)]
    public async Task Unary_RandomBody_EndsAsForeseen(string contentType, int seed)
    {
        await using var host = await WebHost.StartAsync();
        var random = new Random(seed);

        for (var i = 0; i < Bodies; i++)
        {
            var body = Body(random, isText: contentType.EndsWith("text", StringComparison.Ordinal));
            var answer = await host.Raw.PostAsync(body, contentType: contentType, version: HttpVersion.Version11);

            var status = answer.Status ?? StatusOf(answer);
            Assert.True(answer.HttpStatus == HttpStatusCode.OK && Foreseen.Contains(status), $"{i}: {answer.HttpStatus}, {status}, {Convert.ToHexString(body)}");
        }

        Assert.Empty(host.Logs.At(LogLevel.Warning));
    }

    /// <summary>A good body with some of its bytes changed, one of them left out, or its end cut off.</summary>
    private static byte[] Body(Random random, bool isText)
    {
        byte[] body = [.. RawClient.Frame(new Ping { Text = new string('a', random.Next(20)), Count = random.Next() })];
        if (isText)
            body = Encoding.ASCII.GetBytes(Convert.ToBase64String(body));
        for (var changes = random.Next(4); changes > 0; changes--)
            body[random.Next(body.Length)] = isText ? (byte)random.Next(0x20, 0x7F) : (byte)random.Next(256);
        return random.Next(3) switch
        {
            0 => body[..random.Next(body.Length)],
            1 => [.. body[..5], .. body[6..]],
            _ => body,
        };
    }

    private static StatusCode StatusOf(RawAnswer answer)
    {
        var body = answer.Content.ContentType?.MediaType == "application/grpc-web" ? WebBody.Parse(answer.Body) : WebBody.ParseText(answer.Body);
        return Enum.Parse<StatusCode>(body["grpc-status"]!);
    }
}
