namespace ServersGrpc.Simulation.Disk;

/// <summary>A change of a directory that is not synced: a file got a name (it was created or renamed), or lost its name.</summary>
/// <param name="File">Which file.</param>
/// <param name="Name">Its new name; null: it was deleted.</param>
internal readonly record struct NameChange(FileContent File, string? Name)
{
    /// <summary>Makes the change whole: a file has one name or none, whichever of the changes before are there.</summary>
    public void ApplyTo(IDictionary<string, FileContent> names)
    {
        foreach (var (name, file) in names.ToList())
        {
            if (file == File)
                names.Remove(name);
        }

        if (Name is not null)
            names[Name] = File;
    }
}
