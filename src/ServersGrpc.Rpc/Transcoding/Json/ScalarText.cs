using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Reads the text of one scalar value: from a path, a query, a JSON string or number, a key of a map.</summary>
internal static partial class ScalarText
{
    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const int MostNamesListed = 20;

    /// <summary>The value as the field's accessor takes it; null when the text is none. Says then what would be right.</summary>
    public static object? Parse(FieldDescriptor field, string text, out string expected)
    {
        expected = Expected(field);
        return field.FieldType switch
        {
            FieldType.String => text,
            FieldType.Bytes => ParseBytes(text),
            FieldType.Bool => ParseBool(text),
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => (int?)ParseInteger(text, int.MinValue, int.MaxValue),
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => (long?)ParseInteger(text, long.MinValue, long.MaxValue),
            FieldType.UInt32 or FieldType.Fixed32 => (uint?)ParseInteger(text, 0, uint.MaxValue),
            FieldType.UInt64 or FieldType.Fixed64 => (ulong?)ParseInteger(text, 0, ulong.MaxValue),
            FieldType.Float => ParseFloat(text),
            FieldType.Double => ParseDouble(text),
            FieldType.Enum => ParseEnum(field.EnumType, text),
            _ => null,
        };
    }

    /// <summary>The key of a map likewise; a bool has but one text there.</summary>
    public static object? ParseKey(FieldDescriptor field, string text, out string expected)
    {
        if (field.FieldType != FieldType.Bool)
            return Parse(field, text, out expected);
        expected = "true or false";
        return text switch { "true" => true, "false" => false, _ => null };
    }

    /// <summary>What a value of the field looks like, to stand after "expected".</summary>
    public static string Expected(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => "a string",
        FieldType.Bytes => "base64",
        FieldType.Bool => "true (1 t T true TRUE True) or false (0 f F false FALSE False)",
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => Range(int.MinValue, int.MaxValue),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Range(long.MinValue, long.MaxValue),
        FieldType.UInt32 or FieldType.Fixed32 => Range(0, uint.MaxValue),
        FieldType.UInt64 or FieldType.Fixed64 => Range(0, ulong.MaxValue),
        FieldType.Float => "a number in the range of a 32-bit float",
        FieldType.Double => "a number in the range of a 64-bit float",
        FieldType.Enum when field.EnumType.Values.Count <= MostNamesListed =>
            "one of " + string.Join(", ", field.EnumType.Values.Select(value => value.Name)),
        FieldType.Enum => $"a name or number of {field.EnumType.FullName}",
        _ => "an object",
    };

    private static string Range(decimal least, decimal most) =>
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");

    // The words that Go's strconv.ParseBool takes, and no others: the documented clients were written against it.
    private static object? ParseBool(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    private static decimal? ParseInteger(string text, decimal least, decimal most) =>
        IsNumber(text) && decimal.TryParse(text, Number, CultureInfo.InvariantCulture, out var value)
        && decimal.IsInteger(value) && value >= least && value <= most
        // A decimal has 28 digits: it takes what is smaller for zero.
        && (value != 0 || double.Parse(text, Number, CultureInfo.InvariantCulture) == 0)
            ? value
            : null;

    private static object? ParseFloat(string text) => text switch
    {
        "NaN" => float.NaN,
        "Infinity" => float.PositiveInfinity,
        "-Infinity" => float.NegativeInfinity,
        _ when IsNumber(text)
            && float.TryParse(text, Number, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value) => value,
        _ => null,
    };

    private static object? ParseDouble(string text) => text switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ when IsNumber(text)
            && double.TryParse(text, Number, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) => value,
        _ => null,
    };

    private static object? ParseEnum(EnumDescriptor descriptor, string text) =>
        descriptor.FindValueByName(text)?.Number ?? (int?)ParseInteger(text, int.MinValue, int.MaxValue);

    // What .NET takes besides (a plus in front, zeros, no digit at a side of the point) is no number in JSON.
    private static bool IsNumber(string text) => JsonNumber().IsMatch(text);

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();

    /// <summary>Both alphabets, with or without padding.</summary>
    private static ByteString? ParseBytes(string text)
    {
        var bare = text.AsSpan().TrimEnd('=');
        if (text.Length - bare.Length > 2 || bare.Length % 4 == 1 || bare.ContainsAny(" \t\r\n"))
            return null;
        var standard = string.Concat(bare, "==".AsSpan(0, (4 - (bare.Length % 4)) % 4)).Replace('-', '+').Replace('_', '/');
        var bytes = new byte[standard.Length / 4 * 3];
        return Convert.TryFromBase64String(standard, bytes, out var length) ? ByteString.CopyFrom(bytes, 0, length) : null;
    }
}
