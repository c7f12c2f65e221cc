using ServersGrpc.SystemTests.Harness;
using ServersGrpc.SystemTests.Hostile.Http2;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>Makes calls one after the other over one connection, which no call may end.</summary>
internal sealed class Http2Caller(ServiceProcess service) : IDisposable
{
    private const int LargestFrame = 16_000;

    private Http2Peer? _peer;

    public async Task<Http2Answer> CallAsync(GrpcFuzzCase call, Random random)
    {
        _peer ??= await Http2Peer.ConnectAsync(service.Address);
        var stream = await _peer.CallAsync(
            [(":method", "POST"), (":scheme", "http"), (":path", call.Path), (":authority", "localhost"), .. call.Headers], end: call.Body.Length == 0);
        // A message may come in any number of frames.
        var size = random.Next(3) == 0 ? random.Next(1, 9) : LargestFrame;
        var chunks = call.Body.Length > LargestFrame ? call.Body.Chunk(LargestFrame).ToList() : call.Body.Chunk(size).ToList();
        for (var i = 0; i < chunks.Count; i++)
            await _peer.SendDataAsync(stream, chunks[i], end: i == chunks.Count - 1);
        return await _peer.ReadAnswerAsync(stream);
    }

    public void Dispose() => _peer?.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
