namespace ServersGrpc.LiteDb.Files;

/// <summary>Makes files that appear whole or not at all: each is written aside, and gets its name once it is on disk.</summary>
internal static class NewFile
{
    /// <summary>What a file is called until it is whole.</summary>
    public static string Aside(string name) => name + ".new";

    /// <summary>Makes a file that is not there yet.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="write">Writes it, and puts it on disk.</param>
    /// <param name="check">Looks at it while it is aside; null: it need not be looked at.</param>
    /// <exception cref="IOException">
    /// It is there already, or can't be written. Nothing of it is left, unless only the last step failed, which makes sure of the name.
    /// </exception>
    public static void Make(IStoreDirectory directory, string name, Action<IStoreFile> write, Action<string>? check = null)
    {
        CheckAbsent(directory, name);
        WriteAside(directory, name, write, aside =>
        {
            check?.Invoke(aside);
            // Writing may have taken long.
            CheckAbsent(directory, name);
            directory.Rename(aside, name);
        });
        directory.Sync();
    }

    /// <summary>Writes a file aside.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">What it is to be called.</param>
    /// <param name="write">Writes it, and puts it on disk.</param>
    /// <param name="finish">What is done with it then. When this fails too, nothing of it is left.</param>
    public static void WriteAside(IStoreDirectory directory, string name, Action<IStoreFile> write, Action<string> finish)
    {
        var aside = Aside(name);
        var file = directory.Create(aside);
        try
        {
            using (file)
                write(file);
            finish(aside);
        }
        catch
        {
            TryDelete(directory, aside);
            throw;
        }
    }

    private static void CheckAbsent(IStoreDirectory directory, string name)
    {
        if (directory.Exists(name))
            throw new IOException($"{directory.PathOf(name)} is there already.");
    }

    private static void TryDelete(IStoreDirectory directory, string name)
    {
        try
        {
            directory.Delete(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What went wrong first is told.
        }
    }
}
