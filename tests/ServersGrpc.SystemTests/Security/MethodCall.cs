using Google.Protobuf;

namespace ServersGrpc.SystemTests.Security;

/// <summary>How a method is called on each face.</summary>
/// <param name="Message">The request for a server of that name.</param>
/// <param name="Verb">Of its REST form; "" where it has none.</param>
/// <param name="Path">Likewise, for a server of that name.</param>
/// <param name="Body">Likewise; null for none.</param>
/// <param name="Least">From which role on it may be called; null: by everyone.</param>
/// <param name="Effect">What it does to the server that it is asked of.</param>
internal sealed record MethodCall(
    Func<string, IMessage> Message, string Verb, Func<string, string> Path, Func<string, string?> Body, Credential? Least, Effect Effect);
