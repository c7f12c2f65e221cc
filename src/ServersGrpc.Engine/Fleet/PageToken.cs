using System.Buffers.Text;
using System.Globalization;
using System.Text;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Fleet;

/// <summary>Where a list goes on, as callers carry it: opaque to them, and bound to the conditions it was made under.</summary>
internal static class PageToken
{
    public static string Write(ServerRecord last, Conditions conditions) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{conditions.Digest} {last.Created.ToUnixTimeMilliseconds()} {last.Name}")));

    public static PageStart? Read(string token, Conditions conditions, List<FieldViolation> violations)
    {
        if (token.Length == 0)
            return null;
        if (Decode(token) is not [var digest, var time, var name] || !long.TryParse(time, CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds < 0 || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            violations.Add(new("page_token", "it is no token that a list has given; leave it out to begin at the first page"));
            return null;
        }
        if (digest != conditions.Digest)
        {
            violations.Add(new("page_token", "it was given for other conditions; go on with the same state, provider and label_selector"));
            return null;
        }
        return new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), name);
    }

    private static string[] Decode(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split(' ');
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
