using System.Globalization;
using System.Net.Sockets;
using System.Text;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>Sends requests as they are, one after the other over one connection for as long as the service keeps it, and reads the answers strictly.</summary>
internal sealed class Http1Client(ServiceProcess service) : IDisposable
{
    private readonly Uri _address = new(service.Address);
    private TcpClient? _client;
    private BufferedStream? _stream;

    /// <summary>The answer to a request; null when the service closes the connection, or says nothing for as long as it may.</summary>
    /// <exception cref="InvalidDataException">The answer is no HTTP/1.1.</exception>
    public async Task<Http1Answer?> SendAsync(byte[] request, bool isHead, TimeSpan patience)
    {
        if (_client is null)
        {
            _client = new TcpClient { NoDelay = true };
            await _client.ConnectAsync(_address.Host, _address.Port);
            _stream = new BufferedStream(_client.GetStream(), 16_384);
        }
        try
        {
            await _client.GetStream().WriteAsync(request);
            var answer = await ReadAsync(isHead).WaitAsync(patience);
            if (answer is null || answer.ClosesConnection) Dispose();
            return answer;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{e.Message} It was asked for:\n{Encoding.Latin1.GetString(request)}", e);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            Dispose();
            return null;
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _client = null;
    }

    private async Task<Http1Answer?> ReadAsync(bool isHead)
    {
        while (true)
        {
            if (await ReadLineAsync() is not { } line) return null;
            var parts = line.Split(' ', 3);
            if (parts is not ["HTTP/1.1", { Length: 3 } code, _]) throw new InvalidDataException($"The answer begins with \"{line}\".");
            var status = int.Parse(code, CultureInfo.InvariantCulture);
            var headers = await ReadHeadersAsync();
            if (status < 200) continue;
            var body = isHead || status is 204 or 304 ? [] : await ReadBodyAsync(line, headers);
            return new(status, headers, body);
        }
    }

    private async Task<ILookup<string, string>> ReadHeadersAsync()
    {
        var headers = new List<(string Name, string Value)>();
        while (await ReadLineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) throw new InvalidDataException($"The answer has the header \"{line}\".");
            headers.Add((line[..colon].ToLowerInvariant(), line[(colon + 1)..].Trim()));
        }
        return headers.ToLookup(header => header.Name, header => header.Value);
    }

    private async Task<byte[]> ReadBodyAsync(string statusLine, ILookup<string, string> headers)
    {
        if (headers["content-length"].SingleOrDefault() is { } length) return await ReadBytesAsync(int.Parse(length, CultureInfo.InvariantCulture));
        if (!headers["transfer-encoding"].SequenceEqual(["chunked"])) throw new InvalidDataException($"The answer {statusLine} does not say where its body ends.");
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse((await ReadLineAsync())!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Write(await ReadBytesAsync(size));
            if (await ReadLineAsync() != "") throw new InvalidDataException("A chunk is longer than it says.");
            if (size == 0) return body.ToArray();
        }
    }

    private async Task<byte[]> ReadBytesAsync(int count)
    {
        var bytes = new byte[count];
        await _stream!.ReadExactlyAsync(bytes);
        return bytes;
    }

    private async Task<string?> ReadLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await _stream!.ReadAsync(one) == 1)
        {
            if (one[0] == '\n') return line.ToString(0, line.Length - 1);
            line.Append((char)one[0]);
        }
        return line.Length == 0 ? null : throw new InvalidDataException($"The answer breaks off after \"{line}\".");
    }
}
