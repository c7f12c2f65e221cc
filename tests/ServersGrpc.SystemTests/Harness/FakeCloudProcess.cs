using System.Diagnostics;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>
/// A FakeCloud in a process of its own, on a state directory of its own and a port that the system chose and that it keeps over restarts.
/// Disposing ends it and all its machines.
/// </summary>
internal sealed class FakeCloudProcess : IAsyncDisposable
{
    private const string ListeningMark = "Now listening on: ";

    private static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "FakeCloud");

    private readonly ServiceLog _log = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("fakecloud-").FullName;
    private string _address = "http://127.0.0.1:0";
    private Process? _process;

    private FakeCloudProcess()
    {
    }

    /// <summary>Steers it, and knows its endpoints.</summary>
    public FakeCloudClient Client { get; private set; } = null!;

    public string Log => _log.ToString();

    public static async Task<FakeCloudProcess> StartAsync()
    {
        var cloud = new FakeCloudProcess();
        try
        {
            await cloud.LaunchAsync();
            cloud.Client = new FakeCloudClient(new Uri(cloud._address));
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it as a power cut would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        var process = _process ?? throw new InvalidOperationException("The FakeCloud does not run.");
        _process = null;
        using (process)
        {
            Signals.Send(process.Id, Signals.Kill);
            await process.WaitForExitAsync().WaitAsync(Eventually.Patience);
        }
    }

    /// <summary>Kills it and starts it again on its state, where it listened before.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        Client?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task LaunchAsync()
    {
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(Executable, ["--urls", _address, "--state", _directory])
            {
                WorkingDirectory = Path.GetTempPath(),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, data) => Heard(data.Data);
        process.ErrorDataReceived += (_, data) => Heard(data.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;

        var ended = process.WaitForExitAsync();
        if (await Task.WhenAny(listening.Task, ended).WaitAsync(Eventually.Patience) == ended)
            throw new InvalidOperationException($"The FakeCloud ended at its start.{Environment.NewLine}{Log}");
        _address = await listening.Task;

        void Heard(string? line)
        {
            if (line is null) return;
            _log.Add(line);
            if (line.IndexOf(ListeningMark, StringComparison.Ordinal) is var at and >= 0)
                listening.TrySetResult(line[(at + ListeningMark.Length)..].Trim());
        }
    }
}
