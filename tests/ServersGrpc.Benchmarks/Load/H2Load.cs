using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>Loads one address with nghttp2's h2load, which takes far less of the machine than a client of our own would.</summary>
/// <param name="Url">What is asked for.</param>
/// <param name="Options">Protocol, connections, headers, body.</param>
internal sealed partial record H2Load(string Url, params IReadOnlyList<string> Options)
{
    /// <summary>Runs for so many whole seconds.</summary>
    /// <exception cref="InvalidOperationException">It failed, or an answer was not 2xx.</exception>
    public async Task<LoadResult> RunAsync(int seconds, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("h2load", ["-t1", $"-D{seconds}", .. Options, Url])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? Read(output) : throw new InvalidOperationException($"h2load failed: {await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Runs for so many whole seconds, and tells how long each answer took, in milliseconds.</summary>
    public async Task<Samples> MeasureTimesAsync(int seconds, CancellationToken cancellationToken)
    {
        using var directory = new RunDirectory();
        var log = directory.File("times");
        await (this with { Options = [.. Options, $"--log-file={log}"] }).RunAsync(seconds, cancellationToken);
        // Of each: when it began, its status, and how many microseconds it took.
        var lines = await File.ReadAllLinesAsync(log, cancellationToken);
        return new(lines.Select(line => double.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture) / 1000));
    }

    private static LoadResult Read(string output)
    {
        var done = Number(Done().Match(output));
        var good = Number(Good().Match(output));
        return done > 0 && good >= done
            ? new(Number(Rate().Match(output)), done, Number(Data().Match(output)))
            : throw new InvalidOperationException($"Not every answer was 2xx:\n{output}");
    }

    private static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"finished in [^,]+, ([\d.]+) req/s")]
    private static partial Regex Rate();

    [GeneratedRegex(@"(\d+) done,")]
    private static partial Regex Done();

    [GeneratedRegex(@"status codes: (\d+) 2xx")]
    private static partial Regex Good();

    [GeneratedRegex(@"\((\d+)\) data")]
    private static partial Regex Data();
}
