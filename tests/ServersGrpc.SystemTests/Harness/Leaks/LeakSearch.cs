using System.Buffers.Binary;
using System.Text;

namespace ServersGrpc.SystemTests.Harness.Leaks;

/// <summary>
/// Finds secrets in anything: as they are, in base64 wherever that begins, and in base64 of base64, as an answer has a key's file. Each form is cut
/// into pieces, so that the end of a line or of a page in its middle hides nothing.
/// </summary>
internal sealed class LeakSearch
{
    // Bytes. So long a piece is nowhere by chance.
    private const int PieceLength = 12;

    private readonly Dictionary<(ulong, uint), Secret> _pieces = [];

    public LeakSearch(IEnumerable<Secret> secrets)
    {
        foreach (var secret in secrets)
        {
            Assert.True(secret.Value.Length >= PieceLength, $"{secret.What} is too short to be searched for.");
            foreach (var form in Forms(secret.Value))
                for (var at = 0; at + PieceLength <= form.Length; at += PieceLength)
                    _pieces.TryAdd(Piece(form.AsSpan(at)), secret);
        }
    }

    /// <summary>What is found in a file, or in a text that is called as one.</summary>
    public IReadOnlyList<string> In(string name, ReadOnlySpan<byte> content)
    {
        var found = new HashSet<string>();
        for (var at = 0; at + PieceLength <= content.Length; at++)
        {
            if (_pieces.TryGetValue(Piece(content[at..]), out var secret) && secret.MayBeIn != Path.GetFileName(name))
                found.Add($"{secret.What} is in {name}");
        }
        return [.. found];
    }

    /// <summary>What is found in any file of a directory.</summary>
    public IReadOnlyList<string> InDirectory(string directory) => !Directory.Exists(directory) ? [] :
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            // A socket that a killed service left holds nothing; a lock tells a process or an agent's generation. Neither can be read.
            .Where(file => Path.GetFileName(file) is not ("control.sock" or "lock"))
            .SelectMany(file => In(file, Read(file))),
    ];

    // Whoever else has it open.
    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static (ulong, uint) Piece(ReadOnlySpan<byte> bytes) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(ulong)..]));

    private static IEnumerable<byte[]> Forms(byte[] value)
    {
        byte[][] once = [.. InBase64(value)];
        return [value, .. once, .. once.SelectMany(InBase64)];
    }

    // As much as does not depend on what stands before and after.
    private static IEnumerable<byte[]> InBase64(byte[] value) =>
        from skipped in (int[])[0, 1, 2]
        select Encoding.ASCII.GetBytes(Convert.ToBase64String(value.AsSpan(skipped, (value.Length - skipped) / 3 * 3)));
}
