using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Unicode;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Primitives;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Rest;

/// <summary>Reads a query strictly: a mistyped parameter that is passed over may cost a machine.</summary>
internal static class RestQuery
{
    private const string Set = "true";

    /// <summary>The same query as transcoding reads it. What is wrong with it is added to the violations.</summary>
    public static QueryString Read(HttpRequest request, RestMethod method, List<FieldViolation> violations)
    {
        var canonical = new QueryBuilder();
        if (!IsUtf8(request.QueryString.Value ?? ""))
            violations.Add(new("", "the query is not UTF-8"));
        foreach (var (name, values) in request.Query)
        {
            if (!method.InQuery.TryGetValue(name, out var field))
                violations.Add(Unknown(name, method));
            else if (!field.IsRepeated && values.Count > 1)
                violations.Add(new(name, $"it is given {values.Count} times"));
            else
                Add(canonical, name, field, field.FieldType == FieldType.Bool && IsFlag(request, name) ? Set : values, violations);
        }
        return canonical.ToQueryString();
    }

    /// <summary>Refuses every parameter.</summary>
    public static void Refuse(HttpRequest request, List<FieldViolation> violations) =>
        violations.AddRange(request.Query.Keys.Select(
            name => new FieldViolation(Shown.Of(name), "it is not a parameter: there is none here")));

    private static FieldViolation Unknown(string name, RestMethod method) => new(Shown.Of(name), true switch
    {
        _ when method.IsInPath(name) => "the path says it already",
        _ when method.InBody.ContainsKey(name) => "it belongs into the body",
        _ when method.InQuery.Count == 0 => "it is not a parameter: there is none here",
        _ => $"it is not a parameter; there are {string.Join(", ", method.InQuery.Keys.Order(StringComparer.Ordinal))}",
    });

    // ASP.NET takes bytes that are no UTF-8 for the text that they are written as, such as "%ff".
    private static bool IsUtf8(string query)
    {
        var encoded = Encoding.UTF8.GetBytes(query);
        return Utf8.IsValid(WebUtility.UrlDecodeToBytes(encoded, 0, encoded.Length));
    }

    /// <summary>Whether a parameter stands alone, without "=" and a value. ASP.NET reads the same of it as of an empty value.</summary>
    private static bool IsFlag(HttpRequest request, string name) =>
        request.QueryString.Value?.TrimStart('?').Split('&').Any(part => Uri.UnescapeDataString(part) == name) == true;

    private static void Add(
        QueryBuilder canonical, string name, FieldDescriptor field, StringValues values, List<FieldViolation> violations)
    {
        foreach (var value in values)
        {
            if (Canonical(field, value ?? "") is { } text)
                canonical.Add(name, text);
            else
                violations.Add(new(name, $"\"{Shown.Of(value ?? "")}\" is not {Kind(field)}"));
        }
    }

    private static string? Canonical(FieldDescriptor field, string value) => field.FieldType switch
    {
        FieldType.Bool => value switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => Set,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => "false",
            _ => null,
        },
        // .NET passes over null characters behind a number.
        FieldType.Int32 or FieldType.Int64 when value.EndsWith('\0') => null,
        FieldType.Int32 => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? value : null,
        FieldType.Int64 => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? value : null,
        _ => value,
    };

    private static string Kind(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bool => "one of 1 t T true TRUE True 0 f F false FALSE False",
        FieldType.Int32 => "a whole number of 32 bits",
        _ => "a whole number of 64 bits",
    };
}
