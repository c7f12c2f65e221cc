namespace ServersGrpc.Errors;

/// <summary>The service can't start as it is configured. Lists everything that is wrong.</summary>
internal sealed class ConfigurationException(IReadOnlyCollection<string> errors)
    : Exception($"The configuration can't be used:{string.Concat(errors.Select(error => $"\n  {error}"))}");
