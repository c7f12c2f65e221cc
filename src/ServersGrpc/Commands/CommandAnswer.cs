namespace ServersGrpc.Commands;

/// <summary>What a command came to: a line of JSON on the control socket.</summary>
internal sealed record CommandAnswer(int ExitCode, string Output, string Errors);
