using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using ServersGrpc.SystemTests.Harness.Leaks;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>
/// The service as its users run it: the built executable, a process of its own, on a data directory of its own and a port that the
/// system chose. Disposing ends it and all that it made, and fails on an error in its log that the test did not expect, and on any secret that
/// is found where it must not be.
/// </summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const string AnyPort = "http://127.0.0.1:0";
    private const string ListeningMark = "Now listening on: ";

    private static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "ServersGrpc");

    private readonly string[] _options;
    private readonly ITestOutputHelper? _output;
    private readonly ServiceLog _log = new();
    private readonly List<string> _expectedErrors = [];
    private readonly List<(string Name, string Text)> _searched = [];
    private readonly IReadOnlyDictionary<string, string> _environment;
    private Process? _process;

    private ServiceProcess(
        string dataDirectory, IReadOnlyDictionary<string, string> environment, string[] options, ITestOutputHelper? output)
    {
        _environment = environment;
        DataDirectory = dataDirectory;
        _options = options;
        _output = output;
    }

    /// <summary>Where it listens, such as "http://127.0.0.1:40123". Every start has another port unless asked otherwise.</summary>
    public string Address { get; private set; } = "";

    public string DataDirectory { get; }

    /// <summary>The administrator's token of the first start.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Calls the service with its token.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>What must be in none of its files, its log, its metrics, and what else is to be searched.</summary>
    public SecretLedger Secrets { get; } = new();

    public string Log => _log.ToString();

    /// <summary>The running process.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The service does not run.");

    /// <summary>The service on a new data directory, listening.</summary>
    public static Task<ServiceProcess> StartAsync(ITestOutputHelper? output, params string[] options) =>
        StartAsync(NewDirectory(), output, options);

    public static Task<ServiceProcess> StartAsync(string dataDirectory, ITestOutputHelper? output, params string[] options) =>
        StartAsync(dataDirectory, output, new Dictionary<string, string>(), options);

    /// <summary>The same with environment variables of its own, for what only these can say.</summary>
    public static async Task<ServiceProcess> StartAsync(
        string dataDirectory, ITestOutputHelper? output, IReadOnlyDictionary<string, string> environment, params string[] options)
    {
        var service = new ServiceProcess(dataDirectory, environment, options, output);
        try
        {
            await service.StartAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the service where it can't start, to its end.</summary>
    public static Task<CommandResult> FailToStartAsync(string dataDirectory, params string[] options) =>
        ExternalCommand.RunAsync(Executable, Arguments(AnyPort, dataDirectory, options));

    /// <summary>The same with environment variables, and with no arguments but these.</summary>
    public static Task<CommandResult> FailToStartAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        ExternalCommand.RunAsync(Executable, arguments, environment);

    public static string NewDirectory() => Directory.CreateTempSubdirectory("servers-").FullName;

    /// <summary>Errors in the log that fit the pattern are what the test is about.</summary>
    public void ExpectErrors(string pattern) => _expectedErrors.Add(pattern);

    /// <summary>Has a text searched for secrets at the end.</summary>
    public void Search(string name, string text) => _searched.Add((name, text));

    /// <summary>Starts the service again on its data directory, and if so asked where it listened before.</summary>
    public async Task StartAsync(bool atSameAddress = false)
    {
        Address = await LaunchAsync(atSameAddress ? Address : AnyPort).WaitAsync(Eventually.Patience);
        Token = (await File.ReadAllTextAsync(Path.Combine(DataDirectory, "admin.token"))).Trim();
        Http.Dispose();
        Secrets.Add(new("the admin token", Encoding.ASCII.GetBytes(Token), MayBeIn: "admin.token"));
        Http = new HttpClient(new SecretRecorder(Secrets)) { BaseAddress = new Uri(Address), Timeout = Eventually.Patience };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    /// <summary>Starts the service again and kills it so soon that it may not listen yet.</summary>
    public async Task KillAtStartAsync(TimeSpan after)
    {
        var listening = LaunchAsync(AnyPort);
        await Task.WhenAny(listening, Task.Delay(after));
        await KillAsync();
    }

    /// <summary>Asks it to end (SIGTERM) and returns its exit code.</summary>
    public Task<int> StopAsync() => EndAsync(Signals.Terminate);

    /// <summary>Ends it as a power cut would (SIGKILL).</summary>
    public Task<int> KillAsync() => EndAsync(Signals.Kill);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await LookAtTheEndAsync();
            await KillAsync();
        }
        Http.Dispose();
        await Agents.EndAsync(DataDirectory);
        var leaks = FindLeaks();
        if (Directory.Exists(DataDirectory)) Directory.Delete(DataDirectory, recursive: true);
        _output?.WriteLine(Log);
        Assert.True(leaks.Count == 0, $"Secrets were found:{Environment.NewLine}{string.Join(Environment.NewLine, leaks)}");
        var errors = _log.Errors(_expectedErrors);
        Assert.True(errors.Count == 0, $"The service logged errors:{Environment.NewLine}{string.Join(Environment.NewLine, errors)}");
    }

    /// <summary>Hears of servers that the test did not ask for over this client, and what the metrics say.</summary>
    private async Task LookAtTheEndAsync()
    {
        if (Http.BaseAddress is null) return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            using var servers = await Http.GetAsync("/api/servers", patience.Token);
            Search("/metrics", await Http.GetStringAsync("/metrics", patience.Token));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // It ended, or is not well; that is for the test to judge. Its files and its log are searched all the same.
        }
    }

    // Events are in the database as they are.
    private IReadOnlyList<string> FindLeaks()
    {
        var keys = Path.Combine(DataDirectory, "encryption.key");
        foreach (var key in File.Exists(keys) ? File.ReadAllLines(keys) : [])
            Secrets.Add(new("the encryption key", Convert.FromBase64String(key), MayBeIn: "encryption.key"));
        var search = new LeakSearch(Secrets.All);
        return
        [
            .. search.InDirectory(DataDirectory),
            .. _searched.Append((Name: "the log", Text: Log)).SelectMany(searched => search.In(searched.Name, Encoding.UTF8.GetBytes(searched.Text))),
        ];
    }

    private static string[] Arguments(string address, string dataDirectory, string[] options) =>
        ["--urls", address, $"--Servers:DataDirectory={dataDirectory}", .. options];

    /// <summary>Starts the process; the address comes when it listens.</summary>
    private async Task<string> LaunchAsync(string address)
    {
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(Executable, Arguments(address, DataDirectory, _options))
            {
                WorkingDirectory = Path.GetTempPath(),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (name, value) in _environment)
            process.StartInfo.Environment[name] = value;
        process.OutputDataReceived += (_, data) => Heard(data.Data);
        process.ErrorDataReceived += (_, data) => Heard(data.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;

        // Completes when all that it said is heard.
        var ended = process.WaitForExitAsync();
        if (await Task.WhenAny(listening.Task, ended) == ended)
            throw new InvalidOperationException($"The service ended at its start.{Environment.NewLine}{Log}");
        return await listening.Task;

        void Heard(string? line)
        {
            if (line is null) return;
            _log.Add(line);
            if (line.IndexOf(ListeningMark, StringComparison.Ordinal) is var at and >= 0)
                listening.TrySetResult(line[(at + ListeningMark.Length)..].Trim());
        }
    }

    private async Task<int> EndAsync(int signal)
    {
        var process = _process ?? throw new InvalidOperationException("The service does not run.");
        _process = null;
        using (process)
        {
            Signals.Send(process.Id, signal);
            await process.WaitForExitAsync().WaitAsync(Eventually.Patience);
            return process.ExitCode;
        }
    }
}
