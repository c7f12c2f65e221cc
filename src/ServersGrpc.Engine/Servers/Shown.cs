namespace ServersGrpc.Engine.Servers;

/// <summary>What a caller sent, as a message may repeat it: short, and without characters that would mangle a line or a header.</summary>
public static class Shown
{
    private const int MaxLength = 80;

    public static string Of(string value, int maxLength = MaxLength)
    {
        var cut = value.Length <= maxLength ? value : value[..maxLength] + "…";
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));
    }
}
