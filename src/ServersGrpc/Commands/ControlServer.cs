using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Auth.Authentication;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Commands;

/// <summary>Carries out, in the running service, the commands that come by the control socket: a line with the arguments, a line with the answer.</summary>
internal sealed class ControlServer(DataDirectory directory, Orders orders, ILoggerFactory loggers) : IHostedService, IDisposable
{
    private const int MostCharacters = 64 * 1024;
    private const int MostShown = 400;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

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
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.RemoveAll(task => task.IsCompleted);
                if (await TryAcceptAsync(socket) is { } connection)
                    serving.Add(ServeAsync(connection, _stopping.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
        await Task.WhenAll(serving);
    }

    private async Task<Socket?> TryAcceptAsync(Socket socket)
    {
        try
        {
            return await socket.AcceptAsync(_stopping.Token);
        }
        catch (SocketException e)
        {
            // No descriptors are left, for one. There may be again.
            AuditLog.Ordered(_audit, "a command that could not be heard", e.Message);
            await Task.Delay(RetryDelay, _stopping.Token);
            return null;
        }
    }

    private async Task ServeAsync(Socket connection, CancellationToken cancellationToken)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            var arguments = await ReadAsync(stream, cancellationToken);
            var answer = await CarryOutAsync(arguments, cancellationToken);
            await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer), cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            AuditLog.Ordered(_audit, "an unreadable command", e.Message);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops; who asked is told that there was no answer.
        }
    }

    private static async Task<string[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var reader = new StreamReader(stream, leaveOpen: true);
        var arguments = JsonSerializer.Deserialize<string?[]>(await ReadLineAsync(reader, patience.Token));
        return arguments?.OfType<string>().ToArray() is { } all && all.Length == arguments.Length ? all : throw new JsonException("That is no list of arguments.");
    }

    private async Task<CommandAnswer> CarryOutAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var parsed = CommandTree.Parse(() => orders, InUse, arguments);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors, ProcessTerminationTimeout = null }, cancellationToken);
        AuditLog.Ordered(_audit, Told(string.Join(' ', arguments)), code == 0 ? "done" : Told(errors.ToString().Trim()));
        return new(code, output.ToString(), errors.ToString());
    }

    private DataDirectory InUse() =>
        throw new StoreOpenException($"The service runs on the data directory {directory.Path}. Stop it first, or name another directory.");

    // Whoever takes a token for its name says it here, and the log is not to know it.
    private static string Told(string text) => Shown.Of(CredentialText.Hide(text), MostShown);

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
