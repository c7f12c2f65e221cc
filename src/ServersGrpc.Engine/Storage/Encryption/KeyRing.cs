using System.Diagnostics.CodeAnalysis;

namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>Keys, of which the first writes and all read, and where they are from.</summary>
internal sealed class KeyRing
{
    private const string Make = "A key is 32 random bytes in base64, as \"openssl rand -base64 32\" makes one.";

    private static readonly char[] Separators = [' ', '\t', ','];

    private readonly EncryptionKey[] _keys;

    /// <param name="source">Where they are from, as messages have it.</param>
    /// <param name="keys">At least one.</param>
    public KeyRing(string source, IEnumerable<EncryptionKey> keys)
    {
        Source = source;
        _keys = [.. keys.DistinctBy(key => key.Id)];
    }

    public string Source { get; }

    public EncryptionKey First => _keys[0];

    public IReadOnlyList<EncryptionKey> Keys => _keys;

    /// <summary>All ids, for messages.</summary>
    public string Ids => string.Join(", ", _keys.Select(key => key.Id));

    /// <summary>Reads lines of keys; several in a line are parted by commas or spaces.</summary>
    /// <exception cref="EncryptionException">Something is no key, or there is none.</exception>
    public static KeyRing Parse(string source, string text)
    {
        var keys = new List<EncryptionKey>();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            foreach (var item in line.TrimEnd('\r').Split(Separators, StringSplitOptions.RemoveEmptyEntries))
                keys.Add(ParseKey(source, number, item));
        }
        return keys.Count > 0 ? new(source, keys) : throw new EncryptionException($"{Capitalize(source)} holds no key. {Make}");
    }

    public bool TryGet(KeyId id, [NotNullWhen(true)] out EncryptionKey? key) =>
        (key = Array.Find(_keys, candidate => candidate.Id == id)) is not null;

    /// <summary>What is said when something is encrypted under a key that is not here.</summary>
    /// <param name="what">What is, as a message begins with it.</param>
    /// <param name="id">The key that is missing.</param>
    public EncryptionException Lacks(string what, KeyId id) => new(
        $"{what} is encrypted under key {id}; {Source} holds {Ids}. Put that key back there, from where it is backed up, after the first.");

    /// <summary>As a file has it.</summary>
    public string Write() => string.Concat(_keys.Select(key => key.ToBase64() + "\n"));

    public override string ToString() => $"KeyRing({Ids})";

    internal static string Capitalize(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    // Says nothing of what is there: it may be a key that lacks a letter.
    private static EncryptionKey ParseKey(string source, int line, string text)
    {
        Span<byte> bytes = stackalloc byte[EncryptionKey.Length + 1];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
            throw new EncryptionException($"{Capitalize(source)} has something in line {line} that is no key. {Make}");
        return length == EncryptionKey.Length
            ? new(bytes[..length])
            : throw new EncryptionException($"{Capitalize(source)} has a key of {length} bytes in line {line}. {Make}");
    }
}
