using System.Globalization;
using System.Text.Json;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.FakeCloud.Calls;

/// <summary>A call that is let in, as its handler sees it.</summary>
internal sealed class CloudCall(HttpContext http, JsonElement body, IReadOnlyList<Fault> faults, DateTimeOffset now)
{
    /// <summary>One time for all that the call does.</summary>
    public DateTimeOffset Now => now;

    /// <summary>The machine that it was about, for the log.</summary>
    public long? Machine { get; set; }

    /// <summary>Such as "http://127.0.0.1:8080/v2/droplets".</summary>
    public string Url => $"{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}";

    public string Origin => $"{http.Request.Scheme}://{http.Request.Host}";

    /// <summary>The id in the path.</summary>
    public long Id => long.Parse(Text("id"), CultureInfo.InvariantCulture);

    public string Text(string pathPart) => (string)http.Request.RouteValues[pathPart]!;

    public string? Header(string name) => http.Request.Headers[name];

    /// <summary>The body as an object whose fields must all be asked for.</summary>
    /// <exception cref="InvalidFieldsException">It is no object.</exception>
    public Fields Body() => body.ValueKind == JsonValueKind.Object
        ? new Fields(body, "")
        : throw new InvalidFieldsException("", "must be an object");

    /// <summary>The same where no body at all is fine too.</summary>
    public Fields? OptionalBody() => body.ValueKind == JsonValueKind.Undefined ? null : Body();

    /// <summary>The query's parameters, which must all be asked for.</summary>
    public QueryFields Query() => new(http.Request.Query);

    /// <summary>The fault of this kind that the call has to suffer.</summary>
    public Fault? Fault(FaultKind kind) => faults.FirstOrDefault(fault => fault.Kind == kind);
}
