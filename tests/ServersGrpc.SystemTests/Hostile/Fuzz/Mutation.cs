using System.Text;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>Spoils texts and bytes by chance.</summary>
internal static class Mutation
{
    private static readonly string[] Pieces =
    [
        "%", "%2F", "%2f", "%00", "%zz", "%C3%A9", "%ED%A0%80", "+", "..", ".", "/", "//", ":", ":watch", "*", "**", "?", "&", "=", "#", ";", ",", "[", "]",
        "{", "}", "\"", "'", "\\", " ", "\t", "\u0001", "\u007f", "\u00e9", "\u00ff", "0", "-1", "1e9", "99999999999999999999", "true", "null", "NaN", "name", "force",
    ];

    /// <summary>A text with pieces put in, taken out, doubled, or made very long. Characters are bytes.</summary>
    public static string Text(Random random, string text)
    {
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(text.Length + 1);
            text = random.Next(8) switch
            {
                0 => text[..at],
                1 => text[at..],
                2 when text.Length > 0 => text.Remove(Math.Min(at, text.Length - 1), 1),
                3 => text.Insert(at, new string((char)random.Next(0x21, 0x7F), random.Next(1, random.Next(4) == 0 ? 5_000 : 70))),
                4 => text.ToUpperInvariant(),
                5 => text[..at] + text,
                _ => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
            };
        }
        return text;
    }

    /// <summary>Bytes of which some are others, gone, or more.</summary>
    public static byte[] Bytes(Random random, byte[] bytes)
    {
        var changed = bytes.ToList();
        for (var times = random.Next(1, 6); times > 0 && changed.Count > 0; times--)
        {
            var at = random.Next(changed.Count);
            switch (random.Next(5))
            {
                case 0:
                    changed.RemoveRange(at, random.Next(Math.Min(changed.Count - at, 16)));
                    break;
                case 1:
                    changed.InsertRange(at, Encoding.Latin1.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 2:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    changed[at] = (byte)random.Next(256);
                    break;
            }
        }
        return [.. changed];
    }

    public static T Of<T>(Random random, params ReadOnlySpan<T> items) => items[random.Next(items.Length)];
}
