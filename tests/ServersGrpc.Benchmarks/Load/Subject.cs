using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>A server under load, with what its answers took of the processor.</summary>
/// <param name="server">The server.</param>
/// <param name="load">The load.</param>
/// <param name="answerLength">How long every body has to be at least: an error's is shorter.</param>
internal sealed class Subject(ServerProcess server, H2Load load, int answerLength)
{
    private double _answers;

    /// <summary>What all runs took of a core.</summary>
    public TimeSpan Cpu { get; private set; }

    /// <summary>What one answer took of a core, on the average of all runs.</summary>
    public double CpuMicroseconds => Cpu.TotalMicroseconds / _answers;

    /// <exception cref="InvalidOperationException">There were answers that are none.</exception>
    public async Task<LoadResult> RunAsync(int seconds, CancellationToken cancellationToken)
    {
        var before = server.CpuTime;
        var result = await load.RunAsync(seconds, cancellationToken);
        Cpu += server.CpuTime - before;
        _answers += result.Done;
        return result.DataBytes >= result.Done * answerLength
            ? result
            : throw new InvalidOperationException($"{result.Done} answers had {result.DataBytes} bytes: fewer than {answerLength} each.");
    }

    /// <summary>How long each answer took, in milliseconds.</summary>
    public Task<Samples> TimesAsync(int seconds, CancellationToken cancellationToken) => load.MeasureTimesAsync(seconds, cancellationToken);

    /// <summary>Forgets what was before: the code was still being compiled.</summary>
    public void Reset() => (_answers, Cpu) = (0, TimeSpan.Zero);
}
