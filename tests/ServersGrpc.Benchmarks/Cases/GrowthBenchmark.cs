using ServersGrpc.Benchmarks.Engine;
using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Benchmarks.Results;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Benchmarks.Cases;

/// <summary>How the files grow when the same servers are written again and again, secrets and all, shorter and longer.</summary>
internal sealed class GrowthBenchmark : IBenchmark
{
    private const int Servers = 10_000;
    private const int Rewrites = 10;
    private const int AtOnce = 64;
    private const double MostGrowth = 3;

    public string Name => "growth";

    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var directory = new RunDirectory();
        var random = new Random(1);
        var server = StoreLoad.New();
        await using var engine = new EngineHost(directory.Path, new());
        await ForAllAsync(name => engine.Store.AddAsync(
            server with { Uid = name, Name = name }, new("ProvisionRequested", "", "bench"), new(EngineHost.NoLimit), cancellationToken));
        var before = Length(directory);
        for (var i = 0; i < Rewrites; i++)
        {
            await ForAllAsync(name => engine.Store.ChangeAsync(
                name, known => new(known with { UserData = new('x', random.Next(10_000)) }), cancellationToken));
        }
        var growth = (double)Length(directory) / before;
        report.Add(new(
            $"files after {Rewrites} rewrites of {Servers} servers", Report.Text($"{Length(directory) >> 20} MiB"), Report.Text($"{before >> 20} MiB before"), growth,
            Bar.Below(growth, MostGrowth)));
    }

    private static async Task ForAllAsync(Func<string, Task> write)
    {
        foreach (var names in Enumerable.Range(0, Servers).Select(i => Report.Text($"s{i}")).Chunk(AtOnce))
            await Task.WhenAll(names.Select(write));
    }

    private static long Length(RunDirectory directory) =>
        Directory.EnumerateFiles(directory.Path, StorageOptions.FileName + "*").Sum(file => new FileInfo(file).Length);
}
