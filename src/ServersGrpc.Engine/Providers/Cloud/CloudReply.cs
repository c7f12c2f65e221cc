using System.Net;
using System.Text.Json;

namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>An answer of a cloud's API.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON; undefined where there was none.</param>
/// <param name="Error">What went wrong; null where nothing did.</param>
/// <param name="RetryAfter">The cloud's own word on when to come back.</param>
internal sealed record CloudReply(HttpStatusCode Status, JsonElement Body, CloudError? Error, TimeSpan? RetryAfter)
{
    /// <exception cref="ProviderException">Something went wrong.</exception>
    public JsonElement Required() => Error is null ? Body : throw Fault();

    /// <summary>The same, of a call that makes something. What it does not find is something that it names, such as a key.</summary>
    /// <exception cref="ProviderException">Something went wrong.</exception>
    public JsonElement RequiredOfCreate() => Error is { Fault: ProviderFault.NotFound }
        ? throw new ProviderException(ProviderFault.Rejected, Error.Message, RetryAfter)
        : Required();

    public ProviderException Fault() => new(Error!.Fault, Error.Message, RetryAfter);
}
