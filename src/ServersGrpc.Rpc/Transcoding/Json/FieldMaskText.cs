using System.Text;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Paths in lowerCamelCase, separated by commas, for paths in snake_case: each way undoes the other.</summary>
internal static class FieldMaskText
{
    public static bool TryRead(string text, FieldMask mask)
    {
        if (text.Contains('_'))
            return false;
        foreach (var path in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
            mask.Paths.Add(ToSnakeCase(path));
        return true;
    }

    /// <exception cref="InvalidOperationException">A path is not snake_case, so that nobody could read it back.</exception>
    public static string Format(FieldMask mask) => string.Join(',', mask.Paths.Select(ToCamelCase));

    private static string ToSnakeCase(string path)
    {
        var snake = new StringBuilder(path.Length + 4);
        foreach (var c in path)
        {
            if (char.IsAsciiLetterUpper(c))
                snake.Append('_').Append(char.ToLowerInvariant(c));
            else
                snake.Append(c);
        }
        return snake.ToString();
    }

    private static string ToCamelCase(string path)
    {
        var camel = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            var c = path[i];
            if (c == '_' && i + 1 < path.Length && char.IsAsciiLetterLower(path[i + 1]))
                camel.Append(char.ToUpperInvariant(path[++i]));
            else if (c == '_' || char.IsAsciiLetterUpper(c))
                throw new InvalidOperationException($"The path \"{path}\" of a field mask is not snake_case and has no JSON.");
            else
                camel.Append(c);
        }
        return camel.ToString();
    }
}
