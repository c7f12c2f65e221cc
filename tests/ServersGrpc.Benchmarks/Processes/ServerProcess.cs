using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ServersGrpc.Benchmarks.Processes;

/// <summary>A web server in a process of its own. Disposing ends that process.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const string Benchmarks = "ServersGrpc.Benchmarks";
    private const string ListeningMark = "Now listening on: ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource<long>? _allocated;

    private ServerProcess(string program, IEnumerable<string> arguments)
    {
        _process = new()
        {
            StartInfo = new(program, arguments)
            {
                WorkingDirectory = Path.GetTempPath(),
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += Hear;
        _process.ErrorDataReceived += Hear;
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"{program} ended at its start:\n{_output}"));
        var began = Stopwatch.GetTimestamp();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Started = ListenAsync(began);
    }

    /// <summary>How long it took from its start until it said that it listens.</summary>
    public Task<TimeSpan> Started { get; }

    /// <summary>Such as http://127.0.0.1:40123.</summary>
    public string Address { get; private set; } = "";

    public ProcessStatus Status => new(_process.Id);

    /// <summary>What it has taken of all cores together so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the reference, listening.</summary>
    public static Task<ServerProcess> StartBareAsync(string face, string bodyFile, bool metered = false) =>
        StartOwnAsync(Benchmarks, metered, BareServer.Subcommand, face, bodyFile);

    /// <summary>Starts the packages alone, or behind ASP.NET's own middleware, listening.</summary>
    public static Task<ServerProcess> StartOfficialAsync(string face, string frameFile, bool guarded) =>
        StartOwnAsync(Benchmarks, metered: false, [OfficialServer.Subcommand, face, frameFile, .. guarded ? [OfficialServer.Guarded] : Array.Empty<string>()]);

    /// <summary>Starts a program of this build, listening.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="metered">Whether it is to count what it allocates.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Task<ServerProcess> StartOwnAsync(string program, bool metered, params IReadOnlyList<string> arguments) => metered
        ? StartAsync(OfThisBuild(Benchmarks), [MeteredServer.Subcommand, program, .. arguments])
        : StartAsync(OfThisBuild(program), arguments);

    /// <summary>Starts a program that says "Now listening on: http://…", as ASP.NET does.</summary>
    /// <exception cref="InvalidOperationException">It ended at its start.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It is not there.</exception>
    public static async Task<ServerProcess> StartAsync(string program, params IReadOnlyList<string> arguments)
    {
        var server = new ServerProcess(program, arguments);
        try
        {
            await server.Started;
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>How many bytes a metered program has allocated so far.</summary>
    public async Task<long> AllocatedAsync(CancellationToken cancellationToken)
    {
        var answer = _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _process.StandardInput.WriteLineAsync(ReadOnlyMemory<char>.Empty, cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await answer.Task.WaitAsync(Patience, cancellationToken);
    }

    public void Dispose()
    {
        // What was measured is thrown away, so there is nothing to say good-bye to.
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string OfThisBuild(string program) => Path.Combine(AppContext.BaseDirectory, program);

    private async Task<TimeSpan> ListenAsync(long began)
    {
        Address = await _listening.Task.WaitAsync(Patience);
        return Stopwatch.GetElapsedTime(began);
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        if (line.Data.StartsWith(MeteredServer.AnswerMark, StringComparison.Ordinal))
            _allocated?.TrySetResult(long.Parse(line.Data.AsSpan(MeteredServer.AnswerMark.Length), CultureInfo.InvariantCulture));
        if (_listening.Task.IsCompletedSuccessfully)
            return;
        lock (_output)
            _output.AppendLine(line.Data);
        if (line.Data.IndexOf(ListeningMark, StringComparison.Ordinal) is var at and >= 0)
            _listening.TrySetResult(line.Data[(at + ListeningMark.Length)..].Trim());
    }
}
