using System.Reflection;
using Google.Rpc;
using Microsoft.OpenApi;

namespace ServersGrpc.Rpc.OpenApi;

/// <summary>What the OpenAPI document says that the contracts do not.</summary>
public sealed class GrpcOpenApiOptions
{
    /// <summary>The name of the API. Required.</summary>
    public string Title { get; set; } = "";

    /// <summary>The version of the API. Required.</summary>
    public string Version { get; set; } = "";

    /// <summary>What the API is, in Markdown. Default: the comments at the top of the services' files.</summary>
    public string? Description { get; set; }

    /// <summary>How callers show who they are, for every operation that does not say otherwise. Default: null, not at all.</summary>
    public OpenApiSecurityScheme? SecurityScheme { get; set; }

    /// <summary>Where the API is, relative to the document or absolute. Default: "/", where the document is.</summary>
    public IList<string> Servers { get; } = ["/"];

    /// <summary>
    /// The assemblies of the contracts, for their comments: their projects import build/ContractComments.targets. Contracts of other
    /// assemblies are described without comments.
    /// </summary>
    public IList<Assembly> ContractAssemblies { get; } = [];

    /// <summary>
    /// Errors that any method may answer, beside those that its comment lists in a paragraph "Errors: CODE when …; CODE …." Default: the
    /// one for requests that are not valid.
    /// </summary>
    public IDictionary<Code, string> CommonErrors { get; } = new SortedDictionary<Code, string>
    {
        [Code.InvalidArgument] = "when the request is not valid: every field and parameter that is bad, unknown or given twice is named",
    };

    /// <summary>Completes the document: what is no method of a contract, or what no contract can say. Run in order, once.</summary>
    public IList<Action<OpenApiDocument>> DocumentTransformers { get; } = [];
}
