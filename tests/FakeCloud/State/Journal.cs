using System.Text.Json;

namespace ServersGrpc.FakeCloud.State;

/// <summary>
/// An append-only file, one line a change of the world, that outlives a kill of this process. What was appended is with the kernel when
/// <see cref="Append"/> returns; nothing survives a power cut, and nothing needs to.
/// </summary>
internal sealed class Journal : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly string _path;
    private FileStream _file;

    private Journal(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Bytes appended since the file was last written anew.</summary>
    public long Growth { get; private set; }

    /// <summary>What the file says, in order. A kill in the middle of a write leaves a last line that is cut off, and never answered for.</summary>
    public static IEnumerable<JournalEntry> Read(string path)
    {
        if (!File.Exists(path)) yield break;
        string? pending = null;
        foreach (var line in File.ReadLines(path))
        {
            foreach (var entry in Parse(pending)) yield return entry;
            pending = line;
        }

        IReadOnlyList<JournalEntry> last = [];
        try
        {
            last = Parse(pending);
        }
        catch (JsonException)
        {
            // Cut off: its call was never answered.
            pending = null;
        }

        foreach (var entry in last) yield return entry;
    }

    /// <summary>Opens the file with nothing in it but the entries.</summary>
    public static Journal Create(string path, IEnumerable<JournalEntry> entries) => new(path, Rewrite(path, entries));

    /// <summary>Appends a change that is there as a whole or not at all.</summary>
    public void Append(IReadOnlyList<JournalEntry> change)
    {
        var before = _file.Position;
        Write(_file, change);
        _file.Flush();
        Growth += _file.Position - before;
    }

    public void Compact(IEnumerable<JournalEntry> entries)
    {
        _file.Dispose();
        _file = Rewrite(_path, entries);
        Growth = 0;
    }

    public void Dispose() => _file.Dispose();

    private static IReadOnlyList<JournalEntry> Parse(string? line) =>
        line is null ? [] : JsonSerializer.Deserialize<JournalEntry[]>(line, Json.Options)!;

    private static FileStream Rewrite(string path, IEnumerable<JournalEntry> entries)
    {
        var next = path + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.Read, BufferSize))
        {
            foreach (var entry in entries) Write(file, [entry]);
        }

        File.Move(next, path, overwrite: true);
        return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, BufferSize);
    }

    private static void Write(FileStream file, IReadOnlyList<JournalEntry> change)
    {
        JsonSerializer.Serialize(file, change, Json.Options);
        file.WriteByte((byte)'\n');
    }
}
