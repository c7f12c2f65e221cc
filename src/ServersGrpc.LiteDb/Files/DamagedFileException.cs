namespace ServersGrpc.LiteDb.Files;

/// <summary>A file does not hold what was written to it. The message names the file and says what to do.</summary>
internal sealed class DamagedFileException(string file, string what)
    : IOException($"{file} is damaged, or was written by another program: {what}. Restore a backup.")
{
    /// <summary>What is wrong, as a part of a sentence.</summary>
    public string What => what;
}
