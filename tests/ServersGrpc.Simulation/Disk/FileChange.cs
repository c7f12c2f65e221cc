namespace ServersGrpc.Simulation.Disk;

/// <summary>A change of a file that is not synced.</summary>
/// <param name="At">Where the bytes begin.</param>
/// <param name="Bytes">What was written, in whole pages up to the file's end; null: the length was set.</param>
/// <param name="Length">The file's length after it.</param>
internal readonly record struct FileChange(long At, byte[]? Bytes, long Length)
{
    public void ApplyTo(FileBytes file)
    {
        if (Bytes is null)
            file.SetLength(Length);
        else
            file.Write(At, Bytes);
    }
}
