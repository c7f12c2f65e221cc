using System.Text.Json.Nodes;

namespace ServersGrpc.SystemTests.OpenApi;

/// <summary>Reads every constraint of requests from the document, and makes values at its edge and beyond.</summary>
internal sealed class ConstraintCases(JsonNode document)
{
    private const string NoControlCharacters = @"^[^\u0000-\u001F\u007F-\u009F]*$";

    /// <summary>Words that each pattern allows and refuses. A pattern that is not here fails the test.</summary>
    private static readonly Dictionary<string, (string[] Allowed, string[] Refused)> Words = new()
    {
        ["^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$"] = (["", "a", "0", "a-0", "a--b"], ["-a", "a-", "A", "a.b", "a b", "é", "a\n"]),
        ["^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$"] = (
            ["a", "Z9", "a.b_c/d-e", new string('k', 63)], ["", "-a", "a-", "a b", "é", "a\n", new string('k', 64)]),
        ["^[ -~]*$"] = (["", " ~"], ["\u001f", "\u007f", "é", "a\n"]),
        [NoControlCharacters] = ([" ~", "\u00a0é漢"], ["a\u0001", "\u001f", "\u007f", "\u0080", "\u009f", "a\n"]),
    };

    /// <summary>A path of each operation that takes something, and what makes its requests harmless.</summary>
    private static readonly Dictionary<string, (string Path, string Body, int Lines)> Requests = new()
    {
        ["GET /api/servers"] = ("/api/servers", "", 0),
        ["POST /api/servers"] = ("/api/servers", """{"validate_only":true}""", 0),
        ["GET /api/servers/{name}"] = ("/api/servers/none", "", 0),
        ["DELETE /api/servers/{name}"] = ("/api/servers/none", "", 0),
        ["POST /api/servers/{name}:rotate-credentials"] = ("/api/servers/none:rotate-credentials", "{}", 0),
        ["GET /api/servers/{name}/events"] = ("/api/servers/none/events", "", 0),
        ["GET /api/servers:watch"] = ("/api/servers:watch", "", 1),
    };

    public IEnumerable<ConstraintCase> All() =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        from it in OfOperation(operation.Key.ToUpperInvariant(), path.Key, operation.Value!)
        select it;

    private IEnumerable<ConstraintCase> OfOperation(string method, string template, JsonNode operation)
    {
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            var (name, place) = ((string)parameter!["name"]!, (string)parameter["in"]!);
            // A name that is not valid is no server's: 404, as for every other unknown one.
            if (place == "path")
                continue;
            foreach (var (value, allowed) in Edges(parameter["schema"]!, name))
                yield return Case(place == "query" ? "query" : "headers", new JsonObject { [name] = value }, allowed);
        }

        if (operation["requestBody"]?["content"]?["application/json"]?["schema"] is { } body)
        {
            foreach (var (value, allowed) in Edges(body, "body"))
            {
                var whole = JsonNode.Parse(Requests[$"{method} {template}"].Body)!.AsObject();
                foreach (var (name, member) in value!.AsObject())
                    whole[name] = member?.DeepClone();
                yield return Case("body", whole, allowed);
            }
        }

        ConstraintCase Case(string part, JsonObject value, bool allowed)
        {
            var (path, _, lines) = Requests[$"{method} {template}"];
            var request = new JsonObject { ["method"] = method, ["template"] = template, ["path"] = path, ["lines"] = lines };
            request[part] = value;
            return new($"{method} {template} {Short(value)}", request, allowed);
        }
    }

    private IEnumerable<(JsonNode? Value, bool Allowed)> Edges(JsonNode node, string name)
    {
        var schema = Resolve(node);
        return schema.SelectMany(pair => Edges(schema, pair.Key, pair.Value!, name));
    }

    private IEnumerable<(JsonNode? Value, bool Allowed)> Edges(JsonObject schema, string keyword, JsonNode limit, string name) =>
        keyword switch
        {
            // Types are held by the tests against the contract.
            "type" or "format" or "description" => [],
            "minimum" => [((long)limit, true), ((long)limit - 1, false)],
            "maximum" => [((long)limit, true), ((long)limit + 1, false)],
            "maxLength" => [(Word(name, (int)limit), true), (Word(name, (int)limit + 1), false)],
            "pattern" => Either(Words[(string)limit!].Allowed, Words[(string)limit!].Refused),
            "enum" => Either(limit.AsArray().Select(word => (string)word!), ["nonsense", ((string)limit[0]!).ToUpperInvariant()]),
            "items" => Edges(limit, name).Select(edge => ((JsonNode?)new JsonArray(edge.Value?.DeepClone()), edge.Allowed)),
            "maxItems" => [(Items(schema, (int)limit), true), (Items(schema, (int)limit + 1), false)],
            "properties" => limit.AsObject().SelectMany(pair => Edges(pair.Value!, pair.Key).Select(edge => Member(pair.Key, edge))),
            "propertyNames" => Edges(limit, name).Select(edge => Member((string)edge.Value!, ("", edge.Allowed))),
            "additionalProperties" when limit is JsonValue => [Member("nonsense", (1, false))],
            "additionalProperties" => Edges(limit, name).Select(edge => Member("key", edge)),
            "minProperties" => [(Members(schema, (int)limit), true), (Members(schema, (int)limit - 1), false)],
            "maxProperties" => [(Members(schema, (int)limit), true), (Members(schema, (int)limit + 1), false)],
            _ => throw new InvalidOperationException($"{name} has the constraint {keyword}, which these tests do not know."),
        };

    private JsonObject Resolve(JsonNode node) => node["$ref"] is { } reference
        ? ((string)reference!)["#/".Length..].Split('/').Aggregate(document, (at, part) => at[part]!).AsObject()
        : node.AsObject();

    private static IEnumerable<(JsonNode? Value, bool Allowed)> Either(IEnumerable<string> allowed, IEnumerable<string> refused) =>
        [.. allowed.Select(word => ((JsonNode?)word, true)), .. refused.Select(word => ((JsonNode?)word, false))];

    private static (JsonNode? Value, bool Allowed) Member(string key, (JsonNode? Value, bool Allowed) edge) =>
        (new JsonObject { [key] = edge.Value?.DeepClone() }, edge.Allowed);

    private static JsonNode Word(string name, int length) => name == "label_selector" ? Selector(length) : new string('a', length);

    // Terms such as a=vvv. They are long: each comma takes three bytes of the request's first line, which may have 8 KiB.
    private static string Selector(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (i % 512) switch
    {
        0 => 'a',
        1 => '=',
        511 when i < length - 1 => ',',
        _ => 'v',
    }));

    private JsonArray Items(JsonObject schema, int count)
    {
        var item = Resolve(schema["items"]!);
        return [.. Enumerable.Range(0, count).Select(_ => item["enum"]?[0]!.DeepClone() ?? Members(item, 1))];
    }

    private static JsonObject Members(JsonObject schema, int count) => new(
        (schema["properties"]?.AsObject().Select(property => property.Key) ?? Enumerable.Range(0, count).Select(i => $"key{i}"))
        .Take(count).Select(key => KeyValuePair.Create(key, (JsonNode?)"x")));

    private static string Short(JsonNode value) => value.ToJsonString() is { Length: > 80 } text ? text[..80] : value.ToJsonString();
}
