using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Commands;

/// <summary>Carries out, in the running service, the commands that come by the control socket: a line with the arguments, a line with the answer.</summary>
internal sealed class ControlServer(DataDirectory directory, Orders orders, ILoggerFactory loggers) : IHostedService, IDisposable
{
    private const int MostCharacters = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ILogger _audit = loggers.CreateLogger(AuditTrail.Category);
    private readonly CancellationTokenSource _stopping = new();
    private Socket? _socket;
    private Task _accepting = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _socket = ControlSocket.Listen(directory.Path);
        _accepting = AcceptAsync(_socket);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _accepting;
        File.Delete(directory.File(ControlSocket.FileName));
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket socket)
    {
        try
        {
            while (true)
                await ServeAsync(await socket.AcceptAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        patience.CancelAfter(Patience);
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            using var reader = new StreamReader(stream);
            var line = await ReadLineAsync(reader, patience.Token);
            var answer = JsonSerializer.Deserialize<string[]>(line) is { } arguments ? await CarryOutAsync(arguments) : throw new JsonException();
            await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer), patience.Token);
        }
        catch (Exception e) when (e is IOException or JsonException || (e is OperationCanceledException && !_stopping.IsCancellationRequested))
        {
            AuditLog.Ordered(_audit, "an unreadable command", e.Message);
        }
    }

    private async Task<CommandAnswer> CarryOutAsync(string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var parsed = CommandTree.Build(() => orders).Parse(arguments);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors, ProcessTerminationTimeout = null }, _stopping.Token);
        AuditLog.Ordered(_audit, string.Join(' ', arguments), code == 0 ? "done" : errors.ToString().Trim());
        return new(code, output.ToString(), errors.ToString());
    }

    private static async Task<string> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var buffer = new char[MostCharacters];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await reader.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
                throw new JsonException("The command ends in the middle of its line.");
            var end = buffer.AsSpan(length, read).IndexOf('\n');
            if (end >= 0)
                return new(buffer, 0, length + end);
            length += read;
        }
        throw new JsonException("The command is too long.");
    }
}
