using System.Globalization;
using ServersGrpc.Benchmarks.Load;

namespace ServersGrpc.Benchmarks.Results;

/// <summary>What the benchmarks found: told as it comes, and as one table at the end.</summary>
internal sealed class Report(TextWriter output)
{
    private static readonly string[] Heads = ["", "figure", "reference", "ratio", "bar", ""];

    private readonly List<Figure> _figures = [];
    private readonly List<string> _notes = [];

    public void Add(Figure figure)
    {
        _figures.Add(figure);
        output.WriteLine($"  {string.Join("  ", Cells(figure).Where(cell => cell.Length > 0))}");
    }

    /// <summary>What a reader of the figures has to know: what limits them, mostly.</summary>
    public void Note(string note)
    {
        _notes.Add(note);
        output.WriteLine($"  {note}");
    }

    public void Begin(string benchmark) => output.WriteLine($"\n{benchmark}");

    public void End(TimeSpan took) => output.WriteLine(Text($"  ({took.TotalSeconds:0} s)"));

    public async Task DescribeMachineAsync(CancellationToken cancellationToken)
    {
        var load = (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[0];
        using var directory = new RunDirectory();
        var sync = Disk.MeasureSync(directory);
        Note(Text($"{Environment.ProcessorCount} cores, load average {load} before the run; .NET {Environment.Version}; data on {directory.FileSystem}, fsync {sync.Median:0.00} ms (p50), {sync.Percentile(90):0.00} ms (p90)"));
    }

    public void WriteTable()
    {
        var rows = _figures.Select(Cells).Prepend(Heads).ToList();
        var widths = Heads.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        output.WriteLine("\n==");
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        output.WriteLine();
        foreach (var note in _notes)
            output.WriteLine($"- {note}");
    }

    /// <summary>Numbers are written alike everywhere.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string[] Cells(Figure figure) =>
    [
        figure.Name, figure.Value, figure.Reference, figure.Ratio is { } ratio ? Text($"{ratio:0.00}") : "", figure.Bar?.Text ?? "",
        figure.Bar switch { null => "", { IsMet: true } => "met", _ => "MISSED" },
    ];
}
