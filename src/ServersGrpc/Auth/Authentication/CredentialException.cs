using Grpc.Core;
using ServersGrpc.Errors;

namespace ServersGrpc.Auth.Authentication;

/// <summary>A credential that does not let in: the failure of an authentication, as its caller is told it.</summary>
internal sealed class CredentialException : Exception
{
    /// <param name="reason">Why, as programs read it.</param>
    /// <param name="message">Why, as people read it.</param>
    /// <param name="code">What kind of failure it is.</param>
    public CredentialException(string reason, string message, StatusCode code = StatusCode.Unauthenticated)
        : base(message) => (Reason, Status) = (reason, RpcStatuses.Create(code, message, reason));

    public Google.Rpc.Status Status { get; }

    public string Reason { get; }

    /// <summary>Whose credential it is, where that is known; otherwise "".</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether it may have been a guess: then the answer may be held back.</summary>
    public bool IsGuess { get; init; }

    /// <summary>Whether the audit tells of it: not where no credential came, or it could not be checked.</summary>
    public bool IsNoted { get; init; } = true;
}
