namespace ServersGrpc.FakeCloud.Machines;

/// <summary>Something that a cloud does to a machine and that takes its time. Its progress follows from the clock alone.</summary>
/// <param name="Error">What went wrong, when it is finished; null: nothing.</param>
internal sealed record CloudAction(
    long Id, string Cloud, string Command, long Machine, string Region, DateTimeOffset Started, DateTimeOffset Finishes, string? Error)
{
    public string Key => KeyOf(Cloud, Id);

    public static string KeyOf(string cloud, long id) => $"{cloud}/{id}";

    public bool IsFinished(DateTimeOffset now) => now >= Finishes;
}
