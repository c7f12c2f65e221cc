using System.Globalization;
using System.Text.RegularExpressions;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using ServersGrpc.Rpc.OpenApi.Schemas;
using ServersGrpc.Rpc.Transcoding.Errors;
using Status = Google.Rpc.Status;

namespace ServersGrpc.Rpc.OpenApi;

/// <summary>Describes how a method fails: what its comment says in "Errors: …", and what any method may answer.</summary>
internal sealed partial class ErrorDescriber
{
    private static readonly Dictionary<string, Code> CodesByName = CodeReflection.Descriptor.EnumTypes[0].Values
        .Where(value => value.Number != (int)Code.Ok)
        .ToDictionary(value => value.Name, value => (Code)value.Number, StringComparer.Ordinal);

    private readonly IDictionary<Code, string> _common;
    private readonly IOpenApiSchema _status;

    public ErrorDescriber(SchemaCatalog schemas, IDictionary<Code, string> common)
    {
        _common = common;
        _status = schemas.Of(Status.Descriptor, SchemaUse.Response);
        // Details are messages of any type; those that errors have as a rule are spelled out.
        var details = (OpenApiSchema)_status.Properties!["details"];
        details.Items = new OpenApiSchema
        {
            AnyOf = [.. ErrorDetailsReflection.Descriptor.MessageTypes.Select(schemas.OfPacked), details.Items!],
        };
    }

    /// <summary>The error responses of a method with that comment, by HTTP status; last "default", for all others.</summary>
    public IEnumerable<(string Status, OpenApiResponse Response)> Of(string comment)
    {
        var documented = from clause in CommentText.Errors(comment)
                         from word in UpperCaseWords().Matches(clause).Select(match => match.Value)
                         where CodesByName.ContainsKey(word)
                         select (Code: CodesByName[word], Text: clause);
        var common = from error in _common
                     select (Code: error.Key, Text: $"{CodesByName.First(code => code.Value == error.Key).Key} {error.Value}");
        var byStatus = from error in documented.Concat(common)
                       group error.Text by HttpStatusMap.Of((int)error.Code) into same
                       orderby same.Key
                       select (same.Key, Text: $"{string.Join("; ", same.Distinct())}.");
        foreach (var (status, text) in byStatus)
            yield return (status.ToString(CultureInfo.InvariantCulture), Response(text, status));
        yield return ("default", Response("Any other error.", StatusCodes.Status500InternalServerError));
    }

    /// <summary>The schema of the line that ends a stream with an error.</summary>
    public OpenApiSchema Line() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema> { ["error"] = _status },
        Required = new HashSet<string> { "error" },
    };

    /// <summary>A response that is an error.</summary>
    public OpenApiResponse Response(string description, int status) => new()
    {
        Description = description,
        Headers = HeadersOf(status),
        Content = new Dictionary<string, IOpenApiMediaType>
        {
            ["application/json"] = new OpenApiMediaType { Schema = _status },
        },
    };

    private static Dictionary<string, IOpenApiHeader>? HeadersOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => new()
        {
            [HeaderNames.WWWAuthenticate] = new OpenApiHeader { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
        },
        StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable => new()
        {
            [HeaderNames.RetryAfter] = new OpenApiHeader
            {
                Description = "Seconds to wait before the next try, where that is known.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" },
            },
        },
        _ => null,
    };

    [GeneratedRegex("[A-Z_]{2,}")]
    private static partial Regex UpperCaseWords();
}
