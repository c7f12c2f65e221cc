namespace ServersGrpc.Simulation.Disk;

/// <summary>What a disk may hold of a file whose last changes were not synced when power was lost.</summary>
internal static class FileLoss
{
    private const int Page = 4096;
    private const int Sector = 512;

    public static FileBytes Survivors(FileBytes durable, IReadOnlyList<FileChange> pending, LossMode mode, Random random) => mode switch
    {
        LossMode.Nothing => durable.Copy(),
        LossMode.Everything => First(durable, pending, pending.Count),
        LossMode.InOrder => Torn(durable, pending, random),
        LossMode.AnyPages => Mixed(durable, pending, Page, random),
        _ => Mixed(durable, pending, Sector, random),
    };

    private static FileBytes First(FileBytes durable, IReadOnlyList<FileChange> pending, int count)
    {
        var file = durable.Copy();
        foreach (var change in pending.Take(count))
            change.ApplyTo(file);
        return file;
    }

    private static FileBytes Torn(FileBytes durable, IReadOnlyList<FileChange> pending, Random random)
    {
        var whole = random.Next(pending.Count + 1);
        var file = First(durable, pending, whole);
        if (whole == pending.Count || pending[whole].Bytes is not { } bytes)
            return file;
        var sectors = random.Next(bytes.Length / Sector + 1);
        if (sectors > 0)
            file.Write(pending[whole].At, bytes.AsSpan(0, sectors * Sector));
        return file;
    }

    /// <summary>Each unit is as it was after some of the changes, and the length is that after some of them.</summary>
    private static FileBytes Mixed(FileBytes durable, IReadOnlyList<FileChange> pending, int unit, Random random)
    {
        var keep = random.NextDouble();
        var lengthVersion = Draw();
        var versions = new Dictionary<long, int>();
        var file = durable.Copy();
        for (var i = 0; i < pending.Count; i++)
        {
            var change = pending[i];
            var (from, to) = change.Bytes is null ? (change.Length, LengthAfter(i)) : (change.At, change.At + change.Bytes.Length);
            for (var at = from; at < to; at = (at / unit + 1) * unit)
            {
                if (VersionOf(at / unit) <= i)
                    continue;
                var count = (int)(Math.Min(to, (at / unit + 1) * unit) - at);
                file.Write(at, change.Bytes is null ? new byte[count] : change.Bytes.AsSpan((int)(at - from), count));
            }
        }

        file.SetLength(LengthAfter(lengthVersion));
        return file;

        long LengthAfter(int changes) => changes == 0 ? durable.Length : pending[changes - 1].Length;

        int VersionOf(long index)
        {
            if (!versions.TryGetValue(index, out var version))
                versions[index] = version = Math.Max(Draw(), LastCut((index + 1) * unit));
            return version;
        }

        // Where the file's length is later than a cut, what was cut off cannot be back.
        int LastCut(long end)
        {
            for (var i = lengthVersion; i > 0; i--)
            {
                if (pending[i - 1].Bytes is null && pending[i - 1].Length < Math.Min(end, LengthAfter(i - 1)))
                    return i;
            }

            return 0;
        }

        int Draw() => random.NextDouble() < keep ? pending.Count : random.Next(2) == 0 ? 0 : random.Next(pending.Count + 1);
    }
}
