namespace ServersGrpc.SystemTests.Harness;

/// <summary>A disk of a few megabytes, in memory, that a test can fill. Mounting takes root, or sudo without a password.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int Megabytes = 4;

    private SmallDisk(string path)
    {
        Path = path;
    }

    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    public static async Task<SmallDisk> MountAsync()
    {
        var disk = new SmallDisk(ServiceProcess.NewDirectory());
        await Root.RunAsync("mount", "-t", "tmpfs", "-o", $"size={Megabytes}m,mode=0700", "tmpfs", disk.Path);
        await Root.RunAsync("chown", Environment.UserName, disk.Path);
        return disk;
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) filler.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }

    /// <summary>Takes all the room that is left, and returns when the service on it notices: in its log there may be room for a while.</summary>
    public async Task FillAsync(ServiceProcess service)
    {
        Fill();
        var pauses = false;
        await Eventually.SeeAsync(
            () => Curl.SendAsync(service, "POST", (pauses = !pauses) ? "/api/pause" : "/api/resume"), answer => answer.Status == 503, "the disk is full");
    }

    public void MakeRoom() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await Root.RunAsync("umount", Path);
        Directory.Delete(Path);
    }
}
