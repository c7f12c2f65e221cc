using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Errors;

namespace ServersGrpc.Rest;

/// <summary>Reads a JSON body strictly, and names every field that is wrong: transcoding passes over what it does not know.</summary>
internal static class RestBody
{
    private const string WholeBody = "";

    // As deep as protobuf's own parser goes.
    private const int MaxDepth = 100;

    private static readonly JsonParser Parser = new(new JsonParser.Settings(MaxDepth));
    private static readonly JsonParser ParserOfValues = new(new JsonParser.Settings(MaxDepth).WithIgnoreUnknownFields(true));
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The body as canonical JSON, as transcoding reads it. What is wrong with it is added to the violations.</summary>
    public static byte[] Read(ReadOnlyMemory<byte> body, RestMethod method, List<FieldViolation> violations)
    {
        if (body.Span.StartsWith(ByteOrderMark))
            body = body[ByteOrderMark.Length..];
        if (IsBlank(body.Span))
            return "{}"u8.ToArray();
        var found = violations.Count;
        if (!Utf8.IsValid(body.Span))
        {
            violations.Add(new(WholeBody, "the body is not UTF-8"));
            return [];
        }
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                violations.Add(new(WholeBody, "the body is not a JSON object"));
            else
                CheckNames(document.RootElement, method.Request, "", method, violations);
            if (violations.Count > found)
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object)
                    CheckValues(document.RootElement, method.Request, violations);
                return [];
            }
            var text = System.Text.Encoding.UTF8.GetString(body.Span);
            return Format(text, document.RootElement, method.Request, violations);
        }
        catch (JsonException e)
        {
            violations.Add(new(WholeBody, $"the body is not JSON: look at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}"));
            return [];
        }
    }

    /// <summary>Refuses a body, but for an empty object.</summary>
    public static void Refuse(ReadOnlySpan<byte> body, List<FieldViolation> violations)
    {
        if (!IsBlank(body) && !IsEmptyObject(body))
            violations.Add(new(WholeBody, "a body is not taken here"));
    }

    private static byte[] Format(string text, JsonElement root, MessageDescriptor type, List<FieldViolation> violations)
    {
        try
        {
            return System.Text.Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(Parser.Parse(text, type)));
        }
        catch (Exception e) when (IsRefusal(e))
        {
            var found = violations.Count;
            CheckValues(root, type, violations);
            // The parser's own words are of no use to the caller.
            if (violations.Count == found)
                violations.Add(new(WholeBody, "the body can't be read"));
            return [];
        }
    }

    private static void CheckNames(
        JsonElement element, MessageDescriptor type, string path, RestMethod? top, List<FieldViolation> violations)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (!TryReadName(property, out var name))
            {
                violations.Add(new(WholeBody, "the name of a field is not text of Unicode"));
                continue;
            }
            var field = Find(type, name);
            var place = path + Shown.Of(name);
            if (field is null)
                violations.Add(new(place, $"it is not a field; there are {string.Join(", ", NamesOf(type, top))}"));
            else if (top?.IsInPath(field.JsonName) == true)
                violations.Add(new(place, "the path says it already"));
            else if (!seen.Add(field.JsonName))
                violations.Add(new(place, "it is given twice"));
            else if (field.IsMap && property.Value.ValueKind == JsonValueKind.Object)
                CheckKeys(property.Value, place, violations);
            else if (field.FieldType == FieldType.Message && !field.IsMap)
                CheckElements(property.Value, field, place, violations);
        }
    }

    private static void CheckElements(JsonElement value, FieldDescriptor field, string place, List<FieldViolation> violations)
    {
        if (value.ValueKind == JsonValueKind.Object)
            CheckNames(value, field.MessageType, $"{place}.", null, violations);
        if (value.ValueKind != JsonValueKind.Array)
            return;
        var i = 0;
        foreach (var one in value.EnumerateArray())
        {
            if (one.ValueKind == JsonValueKind.Object)
                CheckNames(one, field.MessageType, $"{place}[{i}].", null, violations);
            i++;
        }
    }

    private static void CheckKeys(JsonElement map, string place, List<FieldViolation> violations)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in map.EnumerateObject())
        {
            if (!TryReadName(property, out var key))
                violations.Add(new(place, "a key is not text of Unicode"));
            else if (!seen.Add(key))
                violations.Add(new($"{place}.{Shown.Of(key)}", "it is given twice"));
        }
    }

    /// <summary>Finds the first fields whose values the parser refuses, by giving it one after the other. Each refusal is an exception.</summary>
    private static void CheckValues(JsonElement root, MessageDescriptor type, List<FieldViolation> violations) =>
        CheckValues(root, type, "", violations, [.. violations.Select(violation => violation.Field)], violations.Count + ApiErrors.MostViolations);

    private static void CheckValues(
        JsonElement element, MessageDescriptor type, string path, List<FieldViolation> violations, HashSet<string> told, int most)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (violations.Count >= most)
                return;
            if (!TryReadName(property, out var name) || Find(type, name) is not { } field)
                continue;
            var place = path + field.JsonName;
            if (told.Contains(place) || Takes(type, field, property.Value))
                continue;
            var found = violations.Count;
            if (field.FieldType == FieldType.Message && !field.IsMap && property.Value.ValueKind == JsonValueKind.Array)
            {
                var i = 0;
                foreach (var one in property.Value.EnumerateArray().TakeWhile(_ => violations.Count < most))
                {
                    if (one.ValueKind == JsonValueKind.Object)
                        CheckValues(one, field.MessageType, $"{place}[{i}].", violations, told, most);
                    else
                        violations.Add(new($"{place}[{i}]", $"{Told(one)} is not an object"));
                    i++;
                }
            }
            if (field.IsMap && property.Value.ValueKind == JsonValueKind.Object)
                CheckEntries(property.Value, place, violations, most);
            if (violations.Count == found)
                violations.Add(new(place, $"{Told(property.Value)} is not {Kind(field)}"));
        }
    }

    // All maps of the contract are of text.
    private static void CheckEntries(JsonElement map, string place, List<FieldViolation> violations, int most)
    {
        foreach (var entry in map.EnumerateObject().TakeWhile(_ => violations.Count < most))
        {
            if (entry.Value.ValueKind != JsonValueKind.String && TryReadName(entry, out var key))
                violations.Add(new($"{place}.{Shown.Of(key)}", $"{Told(entry.Value)} is not text"));
        }
    }

    private static bool Takes(MessageDescriptor type, FieldDescriptor field, JsonElement value)
    {
        try
        {
            ParserOfValues.Parse($"{{\"{field.JsonName}\":{value.GetRawText()}}}", type);
            return true;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return false;
        }
    }

    // Longer values are not repeated: user data may hold secrets.
    private static string Told(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "the given text",
        _ => Shown.Of(value.GetRawText()),
    };

    // All that protobuf's parser throws: what it can't read as JSON is an IOException, as what is no such message is.
    private static bool IsRefusal(Exception e) =>
        e is IOException or InvalidOperationException or FormatException or OverflowException or ArgumentException;

    /// <summary>The names of the fields that a body may have, which are not those of the path.</summary>
    private static IEnumerable<string> NamesOf(MessageDescriptor type, RestMethod? top) =>
        type.Fields.InDeclarationOrder().Select(field => field.JsonName).Where(name => top?.IsInPath(name) != true);

    private static FieldDescriptor? Find(MessageDescriptor type, string name) =>
        type.Fields.InDeclarationOrder().FirstOrDefault(field => field.JsonName == name || field.Name == name);

    private static bool TryReadName(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            name = "";
            return false;
        }
    }

    private static string Kind(FieldDescriptor field) => field switch
    {
        { IsMap: true } => "an object whose values are text",
        { IsRepeated: true, FieldType: FieldType.Message } => "a list of objects",
        { IsRepeated: true } => "a list",
        { FieldType: FieldType.String } => "text",
        { FieldType: FieldType.Bool } => "true or false",
        { FieldType: FieldType.Int32 } => "a whole number of 32 bits",
        { FieldType: FieldType.Int64 } => "a whole number of 64 bits",
        { FieldType: FieldType.Bytes } => "base64",
        _ => "an object",
    };

    private static bool IsBlank(ReadOnlySpan<byte> body) => body.IndexOfAnyExcept(" \t\r\n"u8) < 0;

    private static bool IsEmptyObject(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && reader.Read() && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
